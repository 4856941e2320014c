import {
  describeExports,
  docOf,
  exportsOf,
  hitsOf,
  lineCount,
  listed,
  undocumented,
} from '../excerpt.mjs'
import { read, run, search } from '../stage.mjs'

/** Tokens up to which the public surface is read; what is left is said in the report. */
const ENOUGH_TOKENS = 137_000

/** Reads what users see and what they depend on, file by file, and counts what lacks a docstring. */
export async function readEverything(stage, facts) {
  await publicSurface(stage, facts)
  await specification(stage, facts)
  await fileByFile(stage, facts)
}

async function publicSurface(stage, facts) {
  stage.user(
    'Now the API as users see it. Read the entries and the session interface, and tell me what you would not want to explain to a customer.',
  )
  const session = stage.locate('src/client/session.ts')
  await stage.work(
    null,
    read('src/index.ts'),
    read('src/engine.ts'),
    read('src/adapters.ts'),
    read(session),
  )
  const methods = [
    ...(/export interface Session \{[^]*?\n\}/.exec(stage.source(session))?.[0] ?? '').matchAll(
      /^ {2}(\w+)\(/gm,
    ),
  ].map(([, name]) => name)
  facts.methods = methods.length
  stage.reply(
    `A session has ${methods.length} methods: ${listed(methods, 8)}. What I would not want to explain is \`branch\` next to \`rollback\`: one moves the log’s active path, the other the generation. The docstrings say so (“${docOf(stage.source(session), 'Session')}” is the interface’s own), but a picture would help more.`,
  )

  const requests = stage.locate('src/protocol/requests.ts')
  const events = stage.locate('src/protocol/events.ts')
  stage.user(
    'Which outcomes and events do hosts have to handle? I want the list of event types for the docs.',
  )
  await stage.work(null, read(requests), read(events))
  const types = [...stage.source(events).matchAll(/type: '([\w-]+)'(?: \| '([\w-]+)')*/g)].flatMap(
    ([all]) => [...all.matchAll(/'([\w-]+)'/g)].map(([, type]) => type),
  )
  facts.events = new Set(types).size
  stage.reply(
    `Events in \`${events}\`: ${listed([...new Set(types)], 20)}. Outcomes are unions with a \`kind\` in \`${requests}\`: ready, applied, skipped, rejected, abandoned, failed, refused and rolled-back, each with a reason where it did not work.`,
  )

  const errors = stage.locate('src/core/backfold-error.ts')
  stage.user('And errors? Every code needs a sentence that tells what to do.')
  await stage.work(null, read(errors))
  const source = stage.source(errors)
  const codes = [...source.matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(([, code]) => code)
  const explained = codes.filter((code) => source.includes(`| \`${code}\` |`))
  if (explained.length < codes.length) facts.findings.push('an error code is not in the table')
  stage.reply(
    `${codes.length} codes in \`${errors}\`, ${explained.length} of them in the table with “when” and “what to do”.${explained.length === codes.length ? ' Complete.' : ' The others are a finding.'}`,
  )
}

async function specification(stage, facts) {
  stage.user(
    'Is every rule of the specification shown by a test? Read the specification first, I want you to know it for the rest.',
  )
  await stage.work(null, read('src/core/SPEC.md'))
  const [cited] = await stage.work(
    null,
    run(
      "grep -oE '^- \\*\\*[A-Z]+[0-9]+' src/core/SPEC.md | grep -oE '[A-Z]+[0-9]+' | sort -u > /dev/shm/rules.txt; grep -rhoE \"\\[[A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*\\]\" test --include='*.ts' --include='*.tsx' | grep -oE '[A-Z]+[0-9]+' | sort -u > /dev/shm/cited.txt; echo rules $(wc -l < /dev/shm/rules.txt); echo cited $(comm -12 /dev/shm/rules.txt /dev/shm/cited.txt | wc -l); echo without a test: $(comm -23 /dev/shm/rules.txt /dev/shm/cited.txt); rm /dev/shm/rules.txt /dev/shm/cited.txt",
    ),
  )
  const rules = /rules (\d+)/.exec(cited)?.[1]
  const shown = /cited (\d+)/.exec(cited)?.[1]
  const open = /without a test: *(.*)/.exec(cited)?.[1] ?? ''
  facts.rules = `${shown} of ${rules}`
  if (open) facts.findings.push(`rules without a test: ${open.split(' ').length}`)
  stage.reply(
    `${shown} of ${rules} rules are cited in a test title (\`grep\` and \`comm\`). ${open ? `Without one: ${open}. That is a finding.` : 'None is without a test.'}`,
  )

  stage.user('Good. Which of them would you show a security auditor?')
  stage.reply(
    'DIG4, what tools return never becomes a rule, correction, goal or decision; COM7, no content can open a section or end the digest’s block; START2 and START3, the start command answers only to localhost and serves only the listed files; LOAD5, unpacking stops at the limit. All four are about content that somebody else wrote.',
  )
}

async function fileByFile(stage, facts) {
  const folders = [
    'src/client',
    'src/engine',
    'src/core/session',
    'src/core/compaction',
    'src/core/memory',
    'src/store',
    'src/tabs',
    'src/models',
    'src/worker',
    'src/app/run',
    'src/app/live',
    'src/app/view',
  ]
  const remarks = [
    'Last big part: read what we ship, folder by folder, and note every export without a docstring. Start with the client.',
    'Next, the engine. Same form.',
    'Now core, the session folder.',
    'The compaction folder. This is what people will ask about.',
    'Memory.',
    'The store. Look out for transactions that wait for something else.',
    'Tabs.',
    'Models. I want to know what the estimator costs.',
    'The workers.',
    'And the playground, in so far as it is code.',
    'The live mode, since it handles a key.',
    'Views.',
  ]
  facts.read = []
  facts.undocumented = []
  for (const [i, folder] of folders.entries()) {
    const files = stage.files(folder, '.ts').slice(0, 5)
    if (stage.tokens() > ENOUGH_TOKENS || files.length === 0) break
    stage.user(remarks[i] ?? `Next: ${folder}.`)
    for (const path of files) {
      if (stage.tokens() > ENOUGH_TOKENS) break
      await stage.work(null, read(path))
      facts.read.push(path)
      facts.undocumented.push(...undocumented(stage.source(path)).map((name) => `${path}: ${name}`))
    }
    const seen = files.filter((path) => facts.read.includes(path))
    const notes = seen.map(
      (path) =>
        `- \`${path}\` (${lineCount(stage.source(path))} lines, ${exportsOf(stage.source(path)).length} exports)`,
    )
    const first = describeExports(stage.source(seen[0] ?? files[0]), 2)
    const bare = facts.undocumented.filter((entry) => entry.startsWith(folder)).length
    stage.reply(
      `${notes.join('\n')}\n\nFrom the largest:\n${first}\n\nExports without a docstring here: ${bare}.`,
    )
    if (i === 5) await keySafety(stage)
  }
  if (facts.undocumented.length > 0)
    facts.findings.push(
      `${facts.undocumented.length} exports without a docstring, in the files read`,
    )
}

async function keySafety(stage) {
  stage.user(
    'Short question in between: where does the key of the live mode live? It must never be stored.',
  )
  const [found] = await stage.work(
    null,
    search('[Aa]uthorization|apiKey|\\.key\\b|localStorage|sessionStorage', 'src/app'),
  )
  const { files, count } = hitsOf(found)
  const stored = files.filter(
    (path) =>
      /(?:local|session)Storage/.test(stage.source(path)) &&
      /apiKey|endpoint\.key/.test(stage.source(path)),
  )
  const sent = found.split('\n').find((line) => /uthorization/.test(line))
  stage.reply(
    `${count} lines in ${listed(files)}. ${stored.length === 0 ? 'No file that touches storage knows the key' : `${listed(stored)} touches both, which needs a look`}.${sent ? ` It is sent as a header in \`${sent.split(':')[0]}\`.` : ''}`,
  )
}
