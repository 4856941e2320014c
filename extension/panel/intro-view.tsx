import type { ReactElement, ReactNode } from 'react'
import { useState } from 'react'
import { focusOn } from '../../src/app/hooks/focus-on.ts'
import { LABELS } from './labels.ts'

interface IntroViewProps {
  /** What can be done about the site that is shown, for the step that is about it. */
  readonly site: ReactNode
  readonly onDone: () => void
}

const { steps } = LABELS.intro

/** Three steps: what it does, where it works, where it is seen. */
export function IntroView({ site, onDone }: IntroViewProps): ReactElement {
  const [at, setAt] = useState(0)
  const step = steps[at] ?? steps[0]
  const isLast = at === steps.length - 1
  return (
    <section className="intro" aria-labelledby="intro-title" data-testid="intro">
      <p className="hint">{LABELS.intro.step(at + 1, steps.length)}</p>
      <IntroDrawing step={at} />
      <h1 id="intro-title" tabIndex={-1} ref={focusOn} key={at}>
        {step.title}
      </h1>
      <p>{step.text}</p>
      {at === 1 && site}
      <div className="button-row">
        <button
          type="button"
          className="primary"
          onClick={() => (isLast ? onDone() : setAt(at + 1))}
          data-testid="intro-next"
        >
          {isLast ? LABELS.intro.done : LABELS.intro.next}
        </button>
        {at > 0 && (
          <button type="button" className="plain" onClick={() => setAt(at - 1)}>
            {LABELS.back}
          </button>
        )}
        {!isLast && (
          <button type="button" className="quiet" onClick={onDone} data-testid="intro-skip">
            {LABELS.intro.skip}
          </button>
        )}
      </div>
    </section>
  )
}

/** A sheet that folds; a page with its switch; a panel beside a page. */
function IntroDrawing({ step }: { readonly step: number }): ReactElement {
  return (
    <svg className="intro-drawing" viewBox="0 0 200 96" aria-hidden="true" focusable="false">
      {step === 0 && (
        <>
          <path className="draw-sheet" d="M20 6h44l12 12v72H20z" />
          <path className="draw-line" d="M30 28h34M30 38h30M30 48h34M30 58h26M30 68h34M30 78h22" />
          <path className="draw-arrow" d="M92 48h22m-7-7l7 7-7 7" />
          <path className="draw-sheet" d="M132 30h40v16h-40z" />
          <path className="draw-fold" d="M132 50h40v8l-20 10-20-10z" />
        </>
      )}
      {step === 1 && (
        <>
          <path className="draw-sheet" d="M24 12h120v72H24z" />
          <path className="draw-line" d="M24 26h120M34 40h60M34 50h72M34 60h48" />
          <rect className="draw-fold" x="120" y="58" width="52" height="26" rx="13" />
          <circle className="draw-knob" cx="159" cy="71" r="9" />
        </>
      )}
      {step === 2 && (
        <>
          <path className="draw-sheet" d="M14 10h116v76H14z" />
          <path className="draw-line" d="M26 28h64M26 40h80M26 52h56" />
          <rect className="draw-fold" x="92" y="66" width="28" height="10" rx="5" />
          <path className="draw-sheet" d="M138 10h48v76h-48z" />
          <path className="draw-line" d="M146 40h32M146 52h24M146 62h30" />
          <rect className="draw-fold" x="146" y="22" width="24" height="6" rx="3" />
        </>
      )}
    </svg>
  )
}
