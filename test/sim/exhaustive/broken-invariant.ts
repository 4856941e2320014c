/** Something does not hold that must. The search adds the steps that lead to it. */
export class BrokenInvariant extends Error {}

export function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new BrokenInvariant(otherwise)
}
