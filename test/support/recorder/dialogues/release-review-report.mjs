import { listed } from '../excerpt.mjs'
import { run, write } from '../stage.mjs'

const GATES = [
  'types',
  'lint',
  'format',
  'knip',
  'tidy',
  'unit tests',
  'build',
  'size limits',
  'graph',
  'publint',
  'attw',
]

/** The end of the review: what was found, what was not looked at, and a report that can be signed. */
export async function writeItDown(stage, facts) {
  stage.user('That is enough reading. What did you not look at? I want to know what I am signing.')
  stage.reply(
    `I read ${facts.read.length} source files besides the entries and the specification, the largest of each folder, not all. I did not run the browser, end-to-end and simulation tests, because they take long; nothing I said covers them. I did not check accessibility or translations, and performance only by size.`,
  )

  stage.user('All findings so far, numbered, most serious first.')
  const findings = facts.findings.length > 0 ? facts.findings : ['none']
  stage.reply(findings.map((finding, i) => `${i + 1}. ${finding}`).join('\n'))

  stage.user('Give me the gates as a table. Passed or not, nothing else.')
  const table = GATES.map((gate) => `| ${gate} | ${facts[gate] ? 'passed' : 'not passed'} |`).join(
    '\n',
  )
  stage.reply(`| gate | result |\n|---|---|\n${table}`)

  stage.user('Write it all into release-review.md in the root. Sizes in the unit we agreed on.')
  const good = GATES.filter((gate) => facts[gate]).length
  const report = [
    `# Review of ${facts.name} ${facts.version}`,
    '',
    `${good} of ${GATES.length} gates passed. Package: ${facts.package}.`,
    '',
    '## Gates',
    '',
    '| gate | result |',
    '|---|---|',
    table,
    '',
    '## Sizes (brotli, not minified)',
    '',
    ...facts.sizes.map((size) => `- ${size}`),
    '',
    '## Findings',
    '',
    ...findings.map((finding, i) => `${i + 1}. ${finding}`),
    '',
    '## Facts',
    '',
    `- Installed packages: ${facts.packages}. Bundled: ${listed(facts.bundled, 12)}.`,
    `- Rules shown by a test: ${facts.rules}.`,
    `- Methods of a session: ${facts.methods}. Event types: ${facts.events}.`,
    '- Not looked at: browser, end-to-end and simulation tests, accessibility, performance.',
    '',
  ].join('\n')
  await stage.work(null, write('release-review.md', report))
  const [shown] = await stage.work(
    null,
    run(
      'prettier --write --log-level=warn release-review.md && cat release-review.md && git status --short',
    ),
  )
  stage.reply(
    `Written and formatted, ${shown.split('\n').length - 2} lines, sizes in kB. \`git status\` shows that file and nothing else: no tag, no push, and \`package.json\` and \`package-lock.json\` are as they were.`,
  )

  stage.user(
    'Wait, is the version in the report the one from the manifest, and did you touch the manifest?',
  )
  const [check] = await stage.work(
    null,
    run(
      'node -p "require(\'./package.json\').version"; git diff --stat -- package.json package-lock.json; git tag | wc -l',
    ),
  )
  stage.reply(
    `The manifest says ${/\d+\.\d+\.\d+\S*/.exec(check)?.[0]}, the report ${facts.version}. \`git diff --stat\` for both manifests is empty, and \`git tag | wc -l\` gives 0.`,
  )

  stage.user('Then one paragraph for the team: can we release on Thursday?')
  const open = facts.findings.length
  stage.reply(
    open === 0
      ? `Yes, as far as this review goes: ${good} of ${GATES.length} gates passed and there is no finding. Before Thursday somebody must run the browser, end-to-end and simulation tests once, which I left out.`
      : `Not yet signed: ${good} of ${GATES.length} gates passed and there ${open === 1 ? 'is one finding' : `are ${open} findings`} for you to decide, the first is “${facts.findings[0]}”. None of them needs a change of the API. Whoever decides should also run the browser, end-to-end and simulation tests once, which I left out.`,
  )

  stage.user('Thanks. Which rules did I give you at the start, and did you keep them?')
  stage.reply(
    'Four, and I kept them: nothing published, tagged or pushed; `package.json` and `package-lock.json` never edited; the command named behind each number; findings collected and not fixed. Later you added two: look at what is bundled and not at what is installed, and brotli in kB instead of gzip in bytes.',
  )
}
