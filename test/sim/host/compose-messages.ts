import type { SentMessage } from '../checker/receipts.ts'
import type { World } from '../world/world.ts'

const RULES = [
  'Never delete the log.',
  'Always answer in English.',
  'From now on use tabs, not spaces.',
  'No, that is wrong: the port is 8443.',
] as const

const LOSSES = [
  'As I said before, the port is 8443.',
  'I already told you: never delete the log.',
  'What was the name of that file again?',
] as const

/** Writes the messages of a conversation; every text holds a word that no other has. */
export class MessageComposer {
  private readonly world: Pick<World, 'random' | 'issueId'>
  private openCalls: string[] = []

  constructor(world: Pick<World, 'random' | 'issueId'>) {
    this.world = world
  }

  user(): SentMessage {
    return { role: 'user', content: this.text('ask', 12 + this.world.random.below(60)) }
  }

  assistant(): SentMessage {
    return { role: 'assistant', content: this.text('say', this.world.random.below(80)) }
  }

  system(): SentMessage {
    return { role: 'system', content: this.text('be', 5) }
  }

  /** One message with one call or several. */
  call(): SentMessage {
    const { random } = this.world
    const ids = Array.from({ length: 1 + random.below(3) }, () => `call-${this.world.issueId()}`)
    this.openCalls.push(...ids)
    return {
      role: 'assistant',
      content: random.chance(0.3) ? this.text('look', 5) : null,
      tool_calls: ids.map((id) => ({
        id,
        type: 'function',
        function: { name: 'read_file', arguments: this.input(id) },
      })),
    }
  }

  /** The result of an open call, the oldest first as a rule. Undefined if none is open. */
  result(): SentMessage | undefined {
    const { random } = this.world
    const at = random.chance(0.8) ? 0 : random.below(this.openCalls.length + 1)
    const [id] = this.openCalls.splice(at, 1)
    if (id === undefined) return undefined
    return { role: 'tool', tool_call_id: id, content: this.text(`got ${id}`, random.below(300)) }
  }

  /** The person stopped the turn: what is open will never be answered. */
  giveUp(): void {
    this.openCalls = []
  }

  private input(id: string): string {
    const isLong = this.world.random.chance(0.1)
    const content = isLong ? this.text('write', 100) : ''
    return JSON.stringify({ path: `src/${id}.ts`, ...(isLong ? { content } : {}) })
  }

  private text(what: string, words: number): string {
    const { random } = this.world
    const length = random.chance(0.04) ? words * 20 : words
    const rule = random.chance(0.1) ? `${random.pick(RULES)} ` : ''
    const loss = random.chance(0.05) ? `${random.pick(LOSSES)} ` : ''
    const from = random.below(50)
    const body = Array.from({ length }, (_, index) => `w${from + index}`).join(' ')
    return `${rule}${loss}${what} unique-${this.world.issueId()}-word ${body}`
  }
}
