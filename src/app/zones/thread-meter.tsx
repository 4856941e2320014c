import type { ReactElement } from 'react'
import { useEffect, useRef } from 'react'
import type { Frame } from '../view/frame-gaps.ts'
import { addFrame, gapLevel, longestGap, METER_SPAN_MS } from '../view/frame-gaps.ts'

/** How often the number is rewritten, in milliseconds: readable, and next to no work. */
const REWRITE_MS = 400
/** A gap this long fills the strip's height, in milliseconds. */
const FULL_GAP_MS = 120

/**
 * Shows that the page's own thread is free: the dot is moved by the thread itself, frame by frame, so
 * it stands still for as long as anything blocks it. Draws past React, to measure and not to cause.
 */
export function ThreadMeter(): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null)
  const dot = useRef<HTMLDivElement>(null)
  const number = useRef<HTMLElement>(null)
  useEffect(() => {
    let frames: readonly Frame[] = []
    let rewritten = 0
    let asked = 0
    const still = matchMedia('(prefers-reduced-motion: reduce)')
    const onFrame = (at: number): void => {
      frames = addFrame(frames, at)
      if (!still.matches) {
        if (dot.current !== null)
          dot.current.style.transform = `translateX(${50 + 50 * Math.sin(at / 420)}%)`
        if (canvas.current !== null) drawStrip(canvas.current, frames, at)
      }
      if (at - rewritten > REWRITE_MS && number.current !== null) {
        rewritten = at
        const gap = longestGap(frames)
        number.current.textContent = `${Math.round(gap)} ms`
        number.current.dataset['level'] = gapLevel(gap)
      }
      asked = requestAnimationFrame(onFrame)
    }
    const onVisible = (): void => {
      frames = []
    }
    asked = requestAnimationFrame(onFrame)
    document.addEventListener('visibilitychange', onVisible)
    return () => {
      cancelAnimationFrame(asked)
      document.removeEventListener('visibilitychange', onVisible)
    }
  }, [])
  return (
    <section className="panel meter-panel" aria-labelledby="meter-title" data-testid="thread-meter">
      <div className="panel-head">
        <h2 id="meter-title">Page thread</h2>
        <p className="reading">
          longest wait in 5 s{' '}
          <b ref={number} data-testid="longest-gap" data-level="smooth">
            0 ms
          </b>
        </p>
      </div>
      <canvas ref={canvas} className="meter-strip" width={600} height={48} aria-hidden="true" />
      <div className="meter-track" aria-hidden="true">
        <div className="meter-rail" ref={dot}>
          <i />
        </div>
      </div>
    </section>
  )
}

function drawStrip(canvas: HTMLCanvasElement, frames: readonly Frame[], now: number): void {
  const pen = canvas.getContext('2d')
  if (pen === null) return
  const { width, height } = canvas
  pen.clearRect(0, 0, width, height)
  for (const { at, gap } of frames) {
    const level = gapLevel(gap)
    pen.fillStyle = level === 'smooth' ? '#7d93c8' : level === 'uneven' ? '#d08a3c' : '#d0503f'
    const tall = Math.max(2, Math.min(1, gap / FULL_GAP_MS) * height)
    pen.fillRect(width * (1 - (now - at) / METER_SPAN_MS) - 2, height - tall, 2, tall)
  }
}
