import { textOf, type Message } from '../../session/message.ts'
import { suspectLoss } from '../loss-cues.ts'
import { splitSentences } from '../sentences.ts'

/** Sentences at the beginning of a message that judge what was done before. */
const READ_SENTENCES = 3
const MAX_READ_LENGTH = 800

/**
 * The user says that it is not as wanted. Narrower than the cues of corrections: "replace X by Y" is the next
 * request, and says nothing of the last.
 */
const DENIALS: readonly RegExp[] = [
  /^(?:no|nope|wrong|incorrect|nah)(?:[,.!:]|$)/i,
  /^(?:(?:hm+|sorry|but|and|ok|okay|well|wait|actually),? ){0,3}(?:that|this|it)(?:['’]s| is| was)? (?:still )?(?:wrong|incorrect|broken|not (?:right|correct|what|it|working|how|true)|fail(?:s|ed|ing)\b)/i,
  /^.{0,40}\b(?:does ?n['’]t|do ?n['’]t|did ?n['’]t|does not|did not|is ?n['’]t|is not|has ?n['’]t) (?:seem to )?(?:work|help|fix|compile|build|pass|solve|change|apply)/i,
  /\b(?:still (?:fails?|failing|broken|wrong|crash(?:es|ing)?|not |does ?n['’]t|the same (?:error|problem|issue))|not what i (?:asked|wanted|meant|said)|you (?:broke|forgot|missed|misunderstood|should ?n['’]t have|should have)|undo (?:that|this|it|the|your)|revert (?:that|this|it|the|your)|roll (?:that|this|it) back|try again|i (?:meant|asked for))\b/i,
  /(?<!\p{L})(?:nein(?=[, .!]|$)|falsch|stimmt (?:so )?nicht|geht (?:immer noch )?nicht|funktioniert (?:immer noch |so )?nicht|immer noch (?:kaputt|falsch|nicht)|nicht das,? was ich|mach das rückgängig|ich meinte)(?!\p{L})/iu,
  /(?<!\p{L})(?:non(?=[, .!]|$)|c['’]est faux|(?:ça|cela) ne (?:marche|fonctionne) (?:toujours )?pas|pas ce que j|annule (?:ça|cela)|toujours (?:cassé|faux)|está mal|no funciona|sigue (?:fallando|sin)|no es lo que|deshaz|non funziona|è sbagliato|annulla questo|não funciona|está errado|não era isso)(?!\p{L})/iu,
  /(?:(?<!\p{L})нет(?=[, .!]|$)|неправильно|не работает|не то|верни как было|всё ещё (?:не|ломается)|不对|错了|不是我|没有用|还是(?:不行|报错|失败)|撤销|違います|違う|動きません|動かない|元に戻して)/iu,
]

/** The assistant says that it did not get there. In the first person: what "can't be null" may be the fix. */
const GIVEN_UP: readonly RegExp[] = [
  /\b(?:i|we)(?:['’]m| am| was| were| have been)? (?:still )?(?:unable to|not able to|could(?: not|n['’]t)|can(?:not|['’]t| not)|failed to|did(?: not|n['’]t) manage|gave up|give up)\b/i,
  /^(?:unfortunately|sorry)\b.{0,80}\b(?:not|n['’]t|unable|fail(?:s|ed)?|without success)\b/i,
  /(?<!\p{L})(?:ich (?:konnte|kann) .{0,60}nicht|leider .{0,60}nicht|je n['’]ai pas (?:pu|réussi)|je ne (?:peux|parviens) pas|no (?:pude|puedo|he podido)|non (?:sono riuscito|posso|riesco)|não (?:consegui|posso)|мне не удалось|я не (?:смогла?|могу))(?!\p{L})/iu,
  /我(?:无法|不能|没能)|できませんでした/u,
]

/**
 * Whether a user's message says that what was done before is not what was wanted.
 *
 * @see SPEC.md rule PAD2
 */
export function contradicts(message: Pick<Message, 'role' | 'parts'>): boolean {
  const said = spokenStart(message)
  if (said.some((sentence) => DENIALS.some((cue) => cue.test(sentence)))) return true
  return suspectLoss(message)?.kind === 'said-again'
}

/** Whether an assistant's closing words say that the goal was not reached. */
export function givesUp(message: Pick<Message, 'parts'>): boolean {
  return spokenStart(message).some((sentence) => GIVEN_UP.some((cue) => cue.test(sentence)))
}

function spokenStart({ parts }: Pick<Message, 'parts'>): readonly string[] {
  const text = textOf({ parts: parts.filter(({ type }) => type === 'text') })
  return splitSentences(text.slice(0, MAX_READ_LENGTH)).slice(0, READ_SENTENCES)
}
