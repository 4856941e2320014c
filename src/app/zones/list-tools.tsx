import type { ReactElement } from 'react'
import { useRef, useState } from 'react'
import type { Session } from '../../client/session.ts'
import { saveFile } from '../run/save-file.ts'
import type { MemorySource } from '../run/memory-source.ts'
import { ItemEditor } from './item-editor.tsx'

interface ListToolsProps {
  readonly source: MemorySource
  readonly session: Session
  /** Carries out something for the whole list, and tells what came of it. */
  readonly onRun: (run: () => Promise<string>) => void
}

/** Files above this are no lists. */
const MOST_BYTES = 4_000_000

/** What can be done to a list as a whole: adding to it, writing it to a file and reading one. */
export function ListTools({ source, session, onRun }: ListToolsProps): ReactElement | null {
  const [adding, setAdding] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const adder = useRef<HTMLButtonElement>(null)
  const { add, file, many } = source
  if (add === undefined && file === undefined) return null
  return (
    <>
      <div className="button-row">
        {add !== undefined && (
          <button
            type="button"
            className="plain"
            ref={adder}
            aria-expanded={adding}
            onClick={() => setAdding(!adding)}
            data-testid="list-add"
          >
            {add.name}
          </button>
        )}
        {file !== undefined && (
          <>
            <button
              type="button"
              className="plain"
              onClick={() => {
                onRun(async () => saveFile(file.name, await file.write(session)))
              }}
              data-testid="list-export"
            >
              Export
            </button>
            <input
              type="file"
              ref={picker}
              hidden
              aria-label={`Import ${many}`}
              accept=".json"
              onChange={(event) => {
                const picked = event.target.files?.[0]
                if (picked !== undefined)
                  onRun(async () => file.read(session, await readText(picked)))
                // The same file can be picked again.
                event.target.value = ''
              }}
              data-testid="list-picker"
            />
            <button type="button" className="plain" onClick={() => picker.current?.click()}>
              Import
            </button>
          </>
        )}
      </div>
      {adding && add !== undefined && (
        <ItemEditor
          text=""
          name={add.name}
          isLine
          onSave={(text) => {
            setAdding(false)
            onRun(() => add.run(session, text))
          }}
          onCancel={() => {
            setAdding(false)
            adder.current?.focus()
          }}
        />
      )}
    </>
  )
}

async function readText(file: File): Promise<string> {
  if (file.size > MOST_BYTES) return Promise.reject(new Error(`${file.name} is larger than 4 MB`))
  return file.text()
}
