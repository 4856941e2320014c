/** An origin as people read it: without `https://`, which is usual. */
export function hostName(origin: string): string {
  return origin.startsWith('https://') ? origin.slice(8) : origin
}
