import {
  failedTests,
  hitsOf,
  kilobytes,
  lineCount,
  listed,
  passed,
  ruleText,
  testNumbers,
} from '../excerpt.mjs'
import { read, run, search } from '../stage.mjs'
import { readEverything } from './release-review-reading.mjs'
import { writeItDown } from './release-review-report.mjs'

/** Everything that is looked at before a release: licences, builds, sizes, lint, docs, API. */
export const releaseReview = {
  title: 'A release review',
  description:
    'Everything that is looked at before a release: licences, builds, package, sizes, lint, docs and the public API, with a written report at the end.',
  play: async (stage) => {
    stage.system(
      'You are a coding assistant in the repository /project, which is about to be released as an npm package. You have the tools read_file, list_files, search, run, edit_file and write_file. Nothing may leave this machine.',
    )
    const facts = {}
    await startReview(stage, facts)
    await licences(stage, facts)
    await gates(stage, facts)
    await builds(stage, facts)
    await packageContents(stage, facts)
    await risks(stage, facts)
    await readEverything(stage, facts)
    await writeItDown(stage, facts)
  },
}

async function startReview(stage, facts) {
  stage.user(
    'We want to release this on Thursday and I need a review that I can sign. Ground rules, valid until the end: do not publish, tag or push anything. Never edit package.json or package-lock.json. Always name the command behind a number. And do not fix what you find, collect it, I decide. Ready?',
  )
  stage.reply(
    'Ready. I collect findings and fix nothing, I leave `package.json` and `package-lock.json` alone, nothing is published, tagged or pushed, and each number comes with its command. Where shall I start?',
  )

  stage.user('With the basics. Name, version, licence, what is in the manifest.')
  await stage.work(
    null,
    read('package.json'),
    run('git log --format="%h %s" | head -5; git status --short | wc -l'),
  )
  const {
    name,
    version,
    license,
    engines,
    exports: entries,
    devDependencies,
  } = JSON.parse(stage.source('package.json'))
  Object.assign(facts, { name, version, findings: [] })
  stage.reply(
    `\`${name}\` ${version}, licence ${license}, Node ${engines?.node}. ${Object.keys(entries).length} entries in \`exports\`: ${listed(Object.keys(entries))}. No runtime dependency, ${Object.keys(devDependencies).length} development dependencies, all pinned to exact versions. (read of \`package.json\`; \`git status --short\` is empty.)`,
  )

  stage.user('Are they really all pinned? A caret slips in easily.')
  const [loose] = await stage.work(null, search('"[~^><]|"\\*"|"latest"', 'package.json'))
  const count = hitsOf(loose).count
  facts.pinned = count <= 1
  stage.reply(
    `Lines that match a range: ${count} (\`grep\` for \`^\`, \`~\`, \`>\`, \`*\`, \`latest\` in \`package.json\`): ${count === 1 ? 'that one is `engines`, where a range is meant.' : 'see above.'}`,
  )

  stage.user('Which documents does a reader expect that we do not have?')
  const wanted = [
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
  ]
  await stage.work(null, run(`wc -l ${wanted.join(' ')} 2>&1`))
  const missing = wanted.filter((path) => !stage.exists(path))
  facts.missing = missing
  if (missing.length > 0) facts.findings.push(`missing documents: ${listed(missing)}`)
  stage.reply(
    missing.length === 0
      ? 'All six are there (`wc -l`).'
      : `There is no ${missing.join(', no ')} (\`wc -l\`). I note that as finding ${facts.findings.length}.`,
  )
}

async function licences(stage, facts) {
  const script =
    "node -e \"const fs=require('fs');const seen={};const walk=(d)=>{for(const n of fs.readdirSync(d)){if(n.startsWith('.'))continue;const p=d+'/'+n;if(n.startsWith('@')){walk(p);continue}try{const j=JSON.parse(fs.readFileSync(p+'/package.json','utf8'));const l=typeof j.license==='string'?j.license:(j.license&&j.license.type)||'none';(seen[l]??=[]).push(j.name+'@'+j.version)}catch{}if(fs.existsSync(p+'/node_modules'))walk(p+'/node_modules')}};walk('node_modules');for(const [l,p] of Object.entries(seen).sort((a,b)=>b[1].length-a[1].length))console.log(String(p.length).padStart(4),l,p.length>12?'':p.join(' '))\""
  stage.user('Licences next. All of node_modules, grouped, and name the packages of the rare ones.')
  const [grouped] = await stage.work(null, run(script))
  const rows = [...grouped.matchAll(/^\s*(\d+) (\S.*?)(?: |$)/gm)]
  const total = rows.reduce((sum, [, n]) => sum + Number(n), 0)
  const strong = /\b(A?GPL|SSPL|BUSL)/.test(grouped)
  facts.packages = total
  if (strong) facts.findings.push('a package with a strong copyleft licence is installed')
  stage.reply(
    `${total} installed packages, ${rows.length} kinds of licence, most of them ${rows[0]?.[2]} (${rows[0]?.[1]}). ${strong ? 'There is one with a strong copyleft licence in the list; that is a finding.' : 'None with a strong copyleft licence.'} (a script over \`node_modules/*/package.json\`)`,
  )

  stage.user(
    'No, that counts our tools. What matters is what ends up in the files we ship, not what is installed. Do it again for the bundled packages only.',
  )
  const [imports] = await stage.work(
    null,
    search("from '[^.'][^']*'|import\\('[^.'][^']*'\\)", 'src'),
    read('test/support/build/bundled-packages.ts'),
  )
  const bundled = [
    ...new Set(
      [...imports.matchAll(/['"]((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[^'"]*)?['"]/g)].map(
        ([, name]) => name,
      ),
    ),
  ].filter((name) => stage.exists(`node_modules/${name}/package.json`))
  const [found] = await stage.work(
    'These are imported by `src`. Their licences, and whether the text comes with the package:',
    run(
      bundled
        .map(
          (name) =>
            `node -p "const j=require('./node_modules/${name}/package.json'); j.name+' '+j.version+' '+j.license"; ls node_modules/${name} | grep -i -m1 licen || echo no licence file`,
        )
        .join('; '),
    ),
  )
  facts.bundled = bundled
  stage.reply(
    `You are right, that is another question. ${bundled.length} packages are imported by \`src\`: ${listed(bundled, 12)}. Their licences are in the output; ${/no licence file/.test(found) ? 'at least one has no licence file of its own, which I note' : 'each brings its licence text'}. The build collects them into \`THIRD-PARTY-LICENSES.md\` by \`test/support/build/bundled-packages.ts\`; I look at the result after the build.`,
  )
  if (/no licence file/.test(found))
    facts.findings.push('a bundled package has no licence file of its own')

  stage.user('Does anything in the tree look outdated or doubled? npm ls, please.')
  const [tree, doubled] = await stage.work(
    null,
    run('npm ls --all 2>&1 | head -150'),
    run('npm ls --all --parseable 2>/dev/null | sed "s#.*node_modules/##" | sort | uniq -d'),
  )
  const twice = doubled.split('\n').slice(1).filter(Boolean)
  const shipped = twice.filter((name) => bundled.includes(name))
  if (shipped.length > 0) facts.findings.push('a bundled package is installed twice')
  stage.reply(
    `\`npm ls --all\` shows the tree${/invalid|UNMET DEPENDENCY|missing:/.test(tree) ? ', with complaints that I note' : ' without a complaint'}. ${twice.length} packages are there twice (second output), ${shipped.length === 0 ? 'none of them among the bundled ones' : `among them ${listed(shipped)}, which are bundled: I note it`}.`,
  )
  if (/invalid|UNMET DEPENDENCY|missing:/.test(tree))
    facts.findings.push('`npm ls` complains about the tree')

  stage.user('How large is the lock file, and does it name hosts? Count only, do not print it.')
  const [lock] = await stage.work(
    null,
    run(
      "node -p \"const l=require('./package-lock.json'); const p=Object.values(l.packages); ['packages '+p.length, 'with integrity '+p.filter((x)=>x.integrity).length, 'with an address '+p.filter((x)=>x.resolved).length, 'lockfileVersion '+l.lockfileVersion].join(String.fromCharCode(10))\"",
    ),
    search('TIDY13|TIDY14', 'src/core/SPEC.md test/tidy'),
  )
  stage.reply(
    `${/packages \d+/.exec(lock)?.[0]}, ${/with integrity \d+/.exec(lock)?.[0]}, ${/with an address \d+/.exec(lock)?.[0]}. The rule is TIDY13: “${ruleText(stage.source('src/core/SPEC.md'), 'TIDY13')}”`,
  )
}

async function gates(stage, facts) {
  const gate = async (question, name, command, words) => {
    stage.user(question)
    const [output] = await stage.work(null, run(command))
    facts[name] = passed(output)
    if (!passed(output)) facts.findings.unshift(`${name}: not clean`)
    stage.reply(`${words(output)} (\`${command.split(' && ')[0]}\`)`)
  }
  await gate(
    'Now the gates, one by one. Types first.',
    'types',
    'tsc -p . --noEmit && tsc -p src/core --noEmit && echo no errors',
    (out) =>
      passed(out)
        ? 'No errors, neither for the whole project nor for core without DOM.'
        : `${(out.match(/error TS/g) ?? []).length} errors; I note it.`,
  )
  await gate(
    'Lint, with warnings as errors.',
    'lint',
    'oxlint --type-aware --deny-warnings',
    (out) =>
      passed(out)
        ? `Clean: ${/Finished in .*/.exec(out)?.[0] ?? 'no finding'}`
        : `${/Found .*/.exec(out)?.[0] ?? 'It complains'} I note it.`,
  )
  await gate('Formatting.', 'format', 'prettier --check .', (out) =>
    passed(out)
      ? 'Every file is formatted.'
      : `${(out.match(/^\[warn\] \S+$/gm) ?? []).length} files are not formatted; I note it.`,
  )
  await gate('Dead code and unused dependencies.', 'knip', 'knip --no-progress', (out) =>
    passed(out)
      ? 'knip finds nothing unused.'
      : `knip reports: ${listed([...out.matchAll(/^(Unused [\w ]+|Unlisted [\w ]+|Unresolved [\w ]+) \(\d+\)/gm)].map(([, kind]) => kind))}. I note it.`,
  )
  await gate(
    'And the tidy tests about names, sizes and layers.',
    'tidy',
    'vitest run --project tidy',
    (out) => {
      const { passed: good, failed } = testNumbers(out)
      return failed === 0
        ? `All ${good} pass.`
        : `${good} pass, ${failed} fail: ${listed(failedTests(out))}. I note it.`
    },
  )
  await gate(
    'Unit tests. Only the summary matters to me, but print it all.',
    'unit tests',
    'vitest run --project unit --reporter=verbose',
    (out) => {
      const { passed: good, failed } = testNumbers(out)
      return failed === 0 ? `All ${good} pass.` : `${good} pass, ${failed} fail. I note it.`
    },
  )

  stage.user('Remind me, what did I say about fixing things?')
  stage.reply(
    `Not to fix but to collect; you decide. So far ${facts.findings.length === 0 ? 'there is nothing to collect' : `there are ${facts.findings.length}: ${facts.findings.join('; ')}`}.`,
  )
}

async function builds(stage, facts) {
  stage.user('Good. Build it, library and playground, and show me what comes out.')
  const [build] = await stage.work(null, run('npm run build'))
  facts.build = passed(build)
  if (!facts.build) facts.findings.unshift('the build fails')
  const [files] = await stage.work(
    null,
    run(
      'cd dist && find . -type f -not -path "./types/*" -printf "%9s %p\\n" | sort -rn | head -60',
    ),
  )
  stage.reply(
    facts.build
      ? `It builds (\`npm run build\`). The largest files are listed by \`find -printf\`: ${listed(
          [...files.matchAll(/\d+ \.\/(\S+)/g)].map(([, path]) => path),
          4,
        )}.`
      : 'It fails, see the output; I note it and go on with what there is.',
  )

  stage.user('I want sizes as a browser would load them. Gzip, for the entries of the library.')
  const measure = (packer) =>
    `cd dist && for f in *.js; do printf "%-28s %8d %8d\\n" $f $(wc -c < $f) $(node -e "const z=require('zlib');process.stdout.write(String(z.${packer}(require('fs').readFileSync('$f')).length))"); done`
  const [gzip] = await stage.work(null, run(measure('gzipSync')))
  stage.reply(
    `Per file: raw bytes and gzip bytes (\`zlib.gzipSync\`). ${gzip.split('\n').length - 1} entries. These files are not minified; a host’s bundler does that.`,
  )

  stage.user(
    'No, use brotli instead of gzip, our promise is in brotli. And please give sizes in kB from now on, not in bytes.',
  )
  const [brotli] = await stage.work(
    null,
    run(measure('brotliCompressSync')),
    run('size-limit --json'),
  )
  const sizes = [...brotli.matchAll(/^(\S+\.js) +(\d+) +(\d+)$/gm)].map(
    ([, file, , packed]) => `${file} ${kilobytes(Number(packed))}`,
  )
  facts.sizes = sizes
  stage.reply(
    `In brotli, not minified (\`zlib.brotliCompressSync\`): ${sizes.join(', ')}. The second output is \`size-limit --json\`, which bundles and minifies as a host would, and that is what the promise is about. kB from now on.`,
  )

  stage.user('Are all limits kept?')
  const [limits] = await stage.work(null, run('size-limit'), read('.size-limit.mjs'))
  facts['size limits'] = passed(limits)
  if (!passed(limits)) facts.findings.push('a size limit is exceeded')
  stage.reply(
    passed(limits)
      ? `All of them (\`size-limit\`): ${[...limits.matchAll(/Size:\s+([\d.]+ \w+)/g)].map(([, size]) => size).join(', ')} for the entries in the order of the file.`
      : 'Not all (`size-limit`), see the output. I note it.',
  )

  stage.user('Which modules are in the page’s entry? It must not contain Dexie or a tokeniser.')
  const [graph] = await stage.work(
    null,
    run('node test/support/check-graph.mjs'),
    read('test/support/check-graph.mjs'),
  )
  facts.graph = passed(graph)
  if (!passed(graph)) facts.findings.push('the module graph has something that must not be in it')
  const [markers] = await stage.work(
    null,
    run(
      'grep -c -iE "dexie|o200k|cl100k" dist/index.js dist/engine.js dist/adapters.js dist/store-worker.js dist/heavy-worker.js',
    ),
  )
  stage.reply(
    `\`check-graph.mjs\` ${passed(graph) ? 'is content' : 'complains, I note it'}. A plain \`grep -c\` for Dexie and vocabularies gives ${[...markers.matchAll(/dist\/(\S+):(\d+)/g)].map(([, file, n]) => `${file} ${n}`).join(', ')} lines.`,
  )
}

async function packageContents(stage, facts) {
  stage.user(
    'What would be in the package? File list with sizes, as JSON please, I feed it to a script.',
  )
  const [packed] = await stage.work(null, run('npm pack --dry-run --json --ignore-scripts'))
  const files = (packed.match(/"path":/g) ?? []).length
  const unpacked = Number(/"unpackedSize": (\d+)/.exec(packed)?.[1] ?? 0)
  const entryCount = Number(/"entryCount": (\d+)/.exec(packed)?.[1] ?? files)
  facts.package = `${entryCount} files, ${kilobytes(unpacked)} unpacked`
  stage.reply(
    `${facts.package} (\`npm pack --dry-run --json\`). The playground in \`dist/app\` ${/"dist\/app\//.test(packed) ? 'is part of it, which you may not want: finding' : 'is not part of it'}.`,
  )
  if (/"path": "dist\/app\//.test(packed))
    facts.findings.push('the playground is part of the package')

  stage.user('Does the manifest lead every consumer to the right file? publint and attw.')
  const [publint, attw] = await stage.work(
    null,
    run('publint --strict'),
    run('attw --pack . --profile esm-only --no-emoji'),
  )
  facts.publint = passed(publint)
  facts.attw = passed(attw)
  if (!passed(publint)) facts.findings.push('publint complains')
  if (!passed(attw)) facts.findings.push('attw complains')
  stage.reply(
    `publint: ${passed(publint) ? 'nothing to say' : 'complains'}. attw: ${passed(attw) ? 'types resolve for every entry' : 'complains'}. (\`publint --strict\`, \`attw --pack . --profile esm-only\`)`,
  )

  stage.user('Show me the types a consumer sees first, and the notices of what we bundle.')
  const [types, notices] = await stage.work(
    null,
    run('cat dist/types/index.d.ts'),
    run('head -c 5000 dist/THIRD-PARTY-LICENSES.md'),
  )
  stage.reply(
    `\`dist/types/index.d.ts\` has ${lineCount(types) - 1} lines and re-exports by name. The notices ${passed(notices) ? `begin with ${/^#.*$/m.exec(notices)?.[0] ?? 'the first package'}, and name ${listed((facts.bundled ?? []).filter((name) => notices.includes(name)))} in the part I printed` : 'are missing, which I note'}.`,
  )
  if (!passed(notices)) facts.findings.push('the notices of bundled packages are missing')
}

async function risks(stage, facts) {
  stage.user(
    'Security pass. Anything that evaluates text, writes HTML, or talks to the network without being asked?',
  )
  const [evil, net] = await stage.work(
    null,
    search(
      '\\beval\\(|new Function|dangerouslySetInnerHTML|innerHTML|document\\.write|insertAdjacentHTML',
      'src',
    ),
    search('\\bfetch\\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|https?://', 'src'),
  )
  const network = hitsOf(net)
  facts.evaluates = hitsOf(evil).count
  if (facts.evaluates > 0) facts.findings.push('text is evaluated or written as HTML somewhere')
  stage.reply(
    `${facts.evaluates === 0 ? 'Nothing evaluates text or writes HTML: no match' : `${facts.evaluates} lines evaluate text or write HTML, which I note`}. ${network.count} lines speak of the network or hold an address, in ${listed(network.files)}; the library folders core, engine, store and client have ${network.files.filter((path) => /src\/(core|engine|store|client)\//.test(path)).length} of these files.`,
  )

  stage.user('Left-overs: console output, TODO, FIXME, disabled lint rules, any.')
  const [rest] = await stage.work(
    null,
    search(
      'console\\.|TODO|FIXME|XXX|oxlint-disable|eslint-disable|@ts-(ignore|expect-error)|: any\\b|as any\\b',
      'src test',
    ),
  )
  const { count, files } = hitsOf(rest)
  if (hitsOf(rest).files.some((path) => path.startsWith('src/')))
    facts.findings.push('left-overs in `src`, see the search')
  stage.reply(
    `${count} lines in ${files.length} files; in \`src\` ${files.filter((path) => path.startsWith('src/')).length} files. Scripts in \`test\` print on purpose.`,
  )

  stage.user(
    'Clock and randomness in core would make it untestable. TIDY6 forbids it, but please look yourself.',
  )
  const [clock] = await stage.work(
    null,
    search(
      'Date\\.now|new Date|Math\\.random|performance\\.now|setTimeout|setInterval|crypto\\.',
      'src/core src/engine',
    ),
  )
  stage.reply(
    `\`grep\` finds ${hitsOf(clock).count} places in core and engine${hitsOf(clock).count > 0 ? `: ${listed(hitsOf(clock).files)}. They need a second look` : '. TIDY6 holds'}.`,
  )
}
