/** One role in a process of its own: `node sync-process.mjs ROLE WISH`, the wish as JSON. */
import { loadFleet } from './fleet-load.ts'
import { measureSubjects } from './many-subjects.ts'
import { catchUp, confirm } from './node-device.ts'
import { say } from './say.ts'
import { serveSpace } from './serve-space.ts'

const ROLES: Readonly<Record<string, (wish: never) => Promise<void>>> = {
  serve: serveSpace,
  fleet: loadFleet,
  subjects: measureSubjects,
  'catch-up': async (wish) => say(await catchUp(wish)),
  confirm: async (wish) => say(await confirm(wish)),
}

const [, , name = '', wish = '{}'] = process.argv
const role = ROLES[name]
if (!role) throw new Error(`there is no role ${name}`)
// Nothing goes on once whoever started it is gone.
if (name !== 'serve') process.stdin.once('end', () => process.exit()).resume()
await role(JSON.parse(wish) as never)
process.exit()
