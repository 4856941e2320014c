import type { ReactElement } from 'react'
import { useEffect, useState } from 'react'
import { exportSessions } from '../../src/app/keep/export-sessions.ts'
import type { Keep, KeepState } from '../../src/app/keep/keep-world.ts'
import { EncryptionForm } from '../../src/app/pages/encryption-form.tsx'
import { describeStorage, type StorageWords } from '../../src/app/keep/storage-words.ts'
import { UnlockForm } from '../panel/unlock-form.tsx'
import type { PanelWorld } from '../panel/world.ts'
import { OPTION_LABELS } from './option-labels.ts'

interface StorageSectionProps {
  readonly world: PanelWorld
  readonly keep: Keep
  readonly state: KeepState
}

/** How much is stored, the ways to take it along, and its encryption. */
export function StorageSection({ world, keep, state }: StorageSectionProps): ReactElement {
  const words = useStorage(state)
  const labels = OPTION_LABELS.storage
  const count = state.sessions?.length ?? 0
  return (
    <>
      <section className="panel form" id="storage" aria-labelledby="storage-title">
        <h2 id="storage-title">{labels.title}</h2>
        {state.phase === 'locked' ? (
          <>
            <p>{labels.locked}</p>
            <UnlockForm world={world} />
          </>
        ) : (
          <>
            <p>
              {labels.sessions(count)} {words?.use}
            </p>
            {words !== null && words.advice !== '' && <p className="warned">{words.advice}</p>}
            <div className="button-row">
              <button
                type="button"
                className="plain"
                onClick={() => void world.openPage('archive', '')}
                data-testid="open-archive"
              >
                {labels.archive}
              </button>
              <button
                type="button"
                className="plain"
                disabled={count === 0}
                onClick={() => void exportSessions(keep, null)}
                data-testid="export-all"
              >
                Export everything
              </button>
              <button
                type="button"
                className="plain"
                onClick={() => void world.openPage('archive', '#/import')}
              >
                {labels.import}
              </button>
            </div>
          </>
        )}
      </section>
      {state.phase === 'open' && <EncryptionForm keep={keep} state={state} />}
    </>
  )
}

/** What the browser says of the extension's storage; null where it says nothing. */
function useStorage({ sessions }: KeepState): StorageWords | null {
  const [words, setWords] = useState<StorageWords | null>(null)
  useEffect(() => {
    const storage: StorageManager | undefined = navigator.storage
    void storage
      ?.estimate()
      .then(({ usage, quota }) => setWords(describeStorage({ usage, quota, persisted: true })))
      .catch(() => setWords(null))
  }, [sessions])
  return words
}
