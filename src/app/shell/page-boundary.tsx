import { Component, type ReactNode } from 'react'

interface PageBoundaryProps {
  /** A part could not be loaded or drawn. */
  readonly onFailure: (thrown: unknown) => void
  readonly children: ReactNode
}

interface BoundaryState {
  readonly isBroken: boolean
}

/** Holds what goes wrong in one page, such as a part that can't be loaded, away from the list and the other pages. */
export class PageBoundary extends Component<PageBoundaryProps, BoundaryState> {
  override readonly state: BoundaryState = { isBroken: false }

  static getDerivedStateFromError(): BoundaryState {
    return { isBroken: true }
  }

  override componentDidCatch(thrown: unknown): void {
    this.props.onFailure(thrown)
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children
    return (
      <main className="shell-page" id="main">
        <div className="paper" role="alert">
          <h1>This part could not be shown</h1>
          <p>
            Nothing was lost. Without a connection, parts that were never opened may be missing.
          </p>
          <div className="button-row">
            <button type="button" className="primary" onClick={() => location.reload()}>
              Load the app again
            </button>
          </div>
        </div>
      </main>
    )
  }
}
