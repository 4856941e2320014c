declare global {
  interface Window {
    /** What the policy of the page has forbidden, as it happened. */
    forbidden?: string[]
  }
}

/** First of all that a strict page loads: it listens before anything can be forbidden. */
const forbidden: string[] = []

window.forbidden = forbidden
document.addEventListener(
  'securitypolicyviolation',
  ({ violatedDirective, blockedURI, sample }) => {
    forbidden.push(`${violatedDirective} ${blockedURI} ${sample}`)
  },
)

// What the test runner puts around modules that are loaded later.
Object.assign(window, {
  __vitest_browser_runner__: { wrapDynamicImport: (load: () => unknown) => load() },
})

export {}
