import fc from 'fast-check'
import type { ReactElement } from 'react'
import { StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import type { Backfold } from '../../../src/client/session.ts'
import type { SessionState } from '../../../src/protocol/events.ts'
import {
  ArtifactList,
  BackfoldProvider,
  ContextGauge,
  ContextInspector,
  GenerationTimeline,
  RecallBox,
  useBackfold,
  useContextState,
  useRecall,
  useSession,
} from '../../../src/react.ts'
import { createFakeSession } from '../app/fake-session.ts'

/** All that hooks and blocks draw of a session that is asked for. */
function Page({ id }: { readonly id: string | null }): ReactElement {
  const { status } = useBackfold()
  const handle = useSession(id, { budget: { tokens: 8_000 } })
  const state = useContextState(handle.session)
  const recalled = useRecall(handle.session, 'words')
  return (
    <main data-statuses={`${status} ${handle.status} ${recalled.status}`}>
      <ContextGauge state={state} />
      <GenerationTimeline session={handle.session} />
      <ContextInspector session={handle.session} />
      <ArtifactList session={handle.session} />
      <RecallBox session={handle.session} />
    </main>
  )
}

test('[REACT1] on a server all is drawn as not open yet, and nothing is opened', () => {
  const spawnWorker = vi.fn<() => Worker>()
  const html = renderToString(
    <StrictMode>
      <BackfoldProvider options={{ spawnWorker }}>
        <Page id="a" />
        <Page id={null} />
      </BackfoldProvider>
    </StrictMode>,
  )
  expect(html).toContain('opening opening idle')
  expect(html).toContain('opening idle idle')
  expect(spawnWorker).not.toHaveBeenCalled()
})

test('[REACT3] a Backfold of the host is there at once, and none is opened while it is awaited', () => {
  const backfold = { close: vi.fn<() => void>() } as unknown as Backfold
  const draw = (given: Backfold | null): string =>
    renderToString(
      <BackfoldProvider backfold={given}>
        <Page id="a" />
      </BackfoldProvider>,
    )
  expect(draw(backfold)).toContain('ready opening idle')
  expect(draw(null)).toContain('opening opening idle')
})

test('[REACT4] a hook outside a provider says so', () => {
  expect(() => renderToString(<Page id="a" />)).toThrow(/BackfoldProvider/)
})

test('[REACT1, REACT7] the state of a session is drawn on a server too', () => {
  const session = createFakeSession('a')
  function Newest(): ReactElement {
    return <b>{useContextState(session).session}</b>
  }
  expect(renderToString(<Newest />)).toBe('<b>a</b>')
})

const STATE: Pick<SessionState, 'tokens' | 'budget'> = {
  budget: { tokens: 1_000, soft: 700, hard: 950 },
  tokens: {
    log: 5_000,
    context: 750,
    categories: { pinned: 0, digest: 200, user: 50, assistant: 0, tools: 500 },
  },
}

test('[REACT9] the gauge is a meter with its tokens by category and both thresholds', () => {
  const html = renderToString(<ContextGauge state={STATE} />)
  expect(html).toContain('role="meter"')
  expect(html).toContain('aria-valuemax="1000"')
  expect(html).toContain('aria-valuenow="750"')
  expect(html).toContain('aria-valuetext="750 of 1,000 tokens"')
  expect(html).toContain('data-threshold="soft" style="inset-inline-start:70%"')
  expect(html).toContain('data-category="digest" style="inset-inline-start:0%;inline-size:20%"')
  expect(html).toContain('past the soft threshold')
  expect(html).not.toMatch(/(?:left|right|width):/)
})

test('[REACT9] the gauge can be drawn from any numbers', () => {
  const any = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -1))
  fc.assert(
    fc.property(fc.array(any, { minLength: 10, maxLength: 10 }), (numbers) => {
      const [pinned, digest, user, assistant, tools, tokens, soft, hard, log, context] =
        numbers as unknown as [number, number, number, number, number, ...number[]]
      const state = {
        budget: { tokens, soft, hard },
        tokens: { log, context, categories: { pinned, digest, user, assistant, tools } },
      } as SessionState
      expect(renderToString(<ContextGauge state={state} />)).not.toMatch(/NaN|Infinity|∞/)
    }),
    { numRuns: 50 },
  )
})

test('[REACT14] every word can be replaced, and class, style and attributes are the host’s', () => {
  const html = renderToString(
    <ContextGauge
      state={STATE}
      id="gauge"
      className="mine"
      style={{ color: 'red' }}
      classNames={{ track: 'my-track' }}
      labels={{
        name: 'Kontext',
        categories: { pinned: 'A', digest: 'B', user: 'C', assistant: 'D', tools: 'E' },
        soft: 'weich',
        hard: 'hart',
        count: (tokens) => `${tokens}T`,
        value: (tokens, budget) => `${tokens} von ${budget}`,
        levels: { calm: '', soft: 'viel', hard: '', over: '' },
      }}
    />,
  )
  expect(html).toContain('id="gauge" class="mine" style="color:red"')
  expect(html).toContain('data-part="track" class="my-track"')
  const said = html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
  expect(said.trim()).toBe('750T von 1000T viel weich hart A 0T B 200T C 50T D 0T E 500T')
})
