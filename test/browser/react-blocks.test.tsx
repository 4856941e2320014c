import axe from 'axe-core'
import type { ReactElement } from 'react'
import { expect, test } from 'vitest'
import type { Session } from '../../src/client/session.ts'
import {
  ArtifactList,
  ContextGauge,
  ContextInspector,
  GenerationTimeline,
  RecallBox,
  useContextState,
} from '../../src/react.ts'
import { draw, type } from './draw.tsx'
import { openPage, prose } from './open-page.ts'

const SOON = { timeout: 20_000 }
const HOSTILE = '<img src=x onerror="globalThis.hacked = true"><script>hacked = true</script>'

/** A session with one generation in force, a pin, and stubs for large payloads above the mark. */
async function foldedSession(): Promise<Session> {
  const { backfold } = await openPage()
  const session = await backfold.session('s', {
    budget: { tokens: 12_000 },
    automatic: false,
  })
  const turn = async (n: number): Promise<void> => {
    const id = `call-${n}`
    const call = { name: 'read_file', arguments: `{"path":"p${n}.ts"}` }
    await session.append(
      { role: 'user', content: `Please read part ${n}. ${HOSTILE}` },
      { role: 'assistant', content: null, tool_calls: [{ id, type: 'function', function: call }] },
      { role: 'tool', tool_call_id: id, content: prose(800, `t${n}`) },
      { role: 'assistant', content: `Part ${n} is read: it exports part${n}Value.` },
    )
  }
  for (let n = 1; n <= 12; n += 1) await turn(n)
  await session.pin(1)
  const outcome = await session.compact()
  if (outcome.kind !== 'ready') throw new Error(JSON.stringify(outcome))
  await session.apply()
  return session
}

test('[REACT10] the timeline shows generations and rolls back at the press of a button', async () => {
  const session = await foldedSession()
  const outcomes: string[] = []
  const page = draw(
    <GenerationTimeline session={session} onRollback={({ kind }) => outcomes.push(kind)} />,
  )
  await expect.poll(() => page.count('[data-status="head"]'), SOON).toBe(1)
  expect(page.text()).toMatch(/Generation 1 head [\d,]+ → [\d,]+ tokens covers \d+ messages/)
  page.press('[data-part="unfold"]')
  await expect.poll(() => page.text(), SOON).toContain('All is unfolded.')
  expect(session.state.get().generation).toBe(0)
  await expect.poll(() => page.count('[data-status="rolled-back"]'), SOON).toBe(1)
  page.press('[data-generation="1"] [data-part="rollback"]')
  await expect.poll(() => page.count('[data-generation="1"][data-status="head"]'), SOON).toBe(1)
  expect(page.text()).toContain('Rolled back to generation 1.')
  expect(outcomes).toEqual(['rolled-back', 'rolled-back'])
  page.draw(<GenerationTimeline session={session} readOnly />)
  await expect.poll(() => page.count('button')).toBe(0)
})

test('[REACT10] a rollback that takes its time holds up no other session', async () => {
  const session = await foldedSession()
  const slow = { ...session, rollback: () => new Promise<never>(() => {}) }
  const page = draw(<GenerationTimeline session={slow} />)
  await expect.poll(() => page.count('[data-part="unfold"]'), SOON).toBe(1)
  page.press('[data-part="unfold"]')
  await expect.poll(() => page.count('[data-part="unfold"]:disabled')).toBe(1)
  page.draw(<GenerationTimeline session={session} />)
  await expect.poll(() => page.count('[data-part="unfold"]:enabled')).toBe(1)
})

test('[REACT10, REACT14] an item of the timeline can be drawn by the host', async () => {
  const session = await foldedSession()
  const page = draw(
    <GenerationTimeline session={session} readOnly className="mine" labels={{ name: 'Stände' }}>
      {({ generation, isHead }) => <b>{`${generation.n} ${String(isHead)}`}</b>}
    </GenerationTimeline>,
  )
  await expect.poll(() => page.text(), SOON).toBe('1 true')
  expect(page.part('section.mine').getAttribute('aria-label')).toBe('Stände')
})

test('[REACT11, REACT14, REACT16] the inspector shows why each entry is there, as text', async () => {
  const session = await foldedSession()
  const opened: number[] = []
  const page = draw(
    <ContextInspector session={session} onOpenMessage={(seq) => opened.push(seq)} />,
  )
  await expect.poll(() => page.count('[data-kind="digest"]'), SOON).toBe(1)
  expect(page.count('[data-kind="pinned"][data-seq="1"]')).toBe(1)
  expect(page.part('[data-kind="pinned"]').textContent).toContain('pinned: in every context')
  expect(page.count('[data-kind="message"]')).toBeGreaterThan(0)
  expect(page.part('[data-kind="pinned"]').textContent).toContain(HOSTILE)
  expect(page.count('img, script')).toBe(0)
  expect('hacked' in globalThis).toBe(false)
  page.press('[data-kind="digest"] [data-part="line"] button[data-part="source"]')
  expect(opened[0]).toBeGreaterThan(0)
  await session.append({ role: 'user', content: 'And part nine?' })
  await expect.poll(() => page.text(), SOON).toContain('And part nine?')
})

test('[REACT12] artifacts are listed with their size, and opening one recalls it', async () => {
  const session = await foldedSession()
  const page = draw(<ArtifactList session={session} />)
  await expect.poll(() => page.count('[data-part="item"]'), SOON).toBeGreaterThan(0)
  expect(page.part('[data-part="item"]').textContent).toContain('read_file')
  expect(page.part('[data-part="size"]').textContent).toMatch(/\d/)
  page.press('[data-part="open"]')
  await expect
    .poll(() => page.root.querySelector('[data-part="payload"] pre')?.textContent ?? '', SOON)
    .toContain('was read from src/')
  // Of a long payload the beginning comes first.
  if (page.count('[data-part="more"]') > 0) page.press('[data-part="more"]')
  page.press('[data-part="open"]')
  await expect.poll(() => page.count('[data-part="payload"]')).toBe(0)
})

test('[REACT13, REACT14] the recall box finds words, ranges and parts, and names what went wrong', async () => {
  const session = await foldedSession()
  const opened: number[] = []
  const page = draw(<RecallBox session={session} onOpenMessage={(seq) => opened.push(seq)} />)
  const count = (): string => page.root.querySelector('[role="status"]')?.textContent ?? ''
  await expect.poll(() => page.count('input')).toBe(1)
  type(page.part('input'), 'part5Value')
  await expect.poll(count, SOON).toMatch(/^\d+ found$/)
  expect(page.text()).toContain('it exports part5Value')
  page.press('button[data-part="source"]')
  expect(opened[0]).toBeGreaterThan(0)
  type(page.part('input'), '2-3')
  await expect.poll(count, SOON).toBe('2 found')
  expect(page.count('[data-part="message"]')).toBe(2)
  type(page.part('input'), '#3.0')
  await expect.poll(() => page.count('[data-part="message"]'), SOON).toBe(0)
  await expect.poll(() => page.text(), SOON).toContain('of t1-0 was read')
  type(page.part('input'), 'zzzzqqqq')
  await expect.poll(count, SOON).toBe('Nothing found.')
  type(page.part('input'), `artifact ${'0'.repeat(12)}`)
  await expect
    .poll(() => page.root.querySelector('[role="alert"]')?.getAttribute('data-code'), SOON)
    .toBe('SESSION_NOT_FOUND')
})

function All({ session, dir }: { readonly session: Session; readonly dir: string }): ReactElement {
  return (
    <main dir={dir}>
      <ContextGauge state={useContextState(session)} />
      <GenerationTimeline session={session} />
      <ContextInspector session={session} onOpenMessage={() => {}} />
      <ArtifactList session={session} onOpenMessage={() => {}} />
      <RecallBox session={session} defaultQuery="part" />
    </main>
  )
}

test.each(['ltr', 'rtl'])('[REACT15] no serious barrier in the blocks, %s', async (dir) => {
  const session = await foldedSession()
  const page = draw(<All session={session} dir={dir} />)
  await expect.poll(() => page.count('[data-part="open"]'), SOON).toBeGreaterThan(0)
  await expect.poll(() => page.count('[data-part="hit"]'), SOON).toBeGreaterThan(0)
  page.press('[data-part="open"]')
  await expect.poll(() => page.count('[data-part="payload"] pre'), SOON).toBe(1)
  const { violations } = await axe.run(page.root, { resultTypes: ['violations'] })
  const found = violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html }) => [id, impact, html]),
  )
  expect(found).toEqual([])
})
