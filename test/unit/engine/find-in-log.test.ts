import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import { hashText } from '../../../src/core/session/chain.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import type { RecallResult } from '../../../src/protocol/requests.ts'
import {
  BY_HAND,
  createOrigin,
  openTab,
  rowOf,
  type Origin,
  type Tab,
} from '../../support/build-engine.ts'
import { assistant, result, toolCall, turns, user } from '../../support/build-log.ts'

/** A digest that has room for every line. */
const ROOMY = { ...BY_HAND, budget: { tokens: 12_000 } }

const FILE = Array.from({ length: 90 }, (_, n) => `const part${n} = ${n * 7}`).join('\n')
const EDITED = FILE.replace('const part40 = 280', 'const part40 = 281 // \uD800')
const PICTURE = `data:image/png;base64,${'iVBORw0KGgo'.repeat(80)}`
const BLOCK = Array.from({ length: 60 }, (_, n) => `  step ${n}: { "name": "s${n}" }`).join('\n')
const WRITTEN = JSON.stringify({ path: 'src/new.ts', content: FILE.replaceAll('const', 'let') })

function call(callId: string, name: string, input: string): Draft {
  return { role: 'assistant', parts: [toolCall(callId, name, input)] }
}

const READ = '{"path":"src/parts.ts"}'

/** Payloads of every kind that a fold moves out, a near-repeat among them. */
const MIXED: readonly Draft[] = [
  user('Read the parts.'),
  call('a', 'read_file', READ),
  result('a', FILE),
  assistant('Read.'),
  { role: 'user', parts: [{ type: 'image', url: PICTURE, mediaType: 'image/png' }] },
  assistant('A picture.'),
  user(`This is how it is done:\n\`\`\`yaml\n${BLOCK}\n\`\`\`\nDo it so.`),
  call('b', 'write_file', WRITTEN),
  result('b', 'written'),
  call('c', 'read_file', READ),
  result('c', EDITED),
  assistant('Done.'),
]

/** A session as it is where its generations came from another device: of its artifacts nothing is stored. */
async function foldedElsewhere(isElsewhere: boolean = true): Promise<{
  readonly origin: Origin
  readonly tab: Tab
  readonly session: Session
  readonly before: ReadonlyMap<string, RecallResult>
}> {
  const origin = createOrigin()
  const tab = openTab({ origin })
  const session = await tab.backfold.session('s', ROOMY)
  await session.append(...MIXED, ...turns(6, 'a line of output of the boiler\n'.repeat(30)))
  await session.compact()
  await session.apply()
  const before = new Map<string, RecallResult>()
  for (const { hash } of origin.rows.artifacts.values()) {
    before.set(hash, await session.recall({ artifact: hash }))
  }
  if (isElsewhere) origin.rows.artifacts.clear()
  return { origin, tab, session, before }
}

test('[ART7, REC3] payloads of all kinds that another device has moved out come back to the letter', async () => {
  const { session, before } = await foldedElsewhere()
  for (const text of [FILE, EDITED, PICTURE, BLOCK, WRITTEN]) {
    expect(before.has(hashText(text)), text.slice(0, 40)).toBe(true)
  }
  for (const [hash, recalled] of before) {
    expect(await session.recall({ artifact: hash })).toEqual(recalled)
    expect(await session.recall({ artifact: hash.slice(0, 12) })).toEqual(recalled)
  }
  const lines = await session.recall({ artifact: hashText(EDITED), lines: { from: 41, to: 41 } })
  expect(lines.kind === 'slice' && lines.text).toContain('281 // \uD800')
})

test('[ART7, REC4] nothing is written by that', async () => {
  const { origin, tab, session, before } = await foldedElsewhere()
  const row = await rowOf(tab, 's')
  for (const hash of before.keys()) await session.recall({ artifact: hash })
  expect(origin.rows.artifacts.size).toBe(0)
  expect(await rowOf(tab, 's')).toEqual(row)
})

test('[ART7, VER5] such a session is sound', async () => {
  const { session } = await foldedElsewhere()
  expect(await session.verify()).toMatchObject({ isSound: true, problems: [] })
})

test('[ART7] where the messages no longer say it, they are named', async () => {
  const { origin, session } = await foldedElsewhere()
  const log = origin.rows.messages.get('s') ?? []
  log.forEach((message, index) => {
    if (message.seq === 3) log[index] = { ...message, parts: [] }
  })
  await expect(session.recall({ artifact: hashText(FILE) })).rejects.toThrow(
    /its payload is in message .*#3\b/,
  )
  const unknown = 'f'.repeat(64)
  await expect(session.recall({ artifact: unknown })).rejects.toMatchObject({
    code: 'SESSION_NOT_FOUND',
    message: `there is no artifact ${unknown}`,
  })
})

test('[ART7, STUB9] a later reading of a payload folded elsewhere still says what changed', async () => {
  const stubOf = async (isElsewhere: boolean): Promise<readonly string[]> => {
    const { session } = await foldedElsewhere(isElsewhere)
    const again = EDITED.replace('const part7 = 49', 'const part7 = 50')
    await session.append(...turns(6, 'output of another kind\n'.repeat(60)))
    await session.append(user('Once more.'), call('d', 'read_file', READ), result('d', again))
    await session.append(assistant('Read again.'), ...turns(2, 'more output\n'.repeat(60)))
    expect(await session.compact({ upTo: 60 })).toMatchObject({ kind: 'ready' })
    await session.apply()
    const { entries } = await session.context()
    return entries.flatMap((entry) =>
      entry.kind === 'stubbed' ? entry.message.parts.map((part) => JSON.stringify(part)) : [],
    )
  }
  const elsewhere = await stubOf(true)
  expect(elsewhere.join()).toContain('changed since')
  expect(elsewhere).toEqual(await stubOf(false))
})

/** A goal reached by writing a file that is too large for a pad. */
function write(file: string): readonly Draft[] {
  const content = Array.from({ length: 400 }, (_, n) => `line ${n * 3}`).join('\n')
  return [
    user(`Write all lines into src/${file}.txt.`),
    call(`w-${file}`, 'write_file', JSON.stringify({ path: `src/${file}.txt`, content })),
    result(`w-${file}`, 'written'),
    call(`t-${file}`, 'run_command', JSON.stringify({ command: `check src/${file}.txt` })),
    result(`t-${file}`, 'all is well'),
    assistant(`All lines are in src/${file}.txt, and the check passes.`),
  ]
}

test('[ART7] what a pad names of arguments that are too large for it comes back', async () => {
  const origin = createOrigin()
  const session = await openTab({ origin }).backfold.session('s', BY_HAND)
  await session.append(...write('alpha'), ...turns(5, 'output\n'.repeat(60)))
  await session.compact()
  await session.apply()
  origin.rows.artifacts.clear()
  const { pads } = await session.pads()
  const pieces = pads.flatMap(({ steps }) =>
    steps.flatMap((step) => step.arguments.flatMap((argument) => argument.pieces)),
  )
  const named = pieces.filter((piece) => piece.from === 'artifact')
  expect(named.length).toBeGreaterThan(0)
  for (const { artifact } of named) {
    const recalled = await session.recall({ artifact })
    expect(recalled.kind === 'artifact' && hashText(recalled.text)).toBe(artifact)
  }
})
