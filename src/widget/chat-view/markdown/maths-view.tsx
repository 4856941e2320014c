import type { ReactElement, ReactNode } from 'react'
import { createElement, useEffect, useState } from 'react'
import type { MathNode } from './read-mathml.ts'
import { readMathml } from './read-mathml.ts'

type Typeset = (tex: string, isDisplay: boolean) => MathNode | null

let typeset: Typeset | null = null
let loading: Promise<Typeset> | null = null

/** Loaded when the first formula is drawn. */
async function loadTypeset(): Promise<Typeset> {
  const { default: katex } = await import('katex')
  typeset = (tex, displayMode) => {
    try {
      return readMathml(
        katex.renderToString(tex, {
          output: 'mathml',
          displayMode,
          trust: false,
          strict: 'ignore',
          maxSize: 20,
          maxExpand: 300,
        }),
      )
    } catch {
      return null
    }
  }
  return typeset
}

interface MathsViewProps {
  readonly tex: string
  readonly isDisplay: boolean
  /** What stood there with its signs: drawn where it is no formula, and until it can be set. */
  readonly source: string
}

/**
 * A formula.
 *
 * @see SPEC.md rule MDV7
 */
export function MathsView({ tex, isDisplay, source }: MathsViewProps): ReactElement {
  const [ready, setReady] = useState(() => typeset)
  useEffect(() => {
    if (ready !== null) return undefined
    let isOn = true
    loading ??= loadTypeset()
    loading.then(
      (loaded) => isOn && setReady(() => loaded),
      () => {
        // Tried again with the next formula: the connection may be back.
        loading = null
      },
    )
    return () => {
      isOn = false
    }
  }, [ready])
  const formula = ready?.(tex, isDisplay) ?? null
  if (formula === null) {
    return (
      <code className="bf-maths-source" part="maths-source" dir="ltr">
        {source}
      </code>
    )
  }
  return isDisplay ? (
    <span className="bf-maths" part="maths" dir="ltr" tabIndex={0} role="group" aria-label={tex}>
      {drawNode(formula, 0)}
    </span>
  ) : (
    <bdi part="maths" dir="ltr">
      {drawNode(formula, 0)}
    </bdi>
  )
}

function drawNode(node: MathNode, key: number): ReactNode {
  if (typeof node === 'string') return node
  return createElement(node.name, { key, ...node.attributes }, ...node.children.map(drawNode))
}
