/** Engram's own lint rules: each is a set of syntax patterns with the reason why they are refused. */

/** Members of Math that IEEE 754 or the language defines to the last bit. */
const exactMath = 'abs|sqrt|fround|floor|ceil|round|trunc|sign|imul|clz32|min|max|PI|SQRT2|SQRT1_2|LN2|LN10|E'

/** A rule that refuses whatever a selector finds. `patterns`: selector → message. */
const refuse = (patterns) => ({
  meta: { type: 'problem', schema: [] },
  create: (context) =>
    Object.fromEntries(
      Object.entries(patterns).map(([selector, message]) => [selector, (node) => context.report({ node, message })]),
    ),
})

const exact = refuse({
  [`MemberExpression[object.name='Math'][computed=false]:not([property.name=/^(${exactMath})$/])`]:
    'The bits of this function differ between engines. Use expressions, or + - * / and Math.sqrt.',
  "MemberExpression[object.name='Math'][computed=true], VariableDeclarator[init.name='Math']":
    'Name the member of Math at its use, so that it can be seen to be exact.',
  "BinaryExpression[operator='**']:not([left.value=2][right.type=/^(Literal|UnaryExpression)$/])":
    'x ** y is Math.pow: its bits differ between engines. Multiply; only 2 ** constant is exact.',
  "AssignmentExpression[operator='**=']": 'x **= y is Math.pow: its bits differ between engines. Multiply.',
  "MemberExpression[property.name=/^(localeCompare|toLocale.*)$/], Identifier[name='Intl']":
    'Depends on the locale of the machine.',
})

const indexOnly = refuse({
  "TSNonNullExpression:not([expression.type='MemberExpression'][expression.computed=true])":
    '`!` is for checked indexing, a[i]!, only.',
})

const noBarrels = refuse({
  'ExportAllDeclaration, ExportNamedDeclaration[source!=null]':
    'No barrels inside src: import the file. Only src/index.ts and src/testing.ts re-export.',
})

const noCatch = refuse({
  TryStatement: 'Nobody catches a bug. Expected failures are Either; what the world throws is caught in shell.',
})

const noDefaultExport = refuse({
  ExportDefaultDeclaration: 'No default exports: one name per thing, the same at every import.',
})

const noModuleState = refuse({
  "Program > VariableDeclaration[kind='let'], Program > ExportNamedDeclaration > VariableDeclaration[kind='let']":
    'State of a module is hidden input. Pass it as an argument.',
  'Program > VariableDeclaration > VariableDeclarator > NewExpression[callee.name=/^(Weak)?(Map|Set)$/][arguments.length=0]':
    'A collection that a module fills is hidden input. Pass it as an argument.',
})

const readonlyFields = refuse({
  ':matches(TSInterfaceBody, TSTypeAliasDeclaration > TSTypeLiteral) > TSPropertySignature[readonly!=true]':
    'Fields of records are readonly.',
})

const noSkippedTests = refuse({
  'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(skip|only|todo|skipIf|runIf|fails)$/]':
    'Tests are neither skipped nor focused.',
})

/** Every exported name says what it is. */
const docstrings = {
  meta: { type: 'suggestion', messages: { missing: "Exported '{{name}}' has no docstring." }, schema: [] },
  create: (context) => {
    const documented = new Set()
    return {
      ExportNamedDeclaration: (node) => {
        const { declaration } = node
        if (declaration === null || declaration === undefined) return
        const names =
          declaration.type === 'VariableDeclaration'
            ? declaration.declarations.map((each) => each.id.name)
            : [declaration.id?.name]
        const own = context.sourceCode
          .getCommentsBefore(node)
          .some((comment) => comment.type === 'Block' && comment.value.startsWith('*'))
        for (const name of names) {
          if (own) documented.add(name)
          // a type that shares the name of its codec is documented once,
          // and the record of a primitive speaks through the builder beside it
          else if (!documented.has(name) && !/Primitive$/.test(name ?? ''))
            context.report({ node, messageId: 'missing', data: { name } })
        }
      },
    }
  },
}

export default {
  rules: {
    docstrings,
    exact,
    'index-only': indexOnly,
    'no-barrels': noBarrels,
    'no-catch': noCatch,
    'no-default-export': noDefaultExport,
    'no-module-state': noModuleState,
    'no-skipped-tests': noSkippedTests,
    'readonly-fields': readonlyFields,
  },
}
