/** Labelled images of one part of a data set. */
export interface Rows {
  /** Number of images. */
  readonly size: number
  /** Shape [size, height, width], row major; 0 .. scale. */
  readonly pixels: Uint8Array
  /** Shape [size]; 0 .. classes - 1. */
  readonly labels: Uint8Array
}

/** A data set of grey images with its fixed split. */
export interface Dataset {
  readonly name: string
  /** Where it comes from: authors, publisher, licence; reports print it. */
  readonly source: string
  readonly classes: number
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
  /** Pixel value of full ink: pixel / scale is in [0, 1]. */
  readonly scale: number
  readonly train: Rows
  readonly test: Rows
  /** Names the content: derived from the SHA-256 of its files; part of a run's hash. */
  readonly digest: string
}
