import type { ReactElement } from 'react'
import { memo, useMemo, useState } from 'react'
import { useView } from '../view-settings.ts'
import { CodeBlock } from './code-block.tsx'
import { Fallback } from './fallback.tsx'
import { lexMarkdown } from './lex-markdown.ts'
import { MathsView } from './maths-view.tsx'
import { mendTail } from './mend-tail.ts'
import type { Block, LinkTargets } from './split-blocks.ts'
import { createBlockSplitter } from './split-blocks.ts'
import { TokensView } from './token-view.tsx'

interface MarkdownViewProps {
  readonly text: string
  /** More of it is coming. */
  readonly isGrowing?: boolean
}

/** Characters that are drawn at first of a text that is complete, to the end of their block. */
const MOST = 40_000

/**
 * Markdown that nobody vouches for. While it grows, only its last block is parsed and drawn anew.
 *
 * @see SPEC.md rules MDV1, MDV2, MDV3
 */
export function MarkdownView({ text, isGrowing = false }: MarkdownViewProps): ReactElement {
  const { labels } = useView()
  const [split] = useState(createBlockSplitter)
  const [isWhole, setWhole] = useState(false)
  const { blocks, links } = useMemo(() => split(text), [split, text])
  const shown = isGrowing || isWhole ? blocks : blocks.filter(({ start }) => start < MOST)
  const rest = blocks[shown.length]
  return (
    <div className="bf-markdown" part="markdown">
      {shown.map((block, index) => (
        <Fallback key={block.start} instead={<p className="bf-plain">{block.text}</p>}>
          <BlockView
            block={block}
            links={links}
            isGrowing={isGrowing && index === blocks.length - 1}
          />
        </Fallback>
      ))}
      {rest !== undefined && (
        <button type="button" className="bf-button" part="show-rest" onClick={() => setWhole(true)}>
          {labels.showRest(text.length - rest.start)}
        </button>
      )}
    </div>
  )
}

interface BlockViewProps {
  readonly block: Block
  readonly links: LinkTargets
  readonly isGrowing: boolean
}

const BlockView = memo(function BlockView({
  block,
  links,
  isGrowing,
}: BlockViewProps): ReactElement {
  if (block.kind === 'code') {
    return <CodeBlock code={block.text} info={block.info} isGrowing={isGrowing && block.isOpen} />
  }
  if (block.kind === 'maths') {
    return <MathsView tex={block.text} isDisplay source={block.text} />
  }
  return <TextBlock text={isGrowing ? mendTail(block.text) : block.text} links={links} />
}, isSame)

/** The last block of a growing text is a new object each time, even where nothing of it has changed. */
function isSame(before: BlockViewProps, after: BlockViewProps): boolean {
  const [a, b] = [before.block, after.block]
  return (
    before.links === after.links &&
    before.isGrowing === after.isGrowing &&
    (a === b ||
      (a.kind === b.kind && a.text === b.text && a.info === b.info && a.isOpen === b.isOpen))
  )
}

function TextBlock({
  text,
  links,
}: {
  readonly text: string
  readonly links: LinkTargets
}): ReactElement {
  const tokens = useMemo(() => lexMarkdown(text, links), [text, links])
  return <TokensView tokens={tokens} />
}
