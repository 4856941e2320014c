/** A real editor on the page of a test. */
export interface Editor {
  readonly element: HTMLElement
  /** What the editor itself holds, one line per line: by its own model, not by what is drawn. */
  text(): string
  /** How often it heard Enter, or would have sent. */
  enters(): number
  /** Gives it a content by its own means. */
  set(text: string): void
}

export type MountEditor = (root: HTMLElement) => Editor
