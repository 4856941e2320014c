import type { ReactElement } from 'react'
import type { Theme } from '../hooks/use-theme.ts'
import { useTheme } from '../hooks/use-theme.ts'
import { deskOf } from '../keep/desk.ts'
import type { Keep, KeepState } from '../keep/keep-world.ts'
import { BudgetControl } from '../zones/budget-control.tsx'
import { SummariserPanel } from '../zones/summariser-panel.tsx'
import { SyncSection } from './sync-section.tsx'
import { EncryptionForm } from './encryption-form.tsx'
import { ProviderForm } from './provider-form.tsx'
import '../styles/workbench.css'

interface PageProps {
  readonly keep: Keep
  readonly state: KeepState
}

const THEMES: readonly (readonly [Theme, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

const LOCALES = [
  '',
  'ar',
  'de',
  'en-GB',
  'en-US',
  'es',
  'fr',
  'he',
  'hi',
  'ja',
  'pt-BR',
  'ru',
  'zh',
]

/** What holds for the whole app. */
export function SettingsPage({ keep, state }: PageProps): ReactElement {
  const { settings } = state
  const { theme, set } = useTheme()
  const desk = deskOf(keep)
  return (
    <div className="paper" data-testid="settings">
      <h1>Settings</h1>
      <section className="panel form" aria-labelledby="looks">
        <h2 id="looks">Looks</h2>
        <label>
          Theme
          <select
            value={theme}
            onChange={({ target }) =>
              set(THEMES.find(([key]) => key === target.value)?.[0] ?? 'system')
            }
            data-testid="theme"
          >
            {THEMES.map(([key, name]) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Language of chats and dates
          <select
            value={settings.locale}
            onChange={({ target }) => keep.change({ locale: target.value })}
          >
            {LOCALES.map((locale) => (
              <option key={locale} value={locale}>
                {locale === '' ? 'As the browser' : nameOfLocale(locale)}
              </option>
            ))}
          </select>
        </label>
      </section>
      <section className="panel form" aria-labelledby="answers">
        <h2 id="answers">Answers</h2>
        <p className="hint">
          Who answers in sessions that name no provider of their own. Only the folded context of a
          session is sent there.
        </p>
        <ProviderForm
          provider={settings.provider}
          keys={desk.providerKeys}
          onChange={(provider) => keep.change({ provider })}
        />
      </section>
      <section className="panel form" aria-labelledby="new-sessions">
        <h2 id="new-sessions">New sessions</h2>
        <BudgetControl budget={settings.budget} onChange={(budget) => keep.change({ budget })} />
      </section>
      <Guarded keep={keep} state={state} />
      <section className="panel" aria-labelledby="writers">
        <h2 id="writers">Summarisers</h2>
        <SummariserPanel
          ladder={desk.ladder}
          keptKeys={desk.keptKeys}
          phase={state.phase === 'open' ? 'open' : 'opening'}
          run={null}
          onOpenMessage={() => {}}
        />
      </section>
    </div>
  )
}

function nameOfLocale(locale: string): string {
  return new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale
}

/** Who else has what is kept, and who can read it. */
function Guarded({ keep, state }: PageProps): ReactElement {
  return (
    <>
      {keep.sync !== null && <SyncSection sync={keep.sync} state={state} />}
      <EncryptionForm keep={keep} state={state} />
    </>
  )
}
