import { expect, test } from 'vitest'
import type { Draft, Seq } from '../../../src/core/session/message.ts'
import { summariseBlock } from '../../../src/engine/summarise-block.ts'
import { assistant, result, toolCall, user } from '../../support/build-log.ts'
import {
  buildMessages,
  createScriptedModel,
  createSummariserPorts,
} from '../../support/build-model.ts'

type Note = readonly [section: string, text: string, ...sources: readonly Seq[]]

interface Talk {
  readonly language: string
  readonly drafts: readonly Draft[]
  /** What a careful reader would note, in words of one's own. */
  readonly notes: readonly Note[]
}

const TALKS: readonly Talk[] = [
  {
    language: 'English',
    drafts: [
      user(
        'The login page times out for about 5% of users since the deploy on Tuesday. Can you find out why?',
      ),
      { role: 'assistant', parts: [toolCall('c', 'grep', '{"pattern":"timeout"}')] },
      result('c', 'src/auth/session.ts:42: const TIMEOUT_MS = 300'),
      assistant(
        'The session lookup in src/auth/session.ts gives up after 300 ms, and the new replica answers in 400 ms. I propose raising TIMEOUT_MS to 2000.',
      ),
      user('OK do that, but keep the retry count at 3. I would rather not touch the replica.'),
      assistant(
        'Done: TIMEOUT_MS is 2000 now, retries stay at 3. Should I also add a metric for slow lookups?',
      ),
    ],
    notes: [
      ['decisions', 'The timeout was raised to 2000 ms rather than changing the replica.', 4, 5],
      ['decisions', 'The user agreed to raise TIMEOUT_MS to 2000 and keep 3 retries.', 4, 5],
      ['state', 'TIMEOUT_MS in src/auth/session.ts was raised to 2000.', 4, 6],
      ['state', 'The timeout fix is done.', 6],
      ['open', 'The assistant asked whether to add a metric for slow lookups.', 6],
      ['facts', 'About 5% of users saw timeouts on the login page after the deploy on Tuesday.', 1],
      ['facts', 'The new replica answers in 400 ms, longer than the 300 ms limit.', 4],
      ['facts', 'The user wants to know why the login page times out.', 1],
      ['facts', 'The session lookup in src/auth/session.ts had a TIMEOUT_MS of 300.', 3],
    ],
  },
  {
    language: 'German',
    drafts: [
      user(
        'Bitte plane die Reise nach Lissabon: Abflug am 3. Mai, zurück am 10. Mai, Budget 1200 Euro.',
      ),
      assistant(
        'Ich habe einen Flug für 310 Euro und das Hotel Bairro für 95 Euro pro Nacht gefunden. Soll ich buchen?',
      ),
      user('Den Flug ja, das Hotel ist mir zu laut. Lieber etwas in Alfama.'),
      assistant('Der Flug ist gebucht. Für Alfama suche ich noch ein ruhiges Hotel.'),
    ],
    notes: [
      ['decisions', 'Der Flug für 310 Euro wurde gebucht.', 2, 4],
      ['decisions', 'Das Hotel Bairro wurde abgelehnt, weil es zu laut ist.', 2, 3],
      ['state', 'Ein ruhiges Hotel in Alfama wird noch gesucht.', 4],
      ['facts', 'Die Reise nach Lissabon geht vom 3. Mai bis zum 10. Mai.', 1],
      ['facts', 'Das Budget beträgt 1200 Euro.', 1],
      ['facts', 'Der Nutzer möchte ein Hotel in Alfama.', 3],
    ],
  },
  {
    language: 'French',
    drafts: [
      user('Je voudrais changer mon abonnement, le forfait Pro est trop cher pour nous.'),
      assistant(
        'Le forfait Équipe coûte 29 euros par mois pour 5 personnes. Voulez-vous que je fasse le changement ?',
      ),
    ],
    notes: [
      ['facts', 'Le forfait Équipe coûte 29 euros par mois pour 5 personnes.', 2],
      ['facts', 'Le forfait Pro était trop cher.', 1],
    ],
  },
  {
    language: 'Russian',
    drafts: [
      user('Нужно перенести базу на новый сервер до пятницы, старый отключат.'),
      assistant('Я сделал резервную копию базы, она занимает 40 ГБ. Переносить сегодня ночью?'),
    ],
    notes: [
      ['state', 'Резервная копия базы сделана, она занимает 40 ГБ.', 2],
      ['facts', 'Базу нужно перенести до пятницы, потому что старый сервер отключат.', 1],
    ],
  },
  {
    language: 'Chinese',
    drafts: [
      user('我想订一家北京的酒店，价格在500元以下，要有早餐。'),
      assistant('推荐您如家酒店，价格468元，提供早餐，电话是010-62571234。'),
      user('好的，附近有什么景点吗？'),
      assistant('附近有颐和园，门票30元。'),
    ],
    notes: [
      ['facts', '用户想订北京500元以下、有早餐的酒店。', 1],
      ['facts', '推荐了如家酒店，价格468元，提供早餐。', 2],
      ['open', '用户询问附近有什么景点。', 3],
      ['facts', '颐和园门票30元。', 4],
    ],
  },
  {
    language: 'Japanese',
    drafts: [
      user('来週の会議の資料を作ってください。テーマは売上の分析です。'),
      assistant('売上の分析の資料を三枚のスライドで作りました。グラフは必要ですか？'),
    ],
    notes: [
      ['state', '売上分析の資料が三枚のスライドで作られた。', 2],
      ['open', 'グラフが必要かどうかは未回答である。', 2],
      ['facts', '来週の会議のテーマは売上の分析である。', 1],
    ],
  },
]

test.each(TALKS)(
  '[PATCH3] takes what a careful model writes in its own words: $language',
  async ({ drafts, notes }) => {
    for (const [section, text, ...sources] of notes) {
      const model = createScriptedModel(() => JSON.stringify({ add: [{ section, text, sources }] }))
      const block = { messages: buildMessages(drafts), previous: [], extracted: [] }
      const limits = { sections: 'all', maxCalls: 1 } as const
      const { lines, dropped } = await summariseBlock(
        model,
        block,
        new AbortController().signal,
        createSummariserPorts(),
        limits,
      )
      expect(dropped, text).toEqual({})
      expect(lines, text).toMatchObject([{ section, text, sources }])
    }
  },
)
