// The binding's speed, beside the C call and the other libraries of Node, as
// ratios in one run: `scripts/node bench`. Prints a table and then the same as
// JSON lines; `--json` prints the lines alone, `--quick` measures for a tenth of
// the time, and `ES256` only that. A missed target is printed, never an error.

import { createRequire } from 'node:module'

import { Measure, median, ratio } from './measure.mjs'
import { subjectsOf } from './subjects.mjs'

const engine = createRequire(import.meta.url)('../out/bench.node')
const given = process.argv.slice(2)
const isJson = given.includes('--json')
const wanted = given.filter((argument) => !argument.startsWith('--'))
const measure = new Measure(engine.threadTime, given.includes('--quick'))
const lines = []

/** One comparison: how often `ours` fits in `theirs`, or the other way round. */
function report(algorithm, ours, theirs, target) {
  const isCost = theirs.name === 'C call'
  const value = isCost ? ratio(ours.times, theirs.times) : ratio(theirs.times, ours.times)
  const row = {
    bench: `${algorithm} ${ours.name}`,
    nanoseconds: Math.round(median(ours.times)),
    against: theirs.name,
    their_nanoseconds: Math.round(median(theirs.times)),
    ratio: Math.round(value * 1000) / 1000,
    target: target?.text ?? null,
    met: target ? target.met(value) : null,
  }
  lines.push(JSON.stringify(row))
  if (isJson) return
  const verdict = row.met === null ? '' : row.met ? 'met' : 'MISSED'
  console.log(
    [
      row.bench.padEnd(26),
      String(row.nanoseconds).padStart(9),
      String(row.their_nanoseconds).padStart(9),
      row.ratio.toFixed(3).padStart(8),
      (row.target ?? '').padEnd(8),
      verdict.padEnd(7),
      row.against,
    ].join(' '),
  )
}

const atLeast = (bound) => ({ text: `>= ${bound}`, met: (value) => value >= bound })
const above = (bound) => ({ text: `> ${bound}`, met: (value) => value > bound })
const atMost = (bound) => ({ text: `<= ${bound}`, met: (value) => value <= bound })

async function bench(algorithm) {
  const { payload, brief, promise, c, peers } = await subjectsOf(algorithm, engine)
  const subjects = [payload, brief, promise, c, ...peers]
  const all = await measure.compare(subjects)
  for (const [at, subject] of subjects.entries()) subject.times = all[at]
  const isHmac = algorithm.startsWith('HS')
  for (const ours of [payload, brief]) {
    report(algorithm, ours, c, isHmac ? undefined : atMost(1.15))
    for (const peer of peers.filter(({ isAsync }) => !isAsync)) {
      report(algorithm, ours, peer, isHmac ? atLeast(ours === brief ? 5 : 3) : above(1))
    }
  }
  // By the wall's clock, both of them.
  for (const peer of peers.filter(({ isAsync }) => isAsync)) {
    report(algorithm, promise, peer, isHmac ? atLeast(5) : above(1))
  }
  const overhead = difference(brief.times, c.times)
  if (!isJson) console.log(`${algorithm}: ${overhead} ns over the C call, sub and exp read`)
  lines.push(JSON.stringify({ bench: `${algorithm} overhead`, nanoseconds: overhead }))
}

const difference = (ours, theirs) =>
  Math.round(median(ours.map((value, round) => value - theirs[round])))

if (!isJson) {
  console.log('Whole calls and what they are measured against, in ns.\n')
  console.log(
    `${'bench'.padEnd(26)} ${'ours'.padStart(9)} ${'theirs'.padStart(9)} ${'ratio'.padStart(8)} target           against`,
  )
}
for (const algorithm of ['HS256', 'RS256', 'ES256', 'EdDSA']) {
  if (wanted.length === 0 || wanted.includes(algorithm)) await bench(algorithm)
}
console.log(`${isJson ? '' : '\n'}${lines.join('\n')}`)
