import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describePayload } from '../../../../../src/core/memory/stubs/describe-payload.ts'
import * as samples from './samples.ts'

function rowsOf(payload: string, label: string = ''): string {
  return describePayload(payload, label)
    .rows.map(({ text }) => text)
    .join('\n')
}

const KINDS: readonly (readonly [payload: string, kind: string, summary: string])[] = [
  [samples.JSON_PAGE, 'json', 'JSON object, 3 keys {status, next, orders}'],
  [samples.JSON_PAGE.slice(0, 2_000), 'json', '{status, next, orders}, cut off'],
  [`${samples.JSON_PAGE.slice(0, 2_000)}\n… (truncated)`, 'json', ', cut off'],
  [samples.JSON_LINES, 'ndjson', 'JSON Lines, 30 lines {event, user, page}'],
  [samples.CSV, 'table', 'CSV table, 90 rows × 5 columns'],
  [samples.CSV.replaceAll(',', ';'), 'table', 'semicolon CSV table, 90 rows × 5 columns'],
  [samples.TSV, 'table', 'TSV table, 29 rows × 3 columns'],
  [samples.MARKDOWN_TABLE, 'table', 'Markdown table, 25 rows × 2 columns'],
  [samples.LOG, 'log', 'log, 64 lines, INFO 61, ERROR 2, WARN 1'],
  [samples.DIFF, 'diff', 'diff, 2 files, +3 −2'],
  [samples.PATCH, 'diff', 'diff, 1 file, +1 −1'],
  [samples.TYPESCRIPT, 'code', 'TypeScript code, 23 lines'],
  [samples.HTML, 'html', 'HTML page, 2 links'],
  [samples.NODE_TRACE, 'trace', 'stack trace, 6 lines, 4 frames, 2 outside libraries'],
  [samples.PYTHON_TRACE, 'trace', 'stack trace, 8 lines, 3 frames, 2 outside libraries'],
  [samples.GREP, 'search', 'search results, 14 matches in 3 files'],
  [samples.FILE_LIST, 'files', 'file list, 60 entries'],
  [samples.REPORT, 'text', 'document, 52 lines, 3 headings'],
  ['just a sentence', 'text', 'text, 1 line'],
]

test.each(KINDS)(
  '[STUB2] a payload is told from its content: case %#',
  (payload, kind, summary) => {
    const found = describePayload(payload)
    expect(found.kind).toBe(kind)
    expect(found.summary).toContain(summary)
  },
)

test('[STUB2] line numbers that a tool put before the lines are looked through', () => {
  const number = (text: string, from: number): string =>
    text
      .split('\n')
      .map((line, index) => `${String(index + from).padStart(6)}→${line}`)
      .join('\n')
  expect(describePayload(number(samples.CSV, 1)).summary).toBe(describePayload(samples.CSV).summary)
  expect(rowsOf(number(samples.TYPESCRIPT, 101))).toContain('108: export class InvoiceBook')
})

test('[STUB3] JSON shows its keys with types and lengths, and values', () => {
  const rows = rowsOf(samples.JSON_PAGE)
  expect(rows).toContain('next: "/v2/orders?page=3"')
  expect(rows).toContain('orders: array, 40 items {id, customer, total, coupon, lines}')
  expect(rows).toContain(
    'orders[]: id number, customer string, total number, coupon? string, lines array',
  )
  expect(rows).toContain('orders[0] {id: 7000, customer: "customer-0", total: 0')
})

test('[STUB3] a table shows its columns with types and ranges, and its first and last rows', () => {
  const rows = rowsOf(samples.CSV)
  expect(rows).toContain(
    'columns: id number 0–89, city text, price number 0.5–49.5, opened date, state closed|open',
  )
  expect(rows).toContain('0,"Town, 0",0.5,2024-03-01,closed')
  expect(rows).toContain('89,"Town, 89"')
})

test('[STUB3] a log shows templates with counts, and its first and last error', () => {
  const rows = rowsOf(samples.LOG)
  expect(rows).toContain('×60 <time> INFO request <n> served in <n> ms')
  expect(rows).toContain('first error, line 61: 2024-05-02T10:01:01Z ERROR pool exhausted')
  expect(rows).toContain('last error, line 63: 2024-05-02T10:01:09Z ERROR giving up')
  expect(describePayload(samples.LOG).summary).toContain(
    '2024-05-02T10:00:00 to 2024-05-02T10:01:10',
  )
})

test('[STUB3] a diff shows files, hunks and the first changed lines', () => {
  const rows = rowsOf(samples.DIFF)
  expect(rows).toContain('src/cart.ts +2 −1')
  expect(rows).toContain('@@ -10,7 +10,8 @@ export function addItem(cart: Cart) {')
  expect(rows).toContain('+export const RATE = 0.2')
  expect(rowsOf(samples.PATCH)).toContain('lib/mailer.rb +1 −1')
})

test('[STUB3] code shows declarations with their line numbers, and imports', () => {
  const rows = rowsOf(samples.TYPESCRIPT)
  expect(rows).toContain('imports node:fs/promises, ./parse.ts')
  expect(rows).toContain('8: export class InvoiceBook')
  expect(rows).toContain('11: add(invoice: Invoice): void')
  expect(rows).not.toContain('if (this')
  expect(rows).toContain(
    '19: export async function loadInvoices(path: string): Promise<InvoiceBook>',
  )
})

test.each(Object.entries(samples.SOURCES))(
  '[STUB2, STUB3] %s is outlined as its language',
  (path, [source, declared]) => {
    const found = describePayload(source, `read_file ${path}`)
    expect(found.kind).toBe('code')
    expect(found.rows.map(({ text }) => text)).toContain(declared)
  },
)

test('[STUB3] a page shows its title and headings, and the text that a reader sees', () => {
  const rows = rowsOf(samples.HTML)
  expect(rows).toContain('title: Opening hours')
  expect(rows).toContain('h2: Tickets')
  expect(rows).toContain('The museum is open from nine to five')
  expect(rows).not.toContain('color: red')
})

test('[STUB3] a stack trace shows what went wrong and the nearest frames of the project', () => {
  const best = (payload: string): readonly string[] =>
    describePayload(payload)
      .rows.toSorted((a, b) => b.worth - a.worth)
      .slice(0, 3)
      .map(({ text }) => text)
  expect(best(samples.NODE_TRACE)).toEqual([
    'Error: cannot read the ledger',
    'Caused by: ENOENT: no such file',
    'at openLedger (/srv/app/src/ledger.ts:41:11)',
  ])
  expect(best(samples.PYTHON_TRACE)).toContain('billing.errors.CardDeclined: card 4242 declined')
  expect(best(samples.PYTHON_TRACE)).toContain(
    'File "/srv/app/billing/charge.py", line 88, in charge',
  )
})

test('[STUB3] search results and file lists show files with counts', () => {
  expect(rowsOf(samples.GREP)).toContain('src/cart.ts ×12, 1: const total0 = sum(items)')
  const rows = rowsOf(samples.FILE_LIST)
  expect(rows).toContain('kinds: .tsx 40, .css 20')
  expect(rows).toContain('folders: src/widgets/ 30, src/pages/ 30')
})

test.each(samples.PICTURES)('[STUB3] a picture shows its type and size: case %#', (url, size) => {
  const found = describePayload(url)
  expect(found.summary).toContain(`${size} pixels`)
  expect(url).toContain(found.mediaType)
  const bare = describePayload(url.slice(url.indexOf(',') + 1))
  expect([bare.kind, bare.summary]).toEqual([found.kind, found.summary])
})

test('[STUB3] text shows its start, headings, lines with trouble and its end', () => {
  const rows = rowsOf(samples.REPORT)
  expect(rows).toContain('# Migration report')
  expect(rows).toContain('28: error: constraint fk_parcel_owner does not exist')
  expect(rows).toContain('All 41 checks passed in the end.')
})

/** Texts that look like the beginning of each kind and then go wrong. */
const PIECES = [
  '{"a":[',
  '[[',
  '<h1>',
  '<script>',
  '</',
  '| a |\n',
  '---\n',
  '@@ -1 +1 @@\n',
  '+++ b/x\n',
  'at a (b:1:2)\n',
  'Error: x\n',
  'a,b,c\n',
  '"',
  '\t',
  '1→x\n',
  'src/a.ts:1:x\n',
  'data:image/png;base64,',
  'iVBORw0KGgo',
  '2024-01-01T00:00:00Z ERROR x\n',
  'export function a() {\n',
  '\u{1F600}',
  '\uD800',
  '\uDC00',
  '\0',
  '\r\n',
  ' ',
]

test('[STUB4] any text is described, without a throw', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join('')),
    fc.json({ maxDepth: 6 }),
  )
  fc.assert(
    fc.property(text, fc.constantFrom('', 'read_file a.ts', 'cat b.py'), (payload, label) => {
      const found = describePayload(payload, label)
      expect(found.summary).not.toBe('')
      expect(found.rows.length).toBeLessThan(1_000)
    }),
    { numRuns: 500 },
  )
})

test('[STUB4] a megabyte of any piece takes time that is linear in its length', () => {
  const measure = (piece: string, length: number): number => {
    const text = piece.repeat(Math.ceil(length / piece.length))
    const start = performance.now()
    describePayload(text, 'read_file a.ts')
    return performance.now() - start
  }
  for (const piece of [...PIECES, 'x', '=', '(', 'a.b(', '<title', '12: ', 'aB1+']) {
    // Quadratic work on a million characters takes minutes, linear work milliseconds.
    expect(measure(piece, 1_000_000), JSON.stringify(piece)).toBeLessThan(10_000)
  }
})
