import type { NamedExoticComponent, ReactElement } from 'react'
import { memo, useMemo, useState } from 'react'
import { CopyButton } from '../copy-button.tsx'
import { useView } from '../view-settings.ts'
import { plainCode, plainName } from './plain-name.ts'

interface CodeBlockProps {
  readonly code: string
  /** What stands behind the opening fence. */
  readonly info: string
  /** More is coming: the newest lines are drawn. */
  readonly isGrowing: boolean
}

/** Lines drawn at first, and of code that is coming. */
const MOST_LINES = 60
const MOST_GROWING = 300
/** Characters drawn at first; lines may be long. */
const MOST_LETTERS = 12_000
/** A button that brings fewer lines than this is worth less than they. */
const SLACK = 12

/**
 * Code, with its language and a button to copy it. Of a long one the beginning comes first; of one that is still coming,
 * the end.
 *
 * @see SPEC.md rules MDV5, MDV12
 */
export const CodeBlock: NamedExoticComponent<CodeBlockProps> = memo(function CodeBlock(
  props: CodeBlockProps,
): ReactElement {
  const { code, info, isGrowing } = props
  const { labels } = useView()
  const [isWhole, setWhole] = useState(false)
  const lines = useMemo(() => countLines(code), [code])
  const shown = isGrowing ? lastLines(code, lines) : isWhole ? code : firstLines(code, lines)
  const language = plainName(/^[^\s{]*/.exec(info)?.[0] ?? '', 40)
  const name = language === '' ? labels.plainCode : labels.codeIn(language)
  return (
    <div className="bf-code" part="code" role="group" aria-label={name} dir="ltr">
      <div className="bf-code-head" part="code-head">
        <span part="code-language">{language}</span>
        <CopyButton label={labels.copyCode} text={() => code} />
      </div>
      <pre tabIndex={0}>
        <code>{plainCode(shown)}</code>
      </pre>
      {!isGrowing && (shown.length < code.length || isWhole) && (
        <button
          type="button"
          className="bf-button bf-code-more"
          part="show-all"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? labels.showLess : labels.showAll(lines)}
        </button>
      )}
    </div>
  )
})

function countLines(code: string): number {
  let lines = 1
  for (let at = code.indexOf('\n'); at >= 0; at = code.indexOf('\n', at + 1)) lines += 1
  return lines
}

function firstLines(code: string, lines: number): string {
  if (lines <= MOST_LINES + SLACK && code.length <= MOST_LETTERS) return code
  let at = -1
  for (let line = 0; line < MOST_LINES; line += 1) {
    const next = code.indexOf('\n', at + 1)
    if (next < 0 || next > MOST_LETTERS) break
    at = next
  }
  return at > 0 ? code.slice(0, at) : code.slice(0, MOST_LETTERS)
}

function lastLines(code: string, lines: number): string {
  if (lines <= MOST_GROWING) return code.slice(-10 * MOST_LETTERS)
  let at = code.length
  for (let line = 0; line < MOST_GROWING; line += 1) at = code.lastIndexOf('\n', at - 1)
  return code.slice(at + 1)
}
