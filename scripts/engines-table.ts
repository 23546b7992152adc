/** The committed comparison of engines, and the table in docs/engines.md that is made from it. */
import { readFileSync } from 'node:fs'

/** Where the comparison is kept. */
export const enginesFile = 'results/engines.json'

/** One engine in one mode, and the digest of the parameters after each training. */
export interface EngineRow {
  readonly engine: string
  readonly mode: 'plain' | 'wide'
  readonly digests: Readonly<Record<string, string>>
}

/** `exact` must agree; `fast` depends on the processor and is there to be looked at. */
export interface Engines {
  readonly processor: string
  readonly exact: readonly EngineRow[]
  readonly fast: readonly EngineRow[]
}

/** The comparison that was committed last. */
export const committedEngines = (): Engines => JSON.parse(readFileSync(enginesFile, 'utf8'))

/** Digits of a digest that tables show. */
const shown = 12

const table = (rows: readonly EngineRow[]): string => {
  const names = Object.keys(rows[0]?.digests ?? {})
  return [
    `| engine | mode | ${names.join(' | ')} |`,
    `|---|---|${names.map(() => '---|').join('')}`,
    ...rows.map(
      ({ engine, mode, digests }) =>
        `| ${engine} | ${mode} | ${names.map((name) => `\`${(digests[name] ?? '').slice(0, shown)}\``).join(' | ')} |`,
    ),
  ].join('\n')
}

/** Both tables as Markdown. */
export const enginesTable = ({ processor, exact, fast }: Engines): string =>
  [
    table(exact),
    '',
    `Fast arithmetic on the processor of this comparison, ${processor}, for information:`,
    '',
    table(fast),
  ].join('\n')

const marks = /<!-- engines:begin -->\n([\s\S]*?)\n?<!-- engines:end -->/

/** The part of the document that holds the tables. */
export const enginesPlace = (text: string): string => marks.exec(text)?.[1] ?? ''

/** The document with these tables in that part. */
export const withEngines = (text: string, engines: Engines): string =>
  text.replace(marks, () => `<!-- engines:begin -->\n${enginesTable(engines)}\n<!-- engines:end -->`)
