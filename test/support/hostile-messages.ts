/**
 * Messages that try to run something, or to carry out what was said by having the page ask a server: what is known of
 * Markdown, of HTML, and of sanitisers that were misled by what a parser makes of its own output.
 */
export const HOSTILE_MESSAGES: Readonly<Record<string, (url: string) => string>> = {
  image: (url) => `![x](${url})`,
  'reference image': (url) => `![x][y]\n\n[y]: ${url}`,
  'image with a title': (url) => `![x](${url} "t" onerror="hacked=1")`,
  'image in a link': (url) => `[![x](${url})](${url})`,
  'image without a scheme': (url) => `![x](${url.replace(/^https?:/, '')})`,
  'image in entities': (url) => `![x](${url.replace('h', '&#104;')})`,
  'html image': (url) => `<img src="${url}">`,
  'html image in a text': (url) => `text <img src=${url} onerror=globalThis.hacked=1> text`,
  'image of several sizes': (url) => `<img srcset="${url} 1x, ${url}2 2x" src=x>`,
  picture: (url) => `<picture><source srcset="${url}"><img src=x></picture>`,
  script: (url) => `<script src="${url}"></script><script>globalThis.hacked = 1</script>`,
  'script in a text': () => 'a <script>globalThis.hacked = 1</script> b',
  handler: () => '<img src=x onerror="globalThis.hacked = 1">',
  'broken handler': () => '<img src=x onerror=globalThis.hacked=1//',
  'svg handler': () => '<svg onload="globalThis.hacked = 1"><circle/></svg>',
  'svg image': (url) =>
    `<svg><image href="${url}"/><use href="${url}#x"/><feImage href="${url}"/></svg>`,
  'svg animation': () =>
    '<svg><a><animate attributeName=href values="javascript:globalThis.hacked=1"/><text y=20>x</text></a></svg>',
  'svg style': (url) => `<svg><style>@import url(${url})</style></svg>`,
  style: (url) => `<style>body { background: url(${url}) } @import '${url}';</style>`,
  'style attribute': (url) => `<p style="background:url(${url})">x</p>`,
  'background attribute': (url) =>
    `<table background="${url}"><tr><td background="${url}">x</td></tr></table>`,
  iframe: (url) => `<iframe src="${url}" srcdoc="<script>parent.hacked=1</script>"></iframe>`,
  object: (url) => `<object data="${url}"></object><embed src="${url}">`,
  video: (url) =>
    `<video src="${url}" poster="${url}" autoplay></video><audio src="${url}" autoplay></audio>`,
  track: (url) => `<video><source src="${url}"><track src="${url}" default></video>`,
  link: (url) =>
    `<link rel="stylesheet" href="${url}"><link rel="prefetch" href="${url}"><link rel="dns-prefetch" href="${url}">`,
  meta: (url) => `<meta http-equiv="refresh" content="0; url=${url}">`,
  base: (url) => `<base href="${url}/"><img src="x.png">`,
  form: (url) =>
    `<form action="${url}"><input type=image src="${url}"><button formaction="${url}">x</button></form>`,
  'input image': (url) => `<input type="image" src="${url}">`,
  ping: (url) => `<a href="https://a.example" ping="${url}">x</a>`,
  'script link': () => '[x](javascript:globalThis.hacked=1)',
  'script link in entities': () =>
    '[x](&#106;avascript:globalThis.hacked=1) [y](java&Tab;script:1)',
  'script link in html': () =>
    '<a href="java\nscript:globalThis.hacked=1">x</a><a href="\u0001javascript:1">y</a>',
  'data link': () => '[x](data:text/html;base64,PHNjcmlwdD4=)',
  'autolink of a script': () => '<javascript:globalThis.hacked=1>',
  'mathml link': (url) => `<math href="${url}"><mi xlink:href="${url}">x</mi></math>`,
  'maths with a link': (url) => `$\\href{${url}}{x}$ $\\url{${url}}$`,
  'maths with an image': (url) => `$\\includegraphics{${url}}$`,
  'maths with html': () => '$\\htmlData{x=1}{y}$ $\\htmlStyle{color:red}{y}$ $\\htmlId{a}{y}$',
  'maths with markup': () => '$\\text{<img src=x onerror=globalThis.hacked=1>}$',
  'mutation by mathml': () =>
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=globalThis.hacked=1&gt;">',
  'mutation by svg': () =>
    '<svg></p><style><a id="</style><img src=1 onerror=globalThis.hacked=1>">',
  'mutation by noscript': () =>
    '<noscript><p title="</noscript><img src=x onerror=globalThis.hacked=1>"></noscript>',
  'mutation by form': () =>
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=globalThis.hacked=1></style></mglyph></form>',
  'mutation by template': () =>
    '<template><img src=x onerror=globalThis.hacked=1></template><template shadowrootmode=open><script>globalThis.hacked=1</script></template>',
  'mutation by xmp': () => '<xmp><p title="</xmp><img src=x onerror=globalThis.hacked=1>"></xmp>',
  'mutation by a comment': () =>
    '<!--><img src=x onerror=globalThis.hacked=1>--> <!-- --!><img src=x onerror=globalThis.hacked=1> -->',
  'mutation by cdata': () =>
    '<svg><![CDATA[><image xlink:href="]]><img src=x onerror=globalThis.hacked=1//"></svg>',
  'mutation by depth': () =>
    `${'<div>'.repeat(600)}<math><mi><style><img src=x onerror=globalThis.hacked=1></style>`,
  'clobbered names': () =>
    '<img name=body src=x><form id=attributes><input name=childNodes></form><a id=location href="https://a.example">x</a>',
  'code that ends early': () =>
    '```html\n</code></pre><img src=x onerror=globalThis.hacked=1>\n```',
  'language of code': () => '```"><img/src=x/onerror=globalThis.hacked=1>\nx\n```',
  'table cells': (url) => `| a |\n|---|\n| ![x](${url}) <img src=${url}> |`,
  'heading with html': (url) => `# <img src="${url}"> x`,
  'list with html': (url) => `- <img src="${url}">\n\n  <div><img src="${url}"></div>`,
  'html that is not closed': (url) => `<img src="${url}`,
  'html with a null': (url) =>
    `<img\u0000 src="${url}"><scr\u0000ipt>globalThis.hacked=1</scr\u0000ipt>`,
  'custom element': (url) => `<x-a onclick=1 src="${url}"></x-a><p is="x-b">x</p>`,
  'slot and part': () => '<p slot=header part=failure class="bf-to-end">x</p>',
}
