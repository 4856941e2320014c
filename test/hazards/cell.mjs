/**
 * One peer in one scenario, in a process of its own: peers hang, and leave things running.
 *
 *     node cell.mjs PEER SCENARIO
 */
import { FULL } from './plans.mjs'
import { SCENARIOS } from './scenarios.mjs'

const [name, scenario] = process.argv.slice(2)
// Libraries write to the console; the answer is the last line.
const { peer } = await import(`./peers/${name}.mjs`)
const result = await SCENARIOS[scenario](peer, FULL)
console.log(`\n${JSON.stringify({ label: peer.label, kind: peer.kind, result })}`)
process.exit(0)
