import type { Plugin } from 'vite'

/** Characters from which a text of a package goes to a file of its own. */
const LONG = 500_000

const LITERAL = /"data:application\/octet-stream;base64,[A-Za-z0-9+/=]*"/g
const PREFIX = 'backfold-long-text-'

/**
 * Puts what packages hold as very long texts, such as WebAssembly in base64, into files of their own: stores refuse to
 * read scripts above 5 MB.
 */
export function splitLongTexts(): Plugin {
  const texts: string[] = []
  return {
    name: 'backfold:split-long-texts',
    transform(code, id) {
      if (code.length < LONG || !id.includes('/node_modules/')) return null
      const imports: string[] = []
      const short = code.replace(LITERAL, (literal) => {
        if (literal.length < LONG) return literal
        const name = `__backfoldLongText${texts.length}`
        imports.push(
          // Each dynamic import is a file, and the module waits for it.
          `const ${name} = (await import(${JSON.stringify(`${PREFIX}${texts.push(literal) - 1}`)})).default;\n`,
        )
        return name
      })
      return imports.length > 0 ? { code: imports.join('') + short, map: null } : null
    },
    resolveId: (id) => (id.startsWith(PREFIX) ? id : null),
    load(id) {
      if (!id.startsWith(PREFIX)) return null
      return `export default ${texts[Number(id.slice(PREFIX.length))]}`
    },
  }
}
