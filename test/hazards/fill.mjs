import { sleep } from './environment.mjs'

/** Turns that fill a session up to its first compaction, and a little over. */
export const MOST_TURNS_TO_FIRST = 40

/**
 * Takes turns until the summariser is asked for the first time. The last of them may still be under way.
 *
 * @param {Awaited<ReturnType<typeof import('./stage.mjs').openStage>>} stage
 * @param {number} [exactly] Takes so many turns instead, and does not wait for the last of them.
 * @returns {Promise<{ turn: number, running: Promise<unknown>, isAsked: boolean }>}
 */
export async function fillUntilSummariser(stage, exactly) {
  for (let turn = 1; ; turn += 1) {
    const running = stage.take(turn)
    let isOver = false
    void running.then(() => (isOver = true))
    while (exactly === undefined && !isOver && !isAsked(stage)) await sleep(2)
    if (turn === (exactly ?? MOST_TURNS_TO_FIRST) || isAsked(stage)) {
      return { turn, running, isAsked: isAsked(stage) }
    }
    await running
  }
}

function isAsked({ log }) {
  return log.summaries.length > 0
}
