import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textOf } from '../../../../src/core/session/message.ts'
import { createOrigin } from '../../../support/build-engine.ts'
import { chatGpt, fileOf, imported, importInto, logOf, type NodeOf } from './export-files.ts'

const ROOT: NodeOf = { id: 'root', parent: null, message: null }

test('[EXPT2, EXPT4] every branch is in the log, and the path to the current node is active', async () => {
  const nodes: readonly NodeOf[] = [
    ROOT,
    { id: 'a', parent: 'root', text: 'Ask' },
    { id: 'b', parent: 'a', role: 'assistant', text: 'First answer' },
    { id: 'c', parent: 'b', text: 'Thanks' },
    { id: 'd', parent: 'a', role: 'assistant', text: 'Second answer' },
    { id: 'e', parent: 'a', role: 'assistant', text: 'Third answer' },
  ]
  const result = await imported([chatGpt(nodes, 'd')])
  const log = logOf(result)
  expect(log.map((message) => [textOf(message), message.active])).toEqual([
    ['Ask', true],
    ['First answer', false],
    ['Thanks', false],
    ['Third answer', false],
    ['Second answer', true],
  ])
  expect(log.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5])
  const [session] = result.report.sessions
  expect(session).toMatchObject({
    title: 'A talk',
    kind: 'imported',
    source: 'chatgpt',
    messages: 5,
  })
  const opened = await result.tab.backfold.session(session?.id ?? '')
  expect(opened.state.get().details.title).toBe('A talk')
  const { entries } = await opened.context()
  expect(entries).toHaveLength(2)
})

test('[EXPT4] a current node that others follow ends the active path', async () => {
  const nodes: readonly NodeOf[] = [
    ROOT,
    { id: 'a', parent: 'root', text: 'Ask' },
    { id: 'b', parent: 'a', role: 'assistant', text: 'Answer' },
    { id: 'c', parent: 'b', text: 'More' },
  ]
  const log = logOf(await imported([chatGpt(nodes, 'b')]))
  expect(log.map(({ active }) => active)).toEqual([true, true, false])
})

test('[EXPT5] what tools are asked and put out stands in pairs on every path', async () => {
  const call = {
    author: { role: 'assistant' },
    recipient: 'python',
    content: { content_type: 'code', language: 'python', text: 'print(1)' },
  }
  const output = {
    author: { role: 'tool', name: 'python' },
    content: { content_type: 'execution_output', text: '1\n' },
  }
  const nodes: readonly NodeOf[] = [
    ROOT,
    { id: 'a', parent: 'root', text: 'Run it' },
    { id: 'b', parent: 'a', message: call },
    { id: 'c', parent: 'b', message: output },
    { id: 'c2', parent: 'c', message: output },
    { id: 'd', parent: 'b', role: 'assistant', text: 'It was stopped' },
  ]
  const result = await imported([chatGpt(nodes, 'c2')])
  const log = logOf(result)
  expect(log.flatMap(({ parts }) => parts)).toMatchObject([
    { type: 'text', text: 'Run it' },
    { type: 'tool-call', name: 'python', input: '{"language":"python","code":"print(1)"}' },
    { type: 'tool-result', output: '[no result recorded]' },
    { type: 'text', text: 'It was stopped' },
    { type: 'tool-result', output: '1\n' },
    { type: 'tool-call', name: 'python', input: '{}' },
    { type: 'tool-result', output: '1\n' },
  ])
  const path = log.filter(({ active }) => active).flatMap(({ parts }) => parts)
  const ids = (type: string): readonly unknown[] =>
    path.flatMap((part) => (part.type === type && 'callId' in part ? [part.callId] : []))
  expect(ids('tool-call')).toEqual(ids('tool-result'))
  expect(result.report.repairs).toHaveLength(2)
})

test('[EXPT6] thoughts, images, files, spoken words, quotes and sources are kept as far as parts hold them', async () => {
  const message = (
    role: string,
    content: Readonly<Record<string, unknown>>,
    metadata: Readonly<Record<string, unknown>> = {},
  ): Readonly<Record<string, unknown>> => ({ author: { role }, content, metadata })
  const image = { content_type: 'image_asset_pointer', asset_pointer: 'file-service://file-1' }
  const spoken = { content_type: 'audio_transcription', text: 'Good morning' }
  const thoughts = [{ summary: 'Plan', content: 'Look first.' }]
  const attachments = [{ id: 'file-1' }, { id: 'file-2', name: 'a.csv', mime_type: 'text/csv' }]
  const citations = [{ metadata: { title: 'Tides', url: 'https://tides.example/1' } }]
  const editable = {
    content_type: 'user_editable_context',
    user_profile: 'A sailor',
    user_instructions: 'Be brief',
  }
  const nodes: readonly NodeOf[] = [
    ROOT,
    { id: 's', parent: 'root', message: message('system', editable) },
    {
      id: 'a',
      parent: 's',
      message: message(
        'user',
        { content_type: 'multimodal_text', parts: [image, spoken, 'What is this?'] },
        { attachments },
      ),
    },
    { id: 'h', parent: 'a', message: message('system', { content_type: 'text', parts: [''] }) },
    { id: 't', parent: 'h', message: message('assistant', { content_type: 'thoughts', thoughts }) },
    {
      id: 'b',
      parent: 't',
      message: message('assistant', { content_type: 'text', parts: ['A map.'] }, { citations }),
    },
    {
      id: 'x',
      parent: 'b',
      message: message('assistant', { content_type: 'not_known_yet', text: 'New' }),
    },
  ]
  const log = logOf(await imported([chatGpt(nodes, 'x')]))
  expect(log.map(({ role, parts }) => [role, parts])).toEqual([
    [
      'system',
      [
        { type: 'text', text: 'A sailor' },
        { type: 'text', text: 'Be brief' },
      ],
    ],
    [
      'user',
      [
        { type: 'text', text: '[Image: file-service://file-1]' },
        { type: 'text', text: 'Good morning' },
        { type: 'text', text: 'What is this?' },
        { type: 'text', text: '[File: a.csv, text/csv]' },
      ],
    ],
    ['assistant', [{ type: 'reasoning', text: 'Plan\nLook first.' }]],
    [
      'assistant',
      [
        { type: 'text', text: 'A map.' },
        { type: 'text', text: 'Sources:\n- Tides: https://tides.example/1' },
      ],
    ],
    ['assistant', [{ type: 'text', text: 'New' }]],
  ])
})

test('[EXPT8] the node stays beside its message, without the texts that the message has', async () => {
  const nodes: readonly NodeOf[] = [ROOT, { id: 'a', parent: 'root', text: 'A long text' }]
  const [message] = logOf(await imported([chatGpt(nodes, 'a')]))
  expect(message?.original).toMatchObject({
    source: 'chatgpt',
    value: { parent: 'root', message: { status: 'finished_successfully', weight: 1 } },
  })
  expect(JSON.stringify(message?.original)).not.toContain('A long text')
  expect(message?.at).toBe(1_700_000_000_500)
})

test('[EXPT7] nodes in a circle, without a parent, or twice lose nothing', async () => {
  const nodes: readonly NodeOf[] = [
    { id: 'a', parent: 'b', text: 'one' },
    { id: 'b', parent: 'a', text: 'two' },
    { id: 'c', parent: 'gone', text: 'three' },
    { id: '__proto__', parent: 'c', text: 'four' },
    { id: 'd', parent: 'd', text: 'five' },
  ]
  const log = logOf(await imported([chatGpt(nodes, 'nowhere')]))
  expect(log.map(textOf).toSorted()).toEqual(['five', 'four', 'one', 'three', 'two'])
})

/** A random tree: each node's parent is one before it. */
const anyTree = fc
  .array(
    fc.record({
      back: fc.nat(),
      text: fc.string({ unit: 'binary', minLength: 1 }),
      said: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .chain((given) => {
    const nodes = given.map(({ back, text, said }, i): NodeOf => {
      const parent = i === 0 ? 'root' : `n${(i - 1 - (back % Math.min(i, 4))).toString()}`
      return { id: `n${i}`, parent, role: said ? 'user' : 'assistant', text }
    })
    return fc.record({ nodes: fc.constant(nodes), current: fc.nat(nodes.length - 1) })
  })

function pathTo(nodes: readonly NodeOf[], id: string): readonly string[] {
  const node = nodes.find((one) => one.id === id)
  return node === undefined ? [] : [...pathTo(nodes, node.parent ?? ''), node.text ?? '']
}

test('[EXPT2, EXPT3] of any tree the active path and the texts of all branches come in', async () => {
  await fc.assert(
    fc.asyncProperty(anyTree, async ({ nodes, current }) => {
      const result = await imported([chatGpt([ROOT, ...nodes], `n${current}`)])
      const log = logOf(result)
      const active = log.filter((message) => message.active)
      expect(active.map(textOf)).toEqual(pathTo(nodes, `n${current}`))
      expect(log.map(textOf).toSorted()).toEqual(nodes.map(({ text = '' }) => text).toSorted())
      // As somebody would have appended them who went through all branches.
      const { tab, rows, report } = result
      const id = report.sessions[0]?.id ?? ''
      const other = await tab.backfold.session('by-hand')
      const at = new Map<string, number>([['root', 0]])
      let before = 'root'
      for (const message of log) {
        const node = nodes.find((one) => one.id === message.id)
        if (node?.parent !== before) await other.branch(at.get(node?.parent ?? '') ?? 0)
        const { seqs } = await other.append({
          id: message.id,
          role: message.role,
          parts: message.parts,
          at: message.at,
        })
        at.set(message.id, seqs[0] ?? 0)
        before = message.id
      }
      const tip = `n${current}`
      if (before !== tip) await other.branch(at.get(tip) ?? 0)
      const bare = rows.messages
        .get(id)
        ?.map(({ original, ...message }) => ({ ...message, wire: original && undefined }))
      expect(bare).toEqual(
        rows.messages.get('by-hand')?.map((message) => ({ ...message, wire: undefined })),
      )
      const [own, live] = [rows.sessions.get(id), rows.sessions.get('by-hand')]
      const { chain, nextSeq, messages, turns, pins, branch, tokens } = live ?? {}
      expect(own).toMatchObject({ chain, nextSeq, messages, turns, pins, branch })
      expect(own?.tokens.log).toBe(tokens?.log)
    }),
    { numRuns: 60 },
  )
})

test('[EXPT15] the same file again changes nothing, and one that holds more appends the rest', async () => {
  const origin = createOrigin()
  const nodes: readonly NodeOf[] = [
    ROOT,
    { id: 'a', parent: 'root', text: 'Ask' },
    { id: 'b', parent: 'a', role: 'assistant', text: 'Answer' },
  ]
  const first = await importInto(origin, fileOf([chatGpt(nodes, 'b')]))
  const id = first.report.sessions[0]?.id ?? ''
  const again = await importInto(origin, fileOf([chatGpt(nodes, 'b')]))
  expect(again.report.sessions).toMatchObject([{ id, kind: 'already-there' }])
  const longer: readonly NodeOf[] = [...nodes, { id: 'c', parent: 'b', text: 'More' }]
  const more = await importInto(origin, fileOf([chatGpt(longer, 'c')]))
  expect(more.report.sessions).toMatchObject([{ id, kind: 'resumed', messages: 3 }])
  const other: readonly NodeOf[] = [...nodes, { id: 'd', parent: 'b', text: 'Else' }]
  const else_ = await importInto(origin, fileOf([chatGpt(other, 'd')]))
  expect(else_.report.sessions).toMatchObject([{ id: `${id}-2`, kind: 'imported' }])
  expect((await else_.tab.backfold.sessions()).map((session) => session.messages)).toEqual([3, 3])
})
