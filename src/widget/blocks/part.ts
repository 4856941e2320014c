/** Class names for the parts of a block, by the part's name. */
export type ClassNames<P extends string> = { readonly [name in P]?: string | undefined }

/**
 * What names an inner element of a block: `data-part` always, so that a style sheet needs no class names, and the
 * host's class where it gives one.
 */
export function part<P extends string>(
  name: P,
  classNames: ClassNames<P> | undefined,
): { readonly 'data-part': P; readonly className: string | undefined } {
  return { 'data-part': name, className: classNames?.[name] }
}
