import { disableSite, enableSite, isGranted } from '../../extension/settings/enable-site.ts'
import { createLadderStore, type LadderStore } from '../../extension/settings/ladder-store.ts'
import { createSettingsStore, type SettingsStore } from '../../extension/settings/settings-store.ts'
import { connectToHost, type HostLine } from '../../extension/wire/connect-panel.ts'

/** What the page below has in its global scope: everything that a page of the extension may use. */
export interface LineScope {
  readonly line: HostLine
  /** Times that the host was lost. */
  lost: number
  readonly settings: SettingsStore
  readonly ladder: LadderStore
  readonly enableSite: typeof enableSite
  readonly disableSite: typeof disableSite
  readonly isGranted: typeof isGranted
}

const line = connectToHost()
const scope: LineScope = {
  line,
  lost: 0,
  settings: createSettingsStore(),
  ladder: createLadderStore(),
  enableSite,
  disableSite,
  isGranted,
}
line.state.subscribe(() => {
  if (line.state.get() === 'lost') (globalThis as unknown as LineScope).lost += 1
})

Object.assign(globalThis, scope)
