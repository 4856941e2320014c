import type { MemoExoticComponent, ReactElement } from 'react'
import { memo, useState } from 'react'
import type { HeadSize } from '../view/text-pages.ts'
import { pageOf, pageText } from '../view/text-pages.ts'

interface PagedTextProps {
  readonly text: string
  readonly head: HeadSize
  readonly kind: 'prose' | 'output'
}

/** Text of any length: its first lines, and the rest in pages, so that the page stays small. */
export const PagedText: MemoExoticComponent<(props: PagedTextProps) => ReactElement> = memo(
  function PagedText({ text, head, kind }: PagedTextProps): ReactElement {
    const [page, setPage] = useState<number | null>(null)
    const paged = pageText(text, head)
    if (text === '') return <p className="hint">(empty)</p>
    return (
      <div className={`paged ${kind}`}>
        <div className={paged.long && page === null ? 'paged-text cut' : 'paged-text'}>
          {page === null ? paged.head : pageOf(text, page)}
        </div>
        {paged.long && (
          <div className="paged-controls">
            {page === null ? (
              <button type="button" className="link" onClick={() => setPage(0)}>
                Show all {paged.lines.toLocaleString('en-US')}{' '}
                {paged.lines === 1 ? 'line' : 'lines'}
                {paged.lines === 1 && `, ${text.length.toLocaleString('en-US')} characters`}
              </button>
            ) : (
              <>
                <button type="button" className="link" onClick={() => setPage(null)}>
                  Collapse
                </button>
                {paged.pages > 1 && (
                  <>
                    <button
                      type="button"
                      className="link"
                      disabled={page === 0}
                      onClick={() => setPage(page - 1)}
                    >
                      Back
                    </button>
                    <span>
                      page {page + 1} of {paged.pages}
                    </span>
                    <button
                      type="button"
                      className="link"
                      disabled={page === paged.pages - 1}
                      onClick={() => setPage(page + 1)}
                    >
                      Next
                    </button>
                  </>
                )}
              </>
            )}
          </div>
        )}
      </div>
    )
  },
)
