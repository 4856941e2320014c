import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { markersIn } from './prompts.mjs'

/** Text without meaning, which every peer may move out or sum up. */
const FILLER = 'The build log mentions several modules, and one of them needs a closer look. '

/** Tokens at which every peer compacts, and about how many it should keep verbatim. */
const BUDGETS = { triggerTokens: 6_000, keepTokens: 1_500 }

/** A summariser that has nothing to say says so after this time, in milliseconds. */
const FAILURE_MS = 50

/**
 * What the summariser does at a call.
 *
 * @typedef {'good' | 'busy' | 'refuse' | 'hang' | 'empty' | 'garbage' | 'bland'} Behaviour
 *
 * @typedef {object} Pace Latencies in milliseconds.
 * @property {number} chatMs
 * @property {number} toolMs
 * @property {number} gapMs Between two turns.
 * @property {number} summariserMs
 */

/** The process was killed: whatever it still wanted to write never happens. */
export class Killed extends Error {}

/** Folders of this process's environments. */
const folders = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/**
 * The scripted world of one run: a chat model, a tool, a summariser and a disk, each of which keeps a log.
 *
 * @param {object} options
 * @param {Pace} options.pace
 * @param {(call: number) => Behaviour} [options.behaviour] By the number of the call, counted from 1.
 * @param {(turn: number) => number} [options.toolMsOf] Time that the tool of a turn takes.
 * @param {boolean} [options.compacts] False keeps every peer from compacting: what a scenario costs without.
 */
export function createEnvironment({
  pace,
  behaviour = () => 'good',
  toolMsOf = () => pace.toolMs,
  compacts = true,
}) {
  const log = createLog()
  const disk = createDisk(log)
  let behave = behaviour

  const working = async (ms, signal) => {
    const from = performance.now()
    try {
      await sleep(ms, signal)
    } finally {
      log.work.push({ from, to: performance.now() })
    }
  }
  const say = (kind, turn) => {
    log.said.push({ turn, marker: marker(kind, turn) })
    return marker(kind, turn)
  }

  /** @type {import('./peer.mjs').Environment} */
  const env = {
    budgets: compacts ? BUDGETS : { ...BUDGETS, triggerTokens: 1_000_000 },
    instructions: 'You are a careful assistant. Use lookup when asked about the build.',
    directory: makeFolder(),
    disk: new Map(),
    async chat({ messages, signal }) {
      if (disk.isDead()) return new Promise(() => {})
      log.prompts.push({ at: performance.now(), lines: messages })
      const { turn, isAnswered } = whereItStands(messages)
      await working(pace.chatMs, signal)
      const name = String(turn).padStart(4, '0')
      if (!isAnswered && wantsTool(turn)) {
        const args = { query: `${say('C', turn)} ${filler(60)}` }
        return { text: '', calls: [{ id: `call_${name}`, name: 'lookup', args }] }
      }
      return { text: `${say('A', turn)} ${filler(220)}`, calls: [] }
    },
    async tool(call) {
      const turn = Number(call.id.slice(-4))
      await working(toolMsOf(turn))
      return `${say('R', turn)} ${filler(600)}`
    },
    async summarise(text, { signal } = {}) {
      const call = { from: performance.now(), to: Infinity, text }
      log.summaries.push(call)
      log.running += 1
      log.mostRunning = Math.max(log.mostRunning, log.running)
      try {
        return await answer(behave(log.summaries.length), text, pace.summariserMs, signal)
      } finally {
        call.to = performance.now()
        log.running -= 1
      }
    },
    write: disk.write,
  }
  return {
    env,
    log,
    /** From now on the summariser behaves like this; calls count on. */
    setBehaviour(next) {
      behave = next
    },
    killAfter: disk.killAfter,
    revive: disk.revive,
  }
}

function createLog() {
  return {
    /** @type {{ at: number, lines: readonly import('./peer.mjs').Line[] }[]} */
    prompts: [],
    /** @type {{ from: number, to: number, text: string }[]} */
    summaries: [],
    /** Times in which the chat model or a tool worked. @type {{ from: number, to: number }[]} */
    work: [],
    /** Markers of calls, results and answers, with the turn that each is of. @type {{ turn: number, marker: string }[]} */
    said: [],
    /** @type {string[]} */
    writes: [],
    running: 0,
    mostRunning: 0,
  }
}

/** The disk, and the process over it, which may die before any write and is followed by the next one. */
function createDisk(log) {
  /** Writes that may still happen; Infinity until a kill is planned. */
  let writesLeft = Infinity
  let isDead = false
  let onKilled = () => {}
  return {
    isDead: () => isDead,
    async write(label, write) {
      if (isDead) return new Promise(() => {})
      if (writesLeft <= 0) {
        isDead = true
        onKilled(label)
        return new Promise(() => {})
      }
      writesLeft -= 1
      log.writes.push(label)
      return write()
    },
    /** Kills the process before the n-th write from now; resolves to what it was about to write. */
    killAfter(writes) {
      writesLeft = writes
      return new Promise((resolve) => (onKilled = resolve))
    },
    /** The next process over the same storage. */
    revive() {
      isDead = false
      writesLeft = Infinity
      onKilled = () => {}
    },
  }
}

function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'hazards-'))
  folders.push(folder)
  return folder
}

/** What a user says in a turn. */
export function userText(turn) {
  return `${marker('U', turn)} please look into this: ${filler(260)}`
}

/** Three turns of four use the tool. */
function wantsTool(turn) {
  return turn % 4 !== 0
}

/** @param {'U' | 'C' | 'R' | 'A'} kind User, call, result or answer. */
export function marker(kind, turn) {
  return `${kind}${String(turn).padStart(4, '0')}x`
}

/** The turn that a prompt is about, from the newest message that has a marker of user or tool. */
function whereItStands(lines) {
  for (const { role, text } of lines.toReversed()) {
    const last = markersIn(text).findLast((found) => found[0] === 'U' || found[0] === 'R')
    if (last === undefined || (role !== 'user' && role !== 'tool')) continue
    return { turn: Number(last.slice(1, 5)), isAnswered: last[0] === 'R' }
  }
  return { turn: 9_998, isAnswered: true }
}

async function answer(how, text, summariserMs, signal) {
  if (how === 'hang') await sleep(3_600_000, signal)
  if (how === 'busy' || how === 'refuse') {
    await sleep(FAILURE_MS, signal)
    const status = how === 'busy' ? 503 : 400
    throw Object.assign(new Error(`${status} the summariser does not answer`), { status })
  }
  await sleep(summariserMs, signal)
  if (how === 'empty') return ''
  if (how === 'garbage') return '�� lorem {"ipsum": [[ </summary> dolor'
  if (how === 'bland') return 'The user and the assistant talked about several things.'
  return `Summary of the work so far: ${markersIn(text).join(' ')}`
}

function filler(length) {
  return FILLER.repeat(Math.ceil(length / FILLER.length)).slice(0, length)
}

export function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason ?? new Error('aborted'))
    }
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
  })
}
