import { oneLine } from '../../compaction/digest-text.ts'
import { isDemoted } from './find-pads.ts'
import type { Pad, PadParameter } from './pad.ts'
import { writePieces } from './preconditions.ts'

/** A pad as a model reads it: each thing on a line of its own, so that no content can open another. */
export function writePad(pad: Pad): string {
  const { params, preconditions, steps } = pad
  return [
    `Pad ${pad.n}: ${oneLine(pad.name)} (${writeRecord(pad)})`,
    `Goal then: “${oneLine(pad.goal)}”`,
    ...(params.length > 0 ? ['Parameters:', ...params.map(writeParameter)] : []),
    ...(preconditions.length > 0 ? ['Before:', ...preconditions.map(item)] : []),
    'Steps:',
    ...steps.map(({ tool, arguments: own }, index) => {
      const given = own.map(({ path, pieces }) => `${oneLine(path)} = ${writePieces(pieces)}`)
      return `${index + 1}. ${oneLine(tool)}${given.length > 0 ? `: ${given.join('; ')}` : ''}`
    }),
    `Outcome then: ${oneLine(pad.outcome)}`,
    ...(pad.sources.length > 0
      ? [`From messages #${pad.sources[0]} to #${pad.sources.at(-1)}`]
      : []),
  ].join('\n')
}

/** A pad in one line, as it is offered. */
export function writePadLine(pad: Pad): string {
  const tools = pad.steps.map(({ tool }) => oneLine(tool))
  const shown = tools.length > 6 ? [...tools.slice(0, 5), `${tools.length - 5} more`] : tools
  return `Pad ${pad.n} “${oneLine(pad.name)}”: ${shown.join(' → ')} (${writeRecord(pad)})`
}

function writeRecord(pad: Pad): string {
  const origin = pad.origin === 'imported' ? 'imported, ' : ''
  const failed = isDemoted(pad) ? `, failed when last used` : ''
  return `${origin}worked ${pad.successes} of ${pad.uses} times${failed}`
}

function writeParameter({ name, origin, examples }: PadParameter): string {
  const from = origin === 'request' ? "the user's words" : 'differs, not known from where'
  const shown = examples.map((example) => JSON.stringify(oneLine(example))).join(', ')
  return `- {${oneLine(name)}}: ${from}${shown === '' ? '' : `; was ${shown}`}`
}

function item(text: string): string {
  return `- ${oneLine(text)}`
}
