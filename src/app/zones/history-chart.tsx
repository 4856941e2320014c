import type { ReactElement } from 'react'
import { useMemo, useRef, useState } from 'react'
import { useSize } from '../hooks/use-size.ts'
import type { ChartFrame, ChartScale } from '../view/chart-geometry.ts'
import { drawChart, sampleAt } from '../view/chart-geometry.ts'
import type { ChartData, Sample } from '../view/chart-samples.ts'
import { shortTokens } from '../view/token-format.ts'
import { ChartDrawing } from './chart-drawing.tsx'

interface HistoryChartProps {
  readonly data: ChartData
  readonly budget: number
}

const HEIGHT = 196

/** Full history against context over the session, with a crease at each apply. */
export function HistoryChart({ data, budget }: HistoryChartProps): ReactElement {
  const frameRef = useRef<HTMLDivElement>(null)
  const { width } = useSize(frameRef)
  const [scale, setScale] = useState<ChartScale>('history')
  const [pointed, setPointed] = useState<number | null>(null)
  const frame: ChartFrame = useMemo(
    () => ({ width, height: HEIGHT, left: 40, right: 10, top: 18, bottom: 22 }),
    [width],
  )
  const chart = useMemo(() => drawChart(data, budget, frame, scale), [data, budget, frame, scale])
  const last = data.samples.at(-1)
  const shown = pointed === null ? last : sampleAt(data.samples, pointed, frame)
  const applied = data.marks.filter(({ kind }) => kind === 'applied').length
  return (
    <section className="panel chart-panel" aria-labelledby="chart-title">
      <div className="panel-head">
        <h2 id="chart-title">History and context</h2>
        <Reading sample={shown} />
      </div>
      <div
        ref={frameRef}
        className="chart"
        data-testid="chart"
        data-applied={applied}
        onPointerMove={(event) =>
          setPointed(event.clientX - event.currentTarget.getBoundingClientRect().left)
        }
        onPointerLeave={() => setPointed(null)}
      >
        <ChartDrawing
          chart={chart}
          frame={frame}
          budget={budget}
          pointer={pointed}
          summary={summary(last, budget, applied)}
        />
        {(last === undefined || last.seq === 0) && (
          <p className="chart-empty">
            Here the history climbs, and the context stays under the budget.
          </p>
        )}
      </div>
      <ChartFoot scale={scale} onScale={setScale} />
    </section>
  )
}

function Reading({ sample }: { readonly sample: Sample | undefined }): ReactElement {
  if (sample === undefined) return <p className="reading" />
  return (
    <p className="reading">
      #{sample.seq.toLocaleString('en-US')}: <b className="of-history">{shortTokens(sample.log)}</b>{' '}
      → <b className="of-context">{shortTokens(sample.context)}</b>
    </p>
  )
}

function summary(last: Sample | undefined, budget: number, applied: number): string {
  if (last === undefined || last.seq === 0) return 'Chart of history and context: empty so far'
  return (
    `Chart of history and context: after ${last.seq} messages the full history has ` +
    `${shortTokens(last.log)} tokens, the context ${shortTokens(last.context)} of ` +
    `${shortTokens(budget)}; ${applied} generations applied`
  )
}

interface ChartFootProps {
  readonly scale: ChartScale
  readonly onScale: (scale: ChartScale) => void
}

function ChartFoot({ scale, onScale }: ChartFootProps): ReactElement {
  return (
    <div className="chart-foot">
      <ul className="chart-key">
        <li>
          <i className="key-history" /> history
        </li>
        <li>
          <i className="key-context" /> context
        </li>
        <li>
          <i className="key-apply" /> apply
        </li>
        <li>
          <i className="key-rollback" /> rollback
        </li>
      </ul>
      <button
        type="button"
        className="link"
        onClick={() => onScale(scale === 'budget' ? 'history' : 'budget')}
        aria-label={scale === 'budget' ? 'Show the full history' : 'Zoom in to the budget'}
        data-testid="chart-scale"
      >
        {scale === 'budget' ? 'zoom out' : 'zoom in'}
      </button>
    </div>
  )
}
