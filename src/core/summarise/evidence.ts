import { findIdentifiers } from '../memory/identifiers.ts'
import { textOf, type Message, type Seq } from '../session/message.ts'
import { foldText } from './fold-text.ts'
import { addressesReader } from './injection-cues.ts'
import { languageOf, type Written } from './language-of.ts'

/** Longest text of one message that is read; of a longer one both ends. In UTF-16 code units. */
const MAX_LENGTH = 400_000
/** Share of the telling words of a line that its sources must have. */
const LEAST_SHARE = 0.45
/** The same for scripts without spaces, where half of the pairs of letters lie across words. */
const LEAST_SHARE_OF_PAIRS = 0.35
/** Letters by which words are compared, so that their endings do not matter. */
const STEM_LENGTH = 5
const LEAST_WORD_LENGTH = 4

/** Words by which lines say who did what: they need not stand in the sources. */
const FRAME_WORDS = new Set(
  (
    'user users assistant model tool asked asks wants wanted said says decided decision chose chosen agreed confirmed ' +
    'done found works working fails failed because instead that this with from were have been which there their they ' +
    'will would into about after before when what nutzer benutzer wollte fragte sagte entschied wurde wurden nach weil ' +
    'dass eine einen einer utilisateur demande voulait decide parce avec pour dans usuario pidio quiere decidio porque ' +
    'utente chiesto vuole deciso perche usuario pediu quer decidiu пользователь просит хочет решил сказал чтобы был ' +
    'than them then also only more most some such other over under between should could does being still while where ' +
    'whether these those each both noch auch wird werden sind oder aber nicht sich kann soll dieser diese sont mais plus ' +
    'cette leur etre pero como esta este sono come della anche mais para esta этот чтоб тоже если 用户 助手 表示 希望 想要 ' +
    '需要 询问 决定 接受 认为 已经'
  )
    .split(' ')
    .map((word) => word.slice(0, STEM_LENGTH)),
)

/**
 * Beginnings of words that do harm where they are invented: whatever else of a line its sources say, they must say
 * these.
 */
const GRAVE = new Set(
  (
    'delet erase remov wipe drop cance termi abort revok trans payme paid pays refun charg publi disab switc skip skipp bypas ' +
    'passw secre crede token admin root grant appro autho allow permi forbi ignor trust guara verif insec losch entfe storn ' +
    'uberw bezah zahlu geneh erlau verbo absch suppr effac annul rembo paiem autor inter borra elimi cance pagad permi ' +
    'prohi cance elimi rimos pagat vieta apaga remov удале удали отмен оплат перев разре запре 删除 取消 支付 转账 批准 允许 ' +
    '禁止 跳过 削除 送金 許可 承認 삭제 취소 결제 승인'
  ).split(' '),
)

/** What a message can show. */
export interface Evidence {
  readonly seq: Seq
  readonly role: Message['role']
  /** All text that a model reads. */
  readonly text: string
  /** What its author said in words; empty for what a tool returned. */
  readonly spoken: string
  /** Whether it speaks to whoever summarises it: then nothing rests on it. */
  readonly isTainted: boolean
}

/** What the message can show for a line. Linear. */
export function evidenceOf(message: Message): Evidence {
  const text = ends(textOf(message))
  const isSpoken = message.role === 'user' || message.role === 'assistant'
  const said = message.parts.filter((part) => part.type === 'text')
  return {
    seq: message.seq,
    role: message.role,
    text,
    spoken: isSpoken ? ends(textOf({ parts: said })) : '',
    isTainted: message.role === 'system' || addressesReader(text),
  }
}

/** A text against which lines are held. Made once, asked often. */
export interface Ground {
  /** Whether identifiers, numbers and quoted words of a line stand in it, and enough of its other words. */
  supports(line: string): boolean
  /** Whether it has an identifier, or telling words, of a line. */
  touches(line: string): boolean
  /** Whether it is about what a line is about: has as many of its telling words as a source must. */
  speaksOf(line: string): boolean
  readonly written: Written
}

/** The ground that texts make together. */
export function groundOf(texts: readonly string[]): Ground {
  const text = texts.join('\n')
  const folded = foldText(text)
  const words = new Set(stemsOf(folded))
  const numbers = new Set(numbersOf(folded))
  const flat = folded.replace(/\s+/g, ' ')
  const hasEnough = (own: readonly string[]): boolean => {
    if (own.some((word) => GRAVE.has(word) && !words.has(word))) return false
    const held = own.filter((word) => words.has(word)).length
    // Of two words one is not enough to say anything.
    if (own.length <= 2) return held === own.length && held > 0
    const share = UNSPACED.test(own.join('')) ? LEAST_SHARE_OF_PAIRS : LEAST_SHARE
    return held >= Math.max(1, Math.ceil(own.length * share))
  }
  return {
    written: languageOf(texts.map((one) => one.slice(0, 3_000)).join('\n')),
    supports(line) {
      const plain = foldText(line)
      if (!findIdentifiers(line, Infinity).every((identifier) => text.includes(identifier))) {
        return false
      }
      if (!numbersOf(plain).every((number) => numbers.has(number))) return false
      if (!quotedIn(plain).every((quote) => flat.includes(quote))) return false
      const own = tellingStems(plain)
      return own.length === 0 ? flat.includes(plain) : hasEnough(own)
    },
    speaksOf: (line) => hasEnough(tellingStems(foldText(line))),
    touches(line) {
      if (findIdentifiers(line).some((identifier) => text.includes(identifier))) return true
      const own = tellingStems(foldText(line))
      const held = own.filter((word) => words.has(word)).length
      return held >= Math.min(2, own.length) && held > 0
    },
  }
}

/** The telling words of a folded line, each once, by their beginnings. */
function tellingStems(folded: string): readonly string[] {
  return [...new Set(stemsOf(folded))].filter((word) => !FRAME_WORDS.has(word))
}

const WORDS = /[\p{L}\p{N}]+/gu
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Hangul}]/u

/** In Japanese the endings and particles, which say nothing by themselves. */
const HIRAGANA = /\p{Script=Hiragana}/u

/** Beginnings of longer words; of scripts without spaces, and of Hangul, pairs of letters. */
function* stemsOf(folded: string): Generator<string> {
  for (const [word] of folded.matchAll(WORDS)) {
    if (UNSPACED.test(word)) {
      const letters = Array.from(word.slice(0, 4_000))
      if (letters.length === 1) yield word
      for (let at = 0; at + 1 < letters.length; at++) {
        const pair = `${letters[at]}${letters[at + 1]}`
        if (!HIRAGANA.test(pair)) yield pair
      }
    } else if (word.length >= LEAST_WORD_LENGTH && !/^\p{N}+$/u.test(word)) {
      yield word.slice(0, STEM_LENGTH)
    }
  }
}

/** Numbers of a folded text, without separators of thousands: `1,200` is `1200`. */
function numbersOf(folded: string): readonly string[] {
  const plain = folded.replace(/(\d)[,.'’ \u202f](?=\d{3}(?!\d))/g, '$1')
  return plain.match(/\d+(?:[.,:]\d+)*/g) ?? []
}

/** What stands between quotation marks or backticks. */
function quotedIn(folded: string): readonly string[] {
  return [...folded.matchAll(/["“„«`「]([^"“”„«»`「」]{2,200})["”“»`」]/g)].map(([, quote = '']) =>
    quote
      .replace(/\s+/g, ' ')
      .replace(/[.,;:!?…]+$/, '')
      .trim(),
  )
}

function ends(text: string): string {
  if (text.length <= MAX_LENGTH) return text
  return `${text.slice(0, MAX_LENGTH / 2)}\n${text.slice(-MAX_LENGTH / 2)}`
}
