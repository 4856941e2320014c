import type { ReactElement } from 'react'
import { useId } from 'react'
import type { ChartFrame, ChartGeometry } from '../view/chart-geometry.ts'
import { shortTokens } from '../view/token-format.ts'

interface DrawnProps {
  readonly chart: ChartGeometry
  readonly frame: ChartFrame
}

interface ChartDrawingProps extends DrawnProps {
  readonly budget: number
  /** Where the chart is pointed at, in pixels from its left edge. */
  readonly pointer: number | null
  /** The drawing in words. */
  readonly summary: string
}

/** The chart itself: history above, context below the budget, a crease at each apply. */
export function ChartDrawing(props: ChartDrawingProps): ReactElement {
  const { chart, frame, budget, pointer, summary } = props
  const { width, height } = frame
  const clip = useId()
  return (
    <svg width={width} height={height} role="img" aria-label={summary}>
      <Axes chart={chart} frame={frame} />
      <clipPath id={clip}>
        <rect
          x={frame.left}
          y={frame.top}
          width={Math.max(0, width - frame.left - frame.right)}
          height={height - frame.top - frame.bottom + 2}
        />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        <path className="saved-area" d={chart.savedArea} />
        <path className="context-area" d={chart.contextArea} />
      </g>
      <line
        className="budget-line"
        x1={frame.left}
        x2={width - frame.right}
        y1={chart.budgetY}
        y2={chart.budgetY}
      />
      <Marks chart={chart} frame={frame} />
      <clipPath id={`${clip}-sent`}>
        <rect x={0} y={chart.budgetY - 1} width={width} height={height} />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        <path className="history-line" d={chart.history} />
        {/* What stands above the budget is folded before it is sent. */}
        <path className="unsent-line" d={chart.context} />
        <path className="context-line" d={chart.context} clipPath={`url(#${clip}-sent)`} />
      </g>
      {pointer !== null && (
        <line
          className="pointer-line"
          x1={pointer}
          x2={pointer}
          y1={frame.top}
          y2={height - frame.bottom}
        />
      )}
      <text className="budget-label" x={width - frame.right} y={chart.budgetY - 4}>
        budget {shortTokens(budget)}
      </text>
    </svg>
  )
}

function Axes({ chart, frame }: DrawnProps): ReactElement {
  const floor = frame.height - frame.bottom
  return (
    <g className="axes">
      {chart.yTicks.map(({ at, label }) => (
        <g key={label}>
          <line x1={frame.left} x2={frame.width - frame.right} y1={at} y2={at} />
          <text x={frame.left - 6} y={at + 3.5} textAnchor="end">
            {label}
          </text>
        </g>
      ))}
      {chart.xTicks.map(({ at, label }) => (
        <text key={label} x={at} y={floor + 15} textAnchor="middle">
          {label}
        </text>
      ))}
    </g>
  )
}

/** With more marks than this, their creases would hide the lines. */
const MOST_CREASES = 24

function Marks({ chart, frame }: DrawnProps): ReactElement {
  const floor = frame.height - frame.bottom
  return (
    <g>
      {chart.marks.map((mark, index) => {
        return (
          <g
            key={index}
            className="chart-mark"
            data-kind={mark.kind}
            data-crowded={chart.marks.length > MOST_CREASES}
          >
            <title>
              {mark.kind === 'applied'
                ? `Generation ${mark.generation} applied at #${mark.seq}: ${shortTokens(mark.before)} → ${shortTokens(mark.after)} tokens`
                : `Rolled back to generation ${mark.generation} at #${mark.seq}`}
            </title>
            <line x1={mark.x} x2={mark.x} y1={frame.top} y2={floor} />
            <path d={`M${mark.x - 4} ${frame.top - 1}h8l-4 6z`} />
            {mark.labelled && (
              <text x={mark.x} y={frame.top - 5}>
                {mark.generation}
              </text>
            )}
          </g>
        )
      })}
    </g>
  )
}
