import {
  describeExports,
  docOf,
  exportsOf,
  failedTests,
  hitsOf,
  lineCount,
  listed,
  passed,
  ruleText,
  testNumbers,
  undocumented,
} from '../excerpt.mjs'
import { edit, list, read, run, search, write } from '../stage.mjs'

/** A newcomer asks how the project works and ends with a first small change of their own. */
export const codeTour = {
  title: 'A tour of the code',
  description:
    'A newcomer asks how Backfold works, follows one message from append to request, and makes a first small change.',
  play: async (stage) => {
    stage.system(
      'You are a coding assistant in the repository /project. You have the tools read_file, list_files, search, run, edit_file and write_file. Say what you found, with paths. Do not guess: look.',
    )
    await firstLook(stage)
    await followAMessage(stage)
    await howAFoldWorks(stage)
    await aroundTheCore(stage)
    await aFirstChange(stage)
  },
}

async function firstLook(stage) {
  stage.user(
    'Hi! I joined this week and want to understand this project before I touch anything. Two rules for the whole conversation: never modify a file unless I ask for it in so many words, and always give me the path when you mention something. What is this, in a few sentences?',
  )
  const [manifest, guide] = await stage.work(
    'I start with the manifest and the contributors’ page.',
    read('package.json'),
    read('CONTRIBUTING.md'),
  )
  const { description, version } = JSON.parse(stage.source('package.json'))
  stage.reply(
    `This is \`backfold\` ${version}. Its own description in \`package.json\` says: “${description}”. The manifest has ${lineCount(manifest)} lines and no \`dependencies\` block, only development tools: what the library needs is bundled. \`CONTRIBUTING.md\` (${lineCount(guide)} lines) has two commands, \`npm start\` for the playground and \`npm test\` for everything else, and a table of the folders. I read only; nothing was changed.`,
  )

  stage.user('Show me the source tree. Which folder is the biggest?')
  const [sizes] = await stage.work(
    null,
    run(
      'for d in src/*/; do printf "%6d lines %3d files %s\\n" $(find $d -type f \\( -name "*.ts" -o -name "*.tsx" \\) -exec cat {} + | wc -l) $(find $d -type f \\( -name "*.ts" -o -name "*.tsx" \\) | wc -l) $d; done | sort -rn',
    ),
    list('src/core'),
  )
  const biggest = /(\d+) lines +(\d+) files +(src\/\w+)/.exec(sizes)
  stage.reply(
    `The biggest is \`${biggest?.[3]}\` with ${biggest?.[1]} lines in ${biggest?.[2]} files. The part that decides is \`src/core\`, listed above: \`session\` (log, context, branch, rollback), \`compaction\` (cut, digest, check, apply), \`memory\` (rules, stubs) and \`ports\` (interfaces to the world). Everything else carries out what core decides.`,
  )

  stage.user('Who may import whom? I heard there is a strict order.')
  const [layers] = await stage.work(
    null,
    search('TIDY1\\b|TIDY2\\b|TIDY6\\b', 'src/core/SPEC.md test/tidy'),
  )
  const spec = stage.source('src/core/SPEC.md')
  stage.reply(
    `Yes, and a test holds it (${listed(hitsOf(layers).files)}). Rule TIDY1, word for word: “${ruleText(spec, 'TIDY1')}” And TIDY6: “${ruleText(spec, 'TIDY6')}” That is why core can be tested without a browser.`,
  )

  stage.user('Where are the rules written down, and how many are there? Do not list them all.')
  const [counted] = await stage.work(
    null,
    run(
      "grep -oE '^- \\*\\*[A-Z]+[0-9]+\\*\\*' src/core/SPEC.md | grep -oE '[A-Z]+' | sort | uniq -c | sort -rn",
    ),
  )
  const groups = [...counted.matchAll(/^\s*(\d+) ([A-Z]+)$/gm)]
  const total = groups.reduce((sum, [, n]) => sum + Number(n), 0)
  stage.reply(
    `In \`src/core/SPEC.md\`: ${total} rules in ${groups.length} groups. The largest group is ${groups[0]?.[2]} with ${groups[0]?.[1]}. Each test title starts with the rule it shows, such as \`[CUT1]\`, and \`test/tidy\` fails when a rule has no test or a test names no rule.`,
  )

  stage.user(
    'No, I asked where they are and how many, which is fine, but from now on please also tell me the one rule that matters most for the topic. For the log, which is it?',
  )
  stage.reply(
    `Noted: path, and the rule that matters most. For the log I would pick LOG1 in \`src/core/SPEC.md\`: “${ruleText(spec, 'LOG1')}” Everything else (the mark, the cut, rollback) is expressed in those positions.`,
  )
}

async function followAMessage(stage) {
  const message = stage.locate('src/core/session/message.ts')
  stage.user('Then let us follow one message through the system. What does a message look like?')
  await stage.work(null, read(message))
  stage.reply(
    `\`${message}\` has it. What a host gives is a \`Draft\`: “${docOf(stage.source(message), 'Draft')}” What the log holds is a \`Message\`: “${docOf(stage.source(message), 'Message')}” The original form is kept in \`wire\`, so what came from a provider's format goes back exactly. A \`Part\` is a text, reasoning, a tool call, a tool result, an approval, an image or a file. The rule that matters most here is LOG2: “${ruleText(stage.source('src/core/SPEC.md'), 'LOG2')}”`,
  )

  const append = stage.locate('src/core/session/append.ts')
  const chain = stage.locate('src/core/session/chain.ts')
  stage.user('What happens when it is appended? And what is this chain hash for?')
  await stage.work('The pure step and the hash:', read(append), read(chain))
  stage.reply(
    `\`${append}\` turns drafts into messages with positions and counts; it decides, and writes nothing.\n${describeExports(stage.source(append))}\n\n\`${chain}\` links each message to the one before it on the active path:\n${describeExports(stage.source(chain))}\n\nSo one hash stands for the whole log up to a message. A candidate remembers the chain at its mark, and comparing one string later tells whether anything it covers has changed. Rule LOG3.`,
  )

  const queue = stage.locate('src/engine/append-queue.ts')
  stage.user('Does every append get its own transaction? I would expect that to be slow.')
  await stage.work(null, read(queue))
  stage.reply(
    `No. \`${queue}\` groups them: “${docOf(stage.source(queue), 'createAppendQueue')}” A promise resolves only when its own transaction is complete. Rules LOG6 and LOG7; the second matters most, because it is the promise to the host.`,
  )

  const policy = stage.locate('src/core/session/policy.ts')
  stage.user(
    'Which limits exist by default? I need the numbers for a slide: budget, soft, hard, target.',
  )
  await stage.work(null, read(policy))
  const defaults = /budget: \{ (.*?) \}/.exec(stage.source(policy))?.[1] ?? ''
  stage.reply(
    `From \`DEFAULT_POLICY\` in \`${policy}\`: \`${defaults}\`. So a job starts in the background at the soft share, a fold is forced at the hard share, and a fold aims at the target share of the budget. A value out of bounds is refused with a message that names option, bounds and value (rule POL1).`,
  )

  const assemble = stage.locate('src/core/session/assemble.ts')
  stage.user('And then I ask for the context. Is it stored somewhere, or built each time?')
  await stage.work(null, read(assemble), search('assembleContext\\(', 'src'))
  stage.reply(
    `Built each time, in \`${assemble}\`: “${docOf(stage.source(assemble), 'assembleContext')}” It reads the head generation and the messages above the mark, never the covered part, so its cost does not grow with the session. It matters most that it reads the log and not an older context (rule CTX1): a message cannot be dropped by a fold.`,
  )

  stage.user('What did we say the hard threshold does? I lost track.')
  stage.reply(
    `At the hard share of the budget (\`${policy}\`) a fold without a model is forced before the context is handed out, even in the middle of a turn. That is rule TURN3. Below it, only the first context of a turn adopts a ready candidate (TURN1).`,
  )
}

async function howAFoldWorks(stage) {
  const policy = () => stage.locate('src/core/session/policy.ts')
  const spec = stage.source('src/core/SPEC.md')
  const cut = stage.locate('src/core/compaction/cut.ts')
  stage.user('Now the folding itself. How does it decide where to cut?')
  await stage.work(null, read(cut))
  stage.reply(
    `\`${cut}\`, \`chooseCut\`: “${docOf(stage.source(cut), 'chooseCut')}” It starts at the retained tail and walks back until no call, result or approval is split. If no place is legal it returns a reason instead of throwing. The rule that matters most is CUT1: “${ruleText(spec, 'CUT1')}”`,
  )

  stage.user(
    'What if a tool call is never answered, say the user aborted? Does that block folding forever?',
  )
  const [patience] = await stage.work(null, search('PATIENCE_TURNS|patienceTurns', 'src test'))
  const turns = /PATIENCE_TURNS = (\d+)/.exec(stage.source(cut))?.[1]
  stage.reply(
    `No: after ${turns} turns an open call counts as given up (\`PATIENCE_TURNS\` in \`${cut}\`; ${hitsOf(patience).count} places mention it). The docstring gives the reason: “${docOf(stage.source(cut), 'PATIENCE_TURNS')}” Rule CUT5.`,
  )

  const rules = stage.locate('src/core/memory/rules.ts')
  stage.user(
    'I tell my agent things like “never touch the lock file”. How does that survive a fold without a model?',
  )
  await stage.work(null, read(rules))
  stage.reply(
    `Sentences like that are found by patterns and kept word for word: \`${rules}\`, \`extractRules\`. “${docOf(stage.source(rules), 'extractRules')}” It reads only what user or system wrote; what a tool printed can never become a rule (DIG4: “${ruleText(spec, 'DIG4')}”). That one matters most, otherwise a web page could give orders.`,
  )

  const compose = stage.locate('src/core/compaction/compose.ts')
  stage.user('And who decides what else goes into the digest?')
  await stage.work(null, read(compose))
  stage.reply(
    `\`${compose}\`, \`composeDigest\`: “${docOf(stage.source(compose), 'composeDigest')}” Lines are scored by salience, by how new they are and by whether the messages above the mark still use their identifiers; what does not fit is named in one lookup hint. COM1 bounds its size, save that rules may take up to half as much again.`,
  )

  const stub = stage.locate('src/core/memory/stub-text.ts')
  const block = stage.locate('src/core/compaction/digest-block.ts')
  stage.user(
    'Most of my sessions are tool output, build logs and such. What happens to a 20 kB log?',
  )
  await stage.work(null, read(stub), read(block))
  const large = /largePayloadTokens: (\d+)/.exec(stage.source(policy()))?.[1]
  stage.reply(
    `A payload above \`largePayloadTokens\` (${large} by default, \`${policy()}\`) is moved out: the text is stored once under its hash as an artifact, and a stub stays, written by \`${stub}\`. It names what it was, its size, its beginning and its end, and how to get it back. \`${block}\` decides which payloads that concerns, and two equal logs are stored once (DIG3). What matters most is REC3: “${ruleText(spec, 'REC3')}”`,
  )

  const staleness = stage.locate('src/core/compaction/staleness.ts')
  stage.user('Suppose a job ran while I kept typing. How does it know that its result still fits?')
  await stage.work(null, read(staleness))
  stage.reply(
    `\`${staleness}\`: “${docOf(stage.source(staleness), 'decideStaleness')}” Appended messages do not make a candidate stale, because they are above the mark. A rollback, a branch or a new pin below the mark does. STALE4 matters most: the chain hash at the mark must be the one that was read.`,
  )

  stage.user('So typing never invalidates it. Good. Is there a test that shows exactly that?')
  const [tests] = await stage.work(
    null,
    search('APPLY3|SIM1', 'test'),
    run('ls test/* -d && find test -name "*.test.ts*" | wc -l'),
  )
  const files = hitsOf(tests).files.filter((path) => /\[[^\]]*APPLY3/.test(stage.source(path)))
  stage.reply(
    `APPLY3 is the rule: “${ruleText(spec, 'APPLY3')}” ${files.length > 0 ? `It is cited in ${listed(files)}.` : 'I find no test with it in this working tree yet, so it must be on its way.'} The simulation adds SIM1, which mixes appends, kills and late notices at random seeds.`,
  )

  const slot = stage.locate('src/core/compaction/slot.ts')
  stage.user('Can two jobs run at once for one session?')
  await stage.work(null, read(slot))
  stage.reply(
    `Not by construction. \`${slot}\` is a state machine with one place: idle, running, ready or paused, with the drawing in its docstring. Pressure during a job sets \`lookAgain\` and starts nothing (SLOT1). Over several tabs the lease does the same (RUN4: “${ruleText(spec, 'RUN4')}”).`,
  )
}

async function aroundTheCore(stage) {
  const requests = stage.locate('src/protocol/requests.ts')
  stage.user('How does the page talk to all this? Is core loaded on the main thread?')
  const [, imports] = await stage.work(
    null,
    read('src/index.ts'),
    search("from '\\.\\./(core|engine|store)", 'src/client'),
  )
  const { files } = hitsOf(imports)
  stage.reply(
    `The page loads \`src/index.ts\` and \`src/client\`; the store and the engine are in the worker. ${listed(files)} import from below, mostly types, which cost nothing at run time. Every request that crosses the thread is typed in \`${requests}\` as \`Requests\`: params and result by method name.`,
  )

  const store = stage.locate('src/worker/store-worker.ts')
  const heavy = stage.locate('src/worker/heavy-worker.ts')
  stage.user('Why are there two workers? One would be simpler.')
  await stage.work(null, read(store), read(heavy))
  stage.reply(
    `\`${store}\` answers requests and writes, \`${heavy}\` does what takes long: tokens, extraction, digests. If both were one, an append would have to wait behind a job. The rule that matters most is CLI5: “${ruleText(stage.source('src/core/SPEC.md'), 'CLI5')}”`,
  )

  const dexie = stage.locate('src/store/dexie-store.ts')
  const memory = stage.locate('src/store/memory-store.ts')
  stage.user('And the storage? I have used Dexie before, anything unusual here?')
  await stage.work(null, read(dexie))
  const [, users] = await stage.work(null, read(memory), search("from 'dexie'", 'src'))
  stage.reply(
    `Dexie is imported in ${hitsOf(users).files.length} files of \`src/store\` and nowhere else (TIDY3). Unusual is that there are two stores: \`${dexie}\` and its twin in memory, \`${memory}\`, and one suite of rules (STO1 to STO10) runs on both. A decision is a pure function that is called inside the transaction, so a transaction never waits for anything but the database. STO2 matters most: “${ruleText(stage.source('src/core/SPEC.md'), 'STO2')}”`,
  )

  const openai = stage.locate('src/adapters/openai.ts')
  const pairs = stage.locate('src/adapters/pair-results.ts')
  stage.user('I will probably work on the message formats. Where do I start reading?')
  await stage.work(null, list('src/adapters'), read(openai), read(pairs))
  stage.reply(
    `Start with \`${openai}\`: “${docOf(stage.source(openai), 'toOpenAi')}” Its partner \`src/adapters/message-input.ts\` goes the other way. Both formats share \`${pairs}\`, whose one function says of itself: “${docOf(stage.source(pairs), 'pairResults')}” The rule that matters most is ADP11: whatever a context holds, the provider must take what is written.`,
  )

  stage.user('Are those tests fast? Run only the adapters’ tests, not everything.')
  const [tests] = await stage.work(
    null,
    run('vitest run --project unit test/unit/adapters --reporter=verbose'),
  )
  const numbers = testNumbers(tests)
  stage.reply(
    `${numbers.passed} passed and ${numbers.failed} failed${numbers.failed > 0 ? ` (${listed(failedTests(tests))})` : ''}; the duration is in the last lines of the output. The property tests take most of it: they write hundreds of random contexts and check each request against \`test/support/legality.ts\`.`,
  )

  stage.user('Does the type checker agree with the whole project at the moment?')
  const [types] = await stage.work(null, run('tsc -p . --noEmit && echo types are fine'))
  stage.reply(
    passed(types)
      ? 'Yes: `tsc -p .` ends without a word. The settings are strict (`tsconfig.json`), among them `exactOptionalPropertyTypes` and `noUncheckedIndexedAccess`.'
      : `Not quite: \`tsc -p .\` reports ${(types.match(/error TS/g) ?? []).length} errors, the first is \`${/.*error TS.*/.exec(types)?.[0]}\`. This is the working tree as it is; I changed nothing.`,
  )

  stage.user('How are errors handled? I saw a class BackfoldError somewhere.')
  const errors = stage.locate('src/core/backfold-error.ts')
  const [, thrown] = await stage.work(
    null,
    read(errors),
    run(
      'grep -rhoE "BackfoldError\\($" src | wc -l; grep -rhoE "\'(INVALID_INPUT|SESSION_NOT_FOUND|CLOSED|WORKER_LOST|TIMED_OUT|STORAGE_[A-Z]+|MODEL_UNAVAILABLE|VERSION_MISMATCH|INTERNAL)\'" src | sort | uniq -c | sort -rn',
    ),
  )
  const common = /(\d+) '(\w+)'/.exec(thrown)
  stage.reply(
    `One class, in \`${errors}\`, with a stable \`code\` and a table that says what to do for each. “${docOf(stage.source(errors), 'isBackfoldError')}” The code named most often is \`${common?.[2]}\` (${common?.[1]} places). Expected outcomes, such as a stale candidate, are return values and never errors. ERR1 matters most.`,
  )
}

async function aFirstChange(stage) {
  stage.user(
    'OK, I feel at home. Let me try something small: which exported things in src/adapters have no docstring?',
  )
  const files = stage.files('src/adapters', '.ts')
  const missing = files.flatMap((path) =>
    undocumented(stage.source(path)).map((name) => `${path}: ${name}`),
  )
  await stage.work(
    null,
    search('^export (async )?(const|function|interface|type|class) ', 'src/adapters'),
  )
  const all = files.flatMap((path) => exportsOf(stage.source(path))).length
  stage.reply(
    missing.length === 0
      ? `None: all ${all} exports in \`src/adapters\` have one directly above them. So there is nothing to add there.`
      : `Of ${all} exports in \`src/adapters\`, ${missing.length} have none directly above them: ${listed(missing)}. Everything else is documented.`,
  )

  const ids = stage.locate('src/adapters/call-ids.ts')
  stage.user(`I would like a tiny unit test for ${ids} instead. What does it promise?`)
  await stage.work(null, read(ids))
  stage.reply(
    `\`createCallIds\` in \`${ids}\`: “${docOf(stage.source(ids), 'createCallIds')}” So three things to show: a good id is kept, a second equal one is changed, and characters that the provider refuses are replaced.`,
  )

  stage.user(
    'Please write that test now, you may create the file test/unit/adapters/call-ids.test.ts. Use rule ADP12 in the title, not ADP11.',
  )
  const file = 'test/unit/adapters/call-ids.test.ts'
  await stage.work(
    null,
    write(
      file,
      `import { expect, test } from 'vitest'
import { createCallIds } from '../../../src/adapters/call-ids.ts'

test('[ADP12] a good id is kept, a repeated one gets a number', () => {
  const ids = createCallIds()
  expect([ids.issue('a'), ids.issue('a'), ids.issue('b')]).toEqual(['a', 'a_1', 'b'])
})

test('[ADP12] characters that the provider refuses are replaced', () => {
  expect(createCallIds().issue('fs.read:0')).toBe('fs_read_0')
})
`,
    ),
  )
  const [first] = await stage.work(
    'Created. I run just this file:',
    run(`vitest run --project unit ${file}`),
  )
  const expected = testNumbers(first)
  stage.reply(
    `${expected.failed} of ${expected.failed + expected.passed} fails, and the mistake is mine: numbering starts at 2, since the first id counts as number 1. The code is right and my expectation was wrong. Shall I correct the test?`,
  )

  stage.user('Yes, correct the test, not the code.')
  await stage.work(null, edit(file, "['a', 'a_1', 'b']", "['a', 'a_2', 'b']"))
  const [second] = await stage.work(
    null,
    run(`vitest run --project unit ${file} && prettier --check ${file} && git status --short`),
  )
  stage.reply(
    passed(second)
      ? `Both pass now, the formatting is right, and \`git status\` shows one new file, \`${file}\`, and nothing else.`
      : `It still complains; the output above has the reason. Nothing but \`${file}\` was touched.`,
  )

  stage.user('Great. Summarise what I should remember from today, five points at most.')
  stage.reply(
    `1. The log is never rewritten; a context is built from it each time (\`src/core/session/assemble.ts\`, CTX1).
2. A fold makes a candidate in the background and is applied by comparing the chain hash (\`src/core/compaction/staleness.ts\`, STALE4).
3. A cut never splits a call from its result (\`src/core/compaction/cut.ts\`, CUT1).
4. Rules of the user are kept word for word, and tool output can never become one (\`src/core/memory/rules.ts\`, DIG4).
5. Rules live in \`src/core/SPEC.md\`, test titles start with them, and your first test is \`${file}\`.

Your own two rules held too: I changed a file only when you asked, and every mention has its path.`,
  )
}
