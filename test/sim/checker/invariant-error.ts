/** A failure of an invariant; the simulation adds seed and trace. */
export class InvariantError extends Error {}

export function expectThat(holds: boolean, otherwise: string | (() => string)): void {
  if (!holds) failInvariant(typeof otherwise === 'string' ? otherwise : otherwise())
}

export function failInvariant(what: string): never {
  throw new InvariantError(what)
}
