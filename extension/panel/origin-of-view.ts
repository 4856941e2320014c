import type { PanelView } from './panel-core.ts'

/** The site that the view is about; null where there is none that Backfold may work on. */
export function originOfView(view: PanelView): string | null {
  if ('state' in view) return view.state.origin
  return view.kind === 'off' || view.kind === 'stale' ? view.origin : null
}
