/** Shorter texts all have this size, so that a yes can't be told from a no. */
const LEAST = 256

/**
 * The size in bytes that something is padded to before it is sealed: at least 256, then the next one with so few leading
 * digits that at most some log(log(size)) bits of the size can be told, for at most 12 % more bytes (Padmé: Nikitin and
 * others, 2019).
 *
 * @param size - At least 0.
 */
export function paddedSize(size: number): number {
  if (size <= LEAST) return LEAST
  const exponent = Math.floor(Math.log2(size))
  const digits = Math.floor(Math.log2(exponent)) + 1
  const step = 2 ** (exponent - digits)
  return Math.ceil(size / step) * step
}
