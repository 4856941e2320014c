import { expect, test } from 'vitest'
import { checkLanguage } from '../../../../src/core/compaction/check-language.ts'
import {
  checkTrajectory,
  findTrajectoryTerms,
} from '../../../../src/core/compaction/check-trajectory.ts'
import { languageOf } from '../../../../src/core/summarise/language-of.ts'
import { buildLine } from '../../../support/build-generation.ts'
import { assistant, result, toolCall, user } from '../../../support/build-log.ts'
import { buildMessages } from '../../../support/build-model.ts'

const GERMAN = ['Bitte baue die Ausgabe der Rechnungen um, das ist für den Kunden wichtig.']

test('[CHK5] a proposed line in another language or script goes, quotes and what is unclear stay', () => {
  const lines = [
    buildLine({ text: 'Die Rechnungen sind mit dem Modul src/bill.ts verbunden.' }),
    buildLine({ text: 'The invoices are in the module that is used for the customers.' }),
    buildLine({ text: 'Счета выводятся теперь отдельно.' }),
    buildLine({ text: 'src/bill.ts 4711' }),
    buildLine({ text: 'The tests are not in this folder.', origin: 'tool', section: 'quotes' }),
  ]
  const { check, lines: kept } = checkLanguage(lines, GERMAN)
  expect(kept).toEqual([lines[0], lines[3], lines[4]])
  expect(check).toEqual({
    name: 'language',
    outcome: 'mended',
    detail: '2 lines in another language than the session were dropped',
  })
  expect(checkLanguage(lines, []).check.outcome).toBe('passed')
  expect(checkLanguage(lines, ['12 34 56']).lines).toEqual(lines)
})

test.each([
  ['the tests are in the folder and it is not what was asked for', 'en'],
  ['der Test ist nicht in dem Ordner und das wird auch so sein', 'de'],
  ['le test est dans le dossier et les autres sont pour nous', 'fr'],
  ['el test no está en la carpeta y los otros son para la empresa', 'es'],
  ['il test non è nella cartella ma gli altri sono per il cliente', 'it'],
  ['src/core/a.ts src/core/b.ts', undefined],
])('[CHK5] %s: %s', (text, language) => {
  expect(languageOf(text).language).toBe(language)
})

const COVERED = buildMessages([
  user(
    'The staging host is `stage-7.internal.example`, deploy with scripts/deploy-stage.sh please.',
  ),
  assistant('I call this the "blue lantern plan" from here on: first the host, then the data.'),
  result(
    'c',
    `${'log line\n'.repeat(300)}LEDGER_KEY_ROTATION is pending\n${'log line\n'.repeat(300)}`,
  ),
])
const TAIL = buildMessages([
  user('Now go on with the "blue lantern plan" and run scripts/deploy-stage.sh.'),
  { role: 'assistant', parts: [toolCall('d', 'grep', '{"pattern":"LEDGER_KEY_ROTATION"}')] },
  result('d', 'something_of_the_tool in src/only/tool.ts'),
  user('And what of src/shown/here.ts?'),
])

test('[CHK6] what the tail speaks of and covered messages say comes back as a quote of its source', () => {
  const terms = findTrajectoryTerms(TAIL, ['The work is in src/shown/here.ts.'])
  expect(terms.map(({ term }) => term)).toEqual([
    'LEDGER_KEY_ROTATION',
    'scripts/deploy-stage.sh',
    'blue lantern plan',
  ])
  const { check, lines } = checkTrajectory({ terms, covered: COVERED, isRecallable: () => false })
  expect(
    lines.map(({ text, sources, origin, section }) => [text, sources, origin, section]),
  ).toEqual([
    ['“LEDGER_KEY_ROTATION is pending”', [3], 'tool', 'quotes'],
    [
      '“The staging host is `stage-7.internal.example`, deploy with scripts/deploy-stage.sh please.”',
      [1],
      'user',
      'quotes',
    ],
    [
      '“I call this the "blue lantern plan" from here on: first the host, then the data.”',
      [2],
      'own',
      'quotes',
    ],
  ])
  expect(check).toEqual({
    name: 'trajectory',
    outcome: 'mended',
    detail: '3 things spoken of above the mark had been lost, 3 quotes were put back',
  })
})

test('[CHK6] what recall finds is not lost, what is new is none, and what has no room is reported', () => {
  const terms = findTrajectoryTerms(TAIL, [])
  expect(checkTrajectory({ terms, covered: COVERED, isRecallable: () => true }).check.outcome).toBe(
    'passed',
  )
  expect(
    checkTrajectory({
      terms: findTrajectoryTerms([], []),
      covered: COVERED,
      isRecallable: () => false,
    }),
  ).toMatchObject({
    check: { outcome: 'passed', detail: 'all that is spoken of above the mark is shown' },
    lines: [],
  })
  expect(checkTrajectory({ terms, covered: [], isRecallable: () => false }).check.outcome).toBe(
    'passed',
  )
  const few = checkTrajectory({ terms, covered: COVERED, isRecallable: () => false, maxLines: 1 })
  expect(few.lines).toHaveLength(1)
  expect(few.check.detail).toBe(
    '3 things spoken of above the mark had been lost, 1 quotes were put back; for 2 more there was no room',
  )
})

test('[CHK6] a long identifier in one line of megabytes is quoted whole, in time', () => {
  const url = `https://host.example/${'a'.repeat(150)}`
  const covered = buildMessages([user(`${'x '.repeat(90_000)}${url} ${'y '.repeat(90_000)}`)])
  const terms = findTrajectoryTerms(buildMessages([user(`open ${url}`)]), [])
  const { lines } = checkTrajectory({ terms, covered, isRecallable: () => false })
  expect(lines[0]?.text).toContain(url)
  expect(lines[0]?.text.length).toBeLessThan(260)
})
