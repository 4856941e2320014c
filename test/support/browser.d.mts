/** Flags for every browser a test starts. */
export const BROWSER_ARGS: readonly string[]
/** Finds a Chromium by `BACKFOLD_CHROMIUM` or on the PATH; undefined leaves it to Playwright. */
export function findBrowser(): string | undefined
/** Finds a Chromium, Playwright's own included, and installs one if there is none. */
export function ensureBrowser(say: (line: string) => void): Promise<string>
