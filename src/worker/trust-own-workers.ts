/** The part of Trusted Types that is used; browsers without them have no need of it. */
interface PolicyFactory {
  createPolicy(
    name: 'default',
    rules: { readonly createScriptURL: (url: string) => string | null },
  ): unknown
}

/**
 * Lets this worker start workers of its own origin, and no others, where the policy it was served with demands that
 * scripts are trusted (`require-trusted-types-for 'script'`). It is the default policy of this worker alone, because
 * what bundlers look for, `new Worker(new URL(…))`, leaves no room for a named one.
 */
export function trustOwnWorkers(): void {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: PolicyFactory }
  const isOwn = (url: string): boolean => new URL(url, location.href).origin === location.origin
  try {
    trustedTypes?.createPolicy('default', { createScriptURL: (url) => (isOwn(url) ? url : null) })
  } catch {
    // Not allowed by this name, or there is one already: then starting a worker says what is missing.
  }
}
