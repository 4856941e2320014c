/**
 * Records the sessions that ship with the playground.
 *
 *     node test/support/recorder/record.mjs [name …]
 *
 * A dialogue says what is said and which tools are called; the calls are really carried out, in a
 * copy of this repository, and what they print is what is recorded. Writes
 * `public/sessions/NAME.json.gz` and the list of all of them, `public/sessions/sessions.json`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bugHunt } from './dialogues/bug-hunt.mjs'
import { codeTour } from './dialogues/code-tour.mjs'
import { releaseReview } from './dialogues/release-review.mjs'
import { createScrubber } from './scrub.mjs'
import { createStage } from './stage.mjs'
import { createWorkspace } from './workspace.mjs'

const root = resolve(import.meta.dirname, '../../..')
const output = join(root, 'public/sessions')

const DIALOGUES = { 'code-tour': codeTour, 'bug-hunt': bugHunt, 'release-review': releaseReview }

/** Sizes that the playground promises. */
const LEAST_TOKENS = 30_000
const MOST_TOKENS = 150_000
const LEAST_TURNS = 25

await main(process.argv.slice(2))

async function main(wanted) {
  const unknown = wanted.filter((name) => !Object.hasOwn(DIALOGUES, name))
  if (unknown.length > 0) {
    console.error(`no dialogue ${unknown.join()}; there are ${Object.keys(DIALOGUES).join(', ')}`)
    process.exitCode = 1
    return
  }
  mkdirSync(output, { recursive: true })
  for (const name of wanted.length > 0 ? wanted : Object.keys(DIALOGUES)) await record(name)
}

async function record(name) {
  const dialogue = DIALOGUES[name]
  const workspace = createWorkspace(root, dialogue.prepare ?? (() => {}))
  try {
    const stage = createStage(workspace, createScrubber([workspace.folder, root], [workspace.home]))
    await dialogue.play(stage)
    const turns = stage.messages.filter(({ role }) => role === 'user').length
    const tokens = stage.tokens()
    console.log(`${name}: ${stage.messages.length} messages, ${turns} turns, ${tokens} tokens`)
    if (tokens < LEAST_TOKENS || tokens > MOST_TOKENS || turns < LEAST_TURNS) {
      throw new Error(
        `${name}: expected ${LEAST_TOKENS} to ${MOST_TOKENS} tokens in ${LEAST_TURNS} turns`,
      )
    }
    publish(name, dialogue, stage, tokens)
  } finally {
    workspace.remove()
  }
}

function publish(name, { title, description }, { messages }, tokens) {
  const file = `${name}.json.gz`
  const recordedAt = `${new Date().toISOString().slice(0, 10)}`
  const session = { title, description, recordedAt, licence: 'MIT', messages }
  writeFileSync(join(output, file), gzipSync(JSON.stringify(session), { level: 9 }))
  const list = join(output, 'sessions.json')
  const before = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : []
  const item = { file, title, description, tokens, messages: messages.length }
  const items = [...before.filter((other) => other.file !== file), item]
  // The longest first: it is what the playground opens with, and shows best what a fold is for.
  items.sort((a, b) => b.tokens - a.tokens)
  writeFileSync(list, `${JSON.stringify(items, null, 2)}\n`)
}
