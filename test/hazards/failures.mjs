import { marker, sleep } from './environment.mjs'
import { fillUntilSummariser, MOST_TURNS_TO_FIRST } from './fill.mjs'
import { openStage } from './stage.mjs'

/** Turns after the first call of a summariser that misbehaves. */
const TURNS_AFTER = 14
/** Turns that a killed process would still have taken. */
const TURNS_UNTIL_KILLED = 6
/** A turn after a kill; uses the tool. */
const TURN_AFTER_KILL = 9_001
/** Turns after a bad summary. */
const LATER_TURNS = [60, 61, 62, 63]

/** A summariser that misbehaves from its first call on; afterwards it is well again, and the session reopened. */
export async function misbehave(peer, { outage: pace, turnDeadlineMs }, behaviour) {
  const stage = await openStage(peer, { pace, turnDeadlineMs, behaviour })
  let isHung = false
  for (
    let turn = 1, left = TURNS_AFTER;
    turn <= MOST_TURNS_TO_FIRST && left > 0 && !isHung;
    turn += 1
  ) {
    isHung = (await stage.take(turn)) === 'hung'
    if (stage.log.summaries.length > 0) left -= 1
    await sleep(pace.gapMs)
  }
  const figures = stage.figures()
  stage.setBehaviour(() => 'good')
  await stage.close()
  await stage.reopen()
  const { dropped, lost } = await stage.probe()
  await stage.close()
  return { ...figures, dropped, lost }
}

/** The process dies before the n-th storage write after the summariser was asked, for every n. */
export async function killSweep(peer, plan) {
  const points = []
  for (let writes = 0; writes < plan.mostKills; writes += 1) {
    const stage = await openStage(peer, { pace: plan.kill, turnDeadlineMs: plan.turnDeadlineMs })
    const before = await fillAndKill(stage, writes)
    if (before === undefined) {
      await stage.close()
      break
    }
    await stage.reopen()
    const { dropped, lost } = await stage.probe()
    const next = await stage.take(TURN_AFTER_KILL)
    points.push({ before, dropped, lost, failed: next === 'ok' ? 0 : 1 })
    await stage.close()
  }
  const worst = points.toSorted((a, b) => b.lost - a.lost || b.dropped - a.dropped)[0]
  return {
    points: points.length,
    dropped: Math.max(0, ...points.map(({ dropped }) => dropped)),
    lost: Math.max(0, ...points.map(({ lost }) => lost)),
    failed: points.reduce((sum, { failed }) => sum + failed, 0),
    worst: worst && worst.dropped > 0 ? worst.before : '',
    labels: [...new Set(points.map(({ before }) => before))],
  }
}

/** Fills, and kills before the n-th write from then on. Resolves to that write; undefined if there is none. */
async function fillAndKill(stage, writes) {
  const { turn, running, isAsked } = await fillUntilSummariser(stage)
  if (!isAsked) return undefined
  const killed = stage.killAfter(writes)
  const going = (async () => {
    await running
    for (let next = turn + 1; next <= turn + TURNS_UNTIL_KILLED; next += 1) await stage.take(next)
    await stage.rest()
    return undefined
  })()
  return Promise.race([killed, going])
}

/** A compaction without information is applied; then the documented way back. */
export async function rollback(peer, { outage: pace, turnDeadlineMs }) {
  const stage = await openStage(peer, { pace, turnDeadlineMs, behaviour: () => 'bland' })
  const { running } = await fillUntilSummariser(stage)
  await running
  await stage.rest()
  stage.setBehaviour(() => 'good')
  for (const turn of LATER_TURNS) await stage.take(turn)
  const { calls } = stage.figures()
  const bad = await stage.probe()
  const goBack = stage.session().rollback
  if (!goBack || calls === 0) {
    await stage.close()
    return { calls, bad: counts(bad), way: 'none' }
  }
  const way = await goBack().catch(
    (/** @type {unknown} */ error) =>
      `failed: ${error instanceof Error ? error.message : String(error)}`,
  )
  const after = await stage.probe()
  const later = LATER_TURNS.map((turn) => marker('U', turn))
  await stage.close()
  return {
    calls,
    bad: counts(bad),
    way,
    after: counts(after),
    laterDropped: after.missing.filter((missing) => later.includes(missing)).length,
  }
}

function counts({ dropped, lost }) {
  return { dropped, lost }
}
