/** What a stub says of the payload that it stands for. */
export interface StubText {
  /** What it was, such as `read_file src/app.ts`; empty where the text is no stub. */
  readonly title: string
  /** Its size and shape. */
  readonly size: string
  /** What follows the stub's frame. */
  readonly rest: string
}

const OUT = ': moved out of context ('

/** Longest title that is shown. */
const MOST_TITLE = 160

/**
 * Takes the frame of a stub apart. Text of any other form has no title.
 *
 * @see SPEC.md rules APP60, REACT12
 */
export function readStub(text: string): StubText {
  const at = text.indexOf(OUT)
  const end = text.indexOf('). ', at)
  if (at < 0 || end < 0) return { title: '', size: '', rest: text }
  const start = text.lastIndexOf('[', at)
  return {
    title: text.slice(start + 1, at).slice(0, MOST_TITLE),
    size: text.slice(at + OUT.length, end).replace('; ', ', '),
    rest: text.slice(end + 2),
  }
}
