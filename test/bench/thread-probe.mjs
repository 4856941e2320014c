/**
 * Looks at the main thread of a page while something happens.
 *
 * Time on the clock says little on a busy machine, so everything here is CPU time: of functions by the
 * file they come from, of the longest task, of the whole thread.
 */

const SAMPLE_US = 200

/**
 * @param {import('playwright').Page} page
 * @param {string} file - Ending of the address of the file to be watched.
 * @param {() => Promise<T>} work
 * @returns {Promise<{ result: T, fileMs: number, longestTaskMs: number }>} `fileMs`: CPU samples with a
 * function of the file anywhere in their stack. `longestTaskMs`: CPU time of the thread's longest task.
 * @template T
 */
export async function probe(page, file, work) {
  const session = await page.context().newCDPSession(page)
  await session.send('Profiler.enable')
  await session.send('Profiler.setSamplingInterval', { interval: SAMPLE_US })
  await session.send('Profiler.start')
  const tracing = await startTracing(session)
  const result = await work()
  const events = await tracing.stop()
  const { profile } = await session.send('Profiler.stop')
  await session.detach()
  return { result, fileMs: timeInFile(profile, file), longestTaskMs: longestTask(events) }
}

/** CPU time of the page's thread during some work, in milliseconds. */
export async function threadTime(page, work) {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const before = await taskSeconds(session)
  const result = await work()
  const ms = (await taskSeconds(session)) - before
  await session.detach()
  return { result, ms: ms * 1_000 }
}

async function taskSeconds(session) {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration').value
}

async function startTracing(session) {
  const events = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value))
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'],
    },
  })
  return {
    async stop() {
      const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
      await session.send('Tracing.end')
      await complete
      return events
    },
  }
}

function timeInFile({ nodes, samples, timeDeltas }, file) {
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  )
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const inside = new Map()
  const isInside = (id) => {
    if (id === undefined) return false
    if (!inside.has(id)) {
      const own = byId.get(id).callFrame.url.endsWith(file)
      inside.set(id, own || isInside(parents.get(id)))
    }
    return inside.get(id)
  }
  const us = samples.reduce((sum, id, at) => sum + (isInside(id) ? timeDeltas[at] : 0), 0)
  return us / 1_000
}

/** The page's main thread is the renderer's main thread that did most. */
function longestTask(events) {
  const names = events.filter(
    ({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain',
  )
  const threads = names.map(({ pid, tid }) => {
    const tasks = events.filter(
      (event) =>
        event.pid === pid && event.tid === tid && event.name.endsWith('RunTask') && event.tdur,
    )
    return tasks.map(({ tdur }) => tdur / 1_000)
  })
  const busiest = threads.sort((a, b) => sum(b) - sum(a))[0] ?? []
  if (busiest.length === 0) throw new Error('the trace has no tasks of a main thread')
  return busiest.reduce((most, ms) => Math.max(most, ms), 0)
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0)
}
