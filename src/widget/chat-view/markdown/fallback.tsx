import type { ReactNode } from 'react'
import { Component } from 'react'

interface FallbackProps {
  /** What is drawn where the children can't be. */
  readonly instead: ReactNode
  readonly children: ReactNode
}

interface FallbackState {
  readonly hasFailed: boolean
}

/**
 * Holds what can't be drawn to its own place: nobody vouches for what messages say, and one of them must never take the
 * whole conversation away.
 *
 * @see SPEC.md rule MDV2
 */
export class Fallback extends Component<FallbackProps, FallbackState> {
  override readonly state: FallbackState = { hasFailed: false }

  static getDerivedStateFromError(): FallbackState {
    return { hasFailed: true }
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.instead : this.props.children
  }
}
