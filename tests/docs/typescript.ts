import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import ts from 'typescript'

/** What a strict user of the package compiles with. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
}

/** Type errors of an example, as a user's compiler says them. `engram` is the built package itself. */
export const checkTypes = (text: string): readonly string[] => {
  const name = join(process.cwd(), 'example.mts')
  const standard = ts.createCompilerHost(options)
  const host: ts.CompilerHost = {
    ...standard,
    fileExists: (path) => path === name || standard.fileExists(path),
    readFile: (path) => (path === name ? text : standard.readFile(path)),
    getSourceFile: (path, ...rest) =>
      path === name
        ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
        : standard.getSourceFile(path, ...rest),
  }
  return ts.getPreEmitDiagnostics(ts.createProgram([name], options, host)).map(({ file, start, messageText }) => {
    const line = file === undefined || start === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1
    return `${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
}

/** Runs an example under plain Node, from the repository's root; throws with its output when it fails. */
export const execute = (text: string): string => {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  })
  return execFileSync(process.execPath, ['--input-type=module', '--eval', outputText], { encoding: 'utf8' })
}
