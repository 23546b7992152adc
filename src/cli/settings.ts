import * as E from 'fp-ts/lib/Either.js'
import type { AppError } from '../shell/error.js'

/** One `--set path=value`: the keys along the path, and the value as JSON or, when it is not JSON, as text. */
export interface Setting {
  readonly text: string
  readonly path: readonly string[]
  readonly value: unknown
}

/** Reads `path=value`. Left when there is no path or no equals sign. */
export const parseSetting = (text: string): E.Either<AppError, Setting> => {
  const at = text.indexOf('=')
  // methods[1] is another way to write methods.1
  const path = text
    .slice(0, Math.max(at, 0))
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
  return at < 1 || path.includes('')
    ? wrong(text, 'it is not of the form path=value, as in training.iterations=100')
    : E.right({ text, path, value: jsonOrText(text.slice(at + 1)) })
}

/**
 * Puts a value into a raw configuration, before it is decoded: an unknown key is left for the codec to refuse. A list is
 * entered by number, or by the `label` or `name` of one of its items: `methods.ewc.strategies.ewc.lambda=100`.
 */
export const applySetting = (raw: unknown, setting: Setting): E.Either<AppError, unknown> =>
  placed(raw, setting.path, setting)

/** The change that all these texts ask for, in their order, or what is wrong with each that asks for none. */
export const changeBy = (
  texts: readonly string[],
): E.Either<readonly AppError[], (raw: unknown) => E.Either<AppError, unknown>> => {
  const read = texts.map(parseSetting)
  const wrong = read.flatMap((setting) => (E.isLeft(setting) ? [setting.left] : []))
  const settings = read.flatMap((setting) => (E.isRight(setting) ? [setting.right] : []))
  if (wrong.length > 0) return E.left(wrong)
  return E.right((raw) =>
    settings.reduce<E.Either<AppError, unknown>>(
      (before, setting) => E.flatMap(before, (value) => applySetting(value, setting)),
      E.right(raw),
    ),
  )
}

const placed = (raw: unknown, path: readonly string[], setting: Setting): E.Either<AppError, unknown> => {
  const [key, ...rest] = path
  if (key === undefined) return E.right(setting.value)
  if (Array.isArray(raw)) return placedInList(raw, key, rest, setting)
  if (isRecord(raw) || raw === undefined) {
    const fields = raw ?? {}
    return E.map((value: unknown) => ({ ...fields, [key]: value }))(placed(fields[key], rest, setting))
  }
  return wrong(setting.text, `'${key}' would be a key of ${JSON.stringify(raw)}, which has no keys`)
}

const placedInList = (
  list: readonly unknown[],
  key: string,
  rest: readonly string[],
  setting: Setting,
): E.Either<AppError, unknown> => {
  const names = list.map((item, index) => nameOf(item) ?? String(index))
  const byName = names.indexOf(key)
  const index = byName >= 0 ? byName : list.findIndex((_, position) => String(position) === key)
  return index < 0
    ? wrong(setting.text, `the list has no item '${key}'; it has: ${names.join(', ')}`)
    : E.map((value: unknown) => list.with(index, value))(placed(list[index], rest, setting))
}

const nameOf = (item: unknown): string | undefined => {
  const name = isRecord(item) ? (item['label'] ?? item['name']) : undefined
  return typeof name === 'string' ? name : undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (setting: string, reason: string): E.Either<AppError, never> =>
  E.left({ _tag: 'Refused', where: `--set ${setting}`, reason })

const jsonOrText = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return text
  }
}
