/** Made-up payloads as tools give them, one per kind. */

export const JSON_PAGE: string = JSON.stringify(
  {
    status: 'ok',
    next: '/v2/orders?page=3',
    orders: Array.from({ length: 40 }, (_, n) => ({
      id: 7000 + n,
      customer: `customer-${n}`,
      total: n * 1.5,
      ...(n % 2 === 0 ? { coupon: 'SPRING' } : {}),
      lines: [{ sku: `SKU-${n}`, quantity: n }],
    })),
  },
  undefined,
  2,
)

export const JSON_LINES: string = Array.from(
  { length: 30 },
  (_, n) => `{"event":"seen","user":${n},"page":"/item/${n}"}`,
).join('\n')

export const CSV: string = [
  'id,city,price,opened,state',
  ...Array.from(
    { length: 90 },
    (_, n) =>
      `${n},"Town, ${n}",${(n * 7) % 50}.5,2024-03-${String((n % 28) + 1).padStart(2, '0')},${n % 2 ? 'open' : 'closed'}`,
  ),
].join('\n')

export const TSV: string = Array.from({ length: 30 }, (_, n) => `name${n}\t${n}\tx`).join('\n')

export const MARKDOWN_TABLE: string = [
  '| Region | Sales |',
  '|:--|--:|',
  ...Array.from({ length: 25 }, (_, n) => `| North ${n} | ${n * 10} |`),
].join('\n')

export const LOG: string = [
  ...Array.from(
    { length: 60 },
    (_, n) =>
      `2024-05-02T10:00:${String(n).padStart(2, '0')}Z INFO request ${n} served in ${n * 3} ms`,
  ),
  '2024-05-02T10:01:01Z ERROR pool exhausted after 30 s for tenant acme-west',
  '2024-05-02T10:01:02Z WARN retrying tenant acme-west',
  '2024-05-02T10:01:09Z ERROR giving up on tenant acme-west',
  '2024-05-02T10:01:10Z INFO shutting down',
].join('\n')

export const DIFF: string = `diff --git a/src/cart.ts b/src/cart.ts
index 1111111..2222222 100644
--- a/src/cart.ts
+++ b/src/cart.ts
@@ -10,7 +10,8 @@ export function addItem(cart: Cart) {
   const found = cart.find(byId)
-  found.count = 1
+  found.count += 1
+  touch(found)
   return cart
 }
diff --git a/src/tax.ts b/src/tax.ts
--- a/src/tax.ts
+++ b/src/tax.ts
@@ -1,3 +1,3 @@
-export const RATE = 0.19
+export const RATE = 0.2
 export const ZERO = 0
`

export const PATCH: string = `*** Begin Patch
*** Update File: lib/mailer.rb
@@ def deliver
-  smtp.send(mail)
+  queue.push(mail)
*** End Patch
`

export const TYPESCRIPT: string = `import { readFile } from 'node:fs/promises'
import { parse } from './parse.ts'

export interface Invoice {
  readonly id: string
}

export class InvoiceBook {
  #rows = new Map<string, Invoice>()

  add(invoice: Invoice): void {
    if (this.#rows.has(invoice.id)) {
      throw new Error('twice')
    }
    this.#rows.set(invoice.id, invoice)
  }
}

export async function loadInvoices(path: string): Promise<InvoiceBook> {
  return parse(await readFile(path, 'utf8'))
}

const LIMIT = 500
`

export const SOURCES: Readonly<Record<string, readonly [source: string, declared: string]>> = {
  'app/models.py': [
    'import os\nfrom django.db import models\n\nMAX_SIZE = 10\n\nclass Parcel(models.Model):\n    """A parcel."""\n    weight = 1\n\n    def ship(self, to):\n        return to\n',
    '10: def ship(self, to)',
  ],
  'cmd/main.go': [
    'package main\n\nimport (\n\t"fmt"\n)\n\ntype Server struct {\n\tport int\n}\n\nfunc (s *Server) Run() error {\n\treturn nil\n}\n',
    '11: func (s *Server) Run() error',
  ],
  'src/lib.rs': [
    'use std::fmt;\n\npub struct Grid {\n    cells: Vec<u8>,\n}\n\nimpl Grid {\n    pub fn resize(&mut self, n: usize) {\n    }\n}\n',
    '8: pub fn resize(&mut self, n: usize)',
  ],
  'Order.java': [
    'package shop;\n\nimport java.util.List;\n\npublic class Order {\n    private final List<Line> lines;\n\n    public void addLine(Line line) {\n        lines.add(line);\n    }\n}\n',
    '8: public void addLine(Line line)',
  ],
  'hash.c': [
    '#include <stdint.h>\n\n#define SEED 42\n\nstatic uint32_t mix(uint32_t h) {\n    return h ^ SEED;\n}\n\nint main(void)\n{\n    return 0;\n}\n',
    '5: static uint32_t mix(uint32_t h)',
  ],
  'mailer.rb': [
    "require 'net/smtp'\n\nclass Mailer\n  def deliver(mail)\n    mail\n  end\nend\n",
    '4: def deliver(mail)',
  ],
  'deploy.sh': [
    '#!/bin/sh\nset -e\nTARGET=prod\n\nroll_back() {\n  echo back\n}\n\nroll_back\n',
    '5: roll_back()',
  ],
  'schema.sql': [
    'create table parcels (\n  id int\n);\ncreate index parcels_id on parcels (id);\n',
    '1: create table parcels (',
  ],
}

export const HTML: string = `<!doctype html>
<html><head><title>Opening hours &mdash; Harbour Museum</title>
<style>body { color: red }</style><script>var hidden = "<h1>no</h1>"</script></head>
<body><nav><a href="/a">A</a><a href="/b">B</a></nav>
<h1>Opening hours</h1><p>The museum is open from nine to five on every day of the week.</p>
<h2>Tickets</h2><p>Tickets are sold at the door and cost twelve euros for everybody.</p>
</body></html>`

export const NODE_TRACE: string = `Error: cannot read the ledger
    at openLedger (/srv/app/src/ledger.ts:41:11)
    at Module._compile (node:internal/modules/cjs/loader:1105:14)
    at retry (/srv/app/node_modules/p-retry/index.js:12:3)
    at main (/srv/app/src/main.ts:9:3)
Caused by: ENOENT: no such file
`

export const PYTHON_TRACE: string = `Traceback (most recent call last):
  File "/srv/app/run.py", line 12, in <module>
    main()
  File "/usr/lib/python3.11/site-packages/click/core.py", line 100, in main
    rv = self.invoke(ctx)
  File "/srv/app/billing/charge.py", line 88, in charge
    raise CardDeclined(card)
billing.errors.CardDeclined: card 4242 declined
`

export const GREP: string = [
  ...Array.from({ length: 12 }, (_, n) => `src/cart.ts:${n + 1}:  const total${n} = sum(items)`),
  'src/tax.ts:4:export const total = 0',
  'lib/report.py:88:    total = 0',
].join('\n')

export const FILE_LIST: string = Array.from(
  { length: 60 },
  (_, n) => `src/${n % 2 ? 'pages' : 'widgets'}/part-${n}.${n % 3 ? 'tsx' : 'css'}`,
).join('\n')

/** A picture's header with as many bytes behind it as make it data. */
function picture(header: readonly number[], mediaType: string): string {
  const bytes = [...header, ...Array.from({ length: 900 }, (_, n) => (n * 37) % 251)]
  return `data:${mediaType};base64,${btoa(String.fromCharCode(...bytes))}`
}

const PNG_HEADER = [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]
const JPEG_HEADER = [255, 216, 255, 224, 0, 4, 1, 2, 255, 192, 0, 17, 8, 1, 44, 2, 88, 3]
const GIF_HEADER = [71, 73, 70, 56, 57, 97, 64, 1, 200, 0]
const WEBP_HEADER = [
  82, 73, 70, 70, 0, 0, 0, 0, 87, 69, 66, 80, 86, 80, 56, 88, 10, 0, 0, 0, 0, 0, 0, 0, 127, 2, 0,
  223, 1, 0,
]

export const PICTURES: readonly (readonly [url: string, size: string])[] = [
  [picture([...PNG_HEADER, 0, 0, 3, 32, 0, 0, 2, 88], 'image/png'), '800 × 600'],
  [picture(JPEG_HEADER, 'image/jpeg'), '600 × 300'],
  [picture(GIF_HEADER, 'image/gif'), '320 × 200'],
  [picture(WEBP_HEADER, 'image/webp'), '640 × 480'],
]

export const REPORT: string = `# Migration report

The schema was moved on Tuesday.

## Findings

${'Nothing of note happened here.\n'.repeat(20)}
error: constraint fk_parcel_owner does not exist
${'Nothing of note happened there.\n'.repeat(20)}
## Outlook

All 41 checks passed in the end.
`
