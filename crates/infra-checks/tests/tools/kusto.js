// Parses and binds queries against the table that the lines of the log arrive in.
//
// Standard input: {"tables": {"AppTraces": "(Column: type, …)"}, "queries": [{"name": …, "text": …}]}.
// Standard output: [{"name": …, "problems": [text], "members": [path], "events": [name], "ofCalls": [path]}]: what is wrong with
// each query, the members of `line` that it reads, the events that it names, and the members of `call` that it reads.

'use strict'

require('@kusto/language-service-next/bridge.min.js')
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js')

const kusto = globalThis.Kusto.Language
const { tables, queries } = JSON.parse(require('fs').readFileSync(0, 'utf8'))

const symbols = Object.entries(tables).map(([name, columns]) => new kusto.Symbols.TableSymbol.$ctor7(name, columns, null))
const state = kusto.GlobalState.Default.WithDatabase(new kusto.Symbols.DatabaseSymbol.ctor('workspace', symbols))

function problems (text) {
  const diagnostics = kusto.KustoCode.ParseAndAnalyze(text, state).GetDiagnostics()
  return Array.from({ length: diagnostics.Count }, (_, number) => {
    const { Severity, Code, Message, Start } = diagnostics.getItem(number)
    return `${Severity} ${Code} at ${Start}: ${Message}`
  })
}

// What is read of `line`, or of `call`.
function members (of, text) {
  return [...text.matchAll(new RegExp(`\\b${of}((?:\\.\\w+)+)`, 'g'))].map(([, path]) => path.slice(1))
}

// What `line.event` is compared with.
function events (text) {
  const comparisons = text.matchAll(/line\.event\) (?:==|!=|in) ('[^']*'|\([^)]*\))/g)
  return [...comparisons].flatMap(([, names]) => [...names.matchAll(/'([^']*)'/g)].map(([, name]) => name))
}

const results = queries.map(({ name, text }) => {
  const code = text.replace(/\/\/.*/g, '')
  return { name, problems: problems(text), members: members('line', code), events: events(code), ofCalls: members('call', code) }
})
process.stdout.write(JSON.stringify(results))
