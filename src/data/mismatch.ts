/** Why bytes are not what they should be. */
export interface Mismatch {
  readonly expected: string
  readonly found: string
}
