const NAMES: ReadonlySet<string> = new Set(
  (
    'a abbr address applet area article aside audio b base basefont bdi bdo big blink blockquote body br button canvas ' +
    'caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset ' +
    'figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ' +
    'ins kbd label legend li link listing main map mark marquee math menu meta meter nav nobr noembed noframes ' +
    'noscript object ol optgroup option output p param picture plaintext portal pre progress q rp rt ruby s samp ' +
    'script search section select slot small source span strike strong style sub summary sup svg table tbody td ' +
    'template textarea tfoot th thead time title tr track tt u ul var video wbr xmp'
  ).split(' '),
)

/** Whether a tag is one of HTML. What models and code write in angle brackets mostly is none: `<thinking>`, `<T>`. */
export function isHtmlName(name: string): boolean {
  const lower = name.toLowerCase()
  return NAMES.has(lower) && (name === lower || name === name.toUpperCase())
}
