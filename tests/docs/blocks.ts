import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** A fenced block of a document. */
export interface Block {
  /** Path of the document from the repository's root. */
  readonly document: string
  /** Line of the opening fence, from 1. */
  readonly line: number
  /** `ts`, `js`, `json`, `sh`, or empty. */
  readonly language: string
  /** What follows the language on the fence: a file's path, the name of a codec, or empty. */
  readonly about: string
  readonly text: string
}

/** The documents whose examples are checked. */
export const documents: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .sort(),
].filter((name) => existsSync(name))

/** The fenced blocks of a document, in order. */
export const blocksOf = (document: string): readonly Block[] => {
  const blocks: Block[] = []
  let open: { readonly line: number; readonly info: string; readonly lines: string[] } | null = null
  for (const [index, line] of readFileSync(document, 'utf8').split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line)
    if (fence === null) open?.lines.push(line)
    else if (open === null) open = { line: index + 1, info: fence[1] ?? '', lines: [] }
    else {
      const [language = '', ...about] = open.info.trim().split(/\s+/)
      blocks.push({ document, line: open.line, language, about: about.join(' '), text: `${open.lines.join('\n')}\n` })
      open = null
    }
  }
  if (open !== null) throw new Error(`${document}:${open.line}: the block is not closed`)
  return blocks
}

/** All blocks of all documents. */
export const blocks: readonly Block[] = documents.flatMap(blocksOf)

/** Where a block stands, for a test's name. */
export const place = (block: Block): string => `${block.document}:${block.line}`
