import type { ReactElement, ReactNode } from 'react'
import type { Keep } from '../../src/app/keep/keep-world.ts'
import { ProblemBanner } from '../../src/app/zones/problem-banner.tsx'
import { SummariserPanel } from '../../src/app/zones/summariser-panel.tsx'
import { Wordmark } from '../../src/app/zones/wordmark.tsx'
import { useObservable } from '../../src/widget/hooks/use-observable.ts'
import { Live } from '../panel/live.tsx'
import type { PanelWorld } from '../panel/world.ts'
import { AboutSection } from './about-section.tsx'
import { KeysSection } from './keys-section.tsx'
import { OPTION_LABELS } from './option-labels.ts'
import { PrivacySection } from './privacy-section.tsx'
import { SitesSection } from './sites-section.tsx'
import { StorageSection } from './storage-section.tsx'
import { ThresholdsSection } from './thresholds-section.tsx'

interface OptionsPageProps {
  readonly world: PanelWorld
  readonly keep: Keep
  readonly about: { readonly version: string }
}

const SECTIONS = ['sites', 'writers', 'thresholds', 'privacy', 'storage', 'keys', 'about'] as const

/** Everything that a person can set. */
export function OptionsPage({ world, keep, about }: OptionsPageProps): ReactElement {
  const settings = useObservable(world.settings)
  const host = useObservable(world.host)
  const state = useObservable(keep)
  return (
    <Live>
      <div className="options">
        <header className="options-head">
          <p className="wordmark">
            <Wordmark />
          </p>
          <nav aria-label={OPTION_LABELS.contents}>
            <ul>
              {SECTIONS.map((name) => (
                <li key={name}>
                  <a href={`#${name}`}>{OPTION_LABELS[name].title}</a>
                </li>
              ))}
            </ul>
          </nav>
        </header>
        <main className="paper" id="main">
          <h1>{OPTION_LABELS.title}</h1>
          {state.problem !== null && (
            <ProblemBanner problem={state.problem} onDismiss={keep.dismiss} onRetry={null} />
          )}
          {settings === null ? (
            <div className="skeleton" aria-busy="true" />
          ) : (
            <>
              <Section name="sites">
                <SitesSection world={world} settings={settings} />
              </Section>
              <Section name="writers">
                <p className="hint">{OPTION_LABELS.writers.lead}</p>
                <SummariserPanel
                  ladder={world.ladder}
                  keptKeys={world.keptKeys}
                  phase={host.status === 'open' ? 'open' : 'opening'}
                  run={null}
                  onOpenMessage={() => {}}
                />
              </Section>
              <Section name="thresholds">
                <ThresholdsSection world={world} thresholds={settings.thresholds} />
              </Section>
              <Section name="privacy">
                <PrivacySection keep={keep} state={state} />
              </Section>
              <StorageSection world={world} keep={keep} state={state} />
              <Section name="keys">
                <KeysSection world={world} />
              </Section>
              <Section name="about">
                <AboutSection world={world} settings={settings} version={about.version} />
              </Section>
            </>
          )}
        </main>
      </div>
    </Live>
  )
}

interface SectionProps {
  readonly name: (typeof SECTIONS)[number]
  readonly children: ReactNode
}

function Section({ name, children }: SectionProps): ReactElement {
  return (
    <section className="panel form" id={name} aria-labelledby={`${name}-title`} data-testid={name}>
      <h2 id={`${name}-title`}>{OPTION_LABELS[name].title}</h2>
      {children}
    </section>
  )
}
