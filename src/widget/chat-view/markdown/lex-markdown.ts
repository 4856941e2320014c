import type { MarkedToken, Token, TokenizerAndRendererExtension } from 'marked'
import { Lexer, Marked } from 'marked'
import { findMaths } from './find-maths.ts'
import { isHtmlName } from './html-names.ts'
import type { LinkTargets } from './split-blocks.ts'

/** A formula between other words. */
export interface MathsToken {
  readonly type: 'maths'
  readonly raw: string
  readonly tex: string
  readonly isDisplay: boolean
}

export type MarkdownToken = MarkedToken | MathsToken

const MATHS: TokenizerAndRendererExtension = {
  name: 'maths',
  level: 'inline',
  start: (text) => {
    const at = text.search(/\$|\\[([]/)
    return at < 0 ? undefined : at
  },
  tokenizer: (text, tokens) => {
    const found = findMaths(text, tokens.at(-1)?.raw.slice(-1) ?? '')
    return found === null ? undefined : { type: 'maths', ...found }
  },
}

const TAG_NAME = /^ {0,3}<\/?([a-zA-Z][\w.:-]{0,100})/

const parser = new Marked({
  gfm: true,
  breaks: true,
  extensions: [MATHS],
  tokenizer: {
    // Tags that HTML does not know are words: what stands between them is Markdown, and they are seen.
    html: (text) => {
      const name = TAG_NAME.exec(text)?.[1]
      return name === undefined || isHtmlName(name) ? false : undefined
    },
  },
})

/**
 * The tokens of one block of Markdown. Total: what its parser can't take (such as a thousand quotes in quotes) is one
 * text.
 *
 * @param text - At most a few thousand characters: time may grow with the square.
 * @see SPEC.md rule MDV2
 */
export function lexMarkdown(text: string, links: LinkTargets): readonly MarkdownToken[] {
  try {
    const lexer = new Lexer(parser.defaults)
    Object.assign(lexer.tokens.links, links)
    return asTokens(lexer.lex(text))
  } catch {
    return [{ type: 'text', raw: text, text }]
  }
}

/** The parser's type of a token has a field of any name; these are the ones it makes. */
export function asTokens(tokens: readonly Token[] | undefined): readonly MarkdownToken[] {
  return (tokens ?? []) as readonly MarkdownToken[]
}
