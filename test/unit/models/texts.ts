/** Ordinary texts of many scripts and kinds, written for these tests. */
export const plainTexts: Readonly<Record<string, string>> = {
  English: `Could you have a look at the failing test before we merge? I think the cache is filled
twice when two tabs open the same session, because the second one reads the row before the first has
written it. Nobody saw this on a fast machine, but on the old laptop it happens every other time. If
you agree, let's keep the lock until the row is written, and never hold it while a model is called.`,
  German: `Könntest du dir bitte den fehlgeschlagenen Test ansehen, bevor wir zusammenführen? Ich glaube,
der Zwischenspeicher wird doppelt gefüllt, wenn zwei Fenster dieselbe Sitzung öffnen. Auf einem schnellen
Rechner hat das niemand bemerkt, aber auf dem alten Gerät passiert es jedes zweite Mal. Die Sperre sollte
gehalten werden, bis die Zeile geschrieben ist; währenddessen darf kein Modell aufgerufen werden.`,
  French: `Peux-tu regarder le test qui échoue avant la fusion ? Je pense que le cache est rempli deux fois
quand deux onglets ouvrent la même session, parce que le second lit la ligne avant que le premier ne l'ait
écrite. Personne ne l'a remarqué sur une machine rapide, mais cela arrive souvent sur le vieux portable.`,
  Russian: `Посмотри, пожалуйста, на упавший тест, прежде чем мы сольём ветку. Мне кажется, кэш заполняется
дважды, когда две вкладки открывают одну и ту же сессию, потому что вторая читает строку раньше, чем первая
успевает её записать. На быстрой машине этого никто не замечал, но на старом ноутбуке это бывает часто.`,
  Chinese: `合并之前你能看一下失败的测试吗？我觉得两个标签页打开同一个会话时，缓存会被填充两次，因为第二个标签页在第一个写入之前
就读取了这一行。在速度快的机器上没有人发现这个问题，但是在旧笔记本上经常出现。我们应该一直持有锁，直到这一行写完为止。`,
  Japanese: `マージする前に、失敗しているテストを見てもらえますか。二つのタブが同じセッションを開くと、キャッシュが二回
作られてしまうようです。速いマシンでは誰も気づきませんでしたが、古いノートパソコンではよく起こります。行が書き込まれるまで
ロックを保持したほうがいいと思います。`,
  Korean: `병합하기 전에 실패한 테스트를 봐 주시겠어요? 두 개의 탭이 같은 세션을 열면 캐시가 두 번 채워지는 것 같습니다.
빠른 컴퓨터에서는 아무도 눈치채지 못했지만 오래된 노트북에서는 자주 발생합니다. 행이 기록될 때까지 잠금을 유지해야 합니다.`,
  TypeScript: `export function chooseCut(entries: readonly Entry[], overlapMessages: number): Cut | null {
  for (let at = entries.length - overlapMessages; at > 0; at--) {
    const open = openCalls(entries.slice(0, at))
    if (open.size === 0 && !entries[at - 1]?.pinned) return { mark: entries[at - 1]!.seq, reason: 'legal' }
  }
  return null // No legal cut is a normal outcome.
}`,
  JSON: `{"id":"call_93","type":"function","function":{"name":"read_file","arguments":"{\\"path\\":\\"src/app.ts\\",
\\"offset\\":120,\\"limit\\":80}"},"status":"completed","usage":{"input_tokens":5120,"output_tokens":214},"tags":["tool","read"]}`,
  log: `2026-03-14T09:26:53.589Z INFO  worker: job 17 started (mark=212, epoch=4)
2026-03-14T09:26:54.112Z WARN  store: commit took 412 ms, 63 messages in one transaction
2026-03-14T09:26:54.870Z ERROR http: GET http://127.0.0.1:4173/v1/models failed: ECONNREFUSED
  at connect (node:net:1555:16)
  at /srv/app/dist/client.js:88:11`,
  base64: `iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
QmFja2ZvbGQgZm9sZHMgbG9uZyBjaGF0cyBpbnRvIGEgc2hvcnQgY29udGV4dCwgaW4gdGhlIGJhY2tncm91bmQuIFplcm8gbG9zcy4=`,
}

/** Texts of about `length` code units that are slow or fatal for some tokenizer. Always the same. */
export function hostileTexts(length: number): Readonly<Record<string, string>> {
  const random = createRandom(7)
  const fill = (next: () => string): string => {
    const parts: string[] = []
    for (let size = 0; size < length;) {
      const part = next()
      parts.push(part)
      size += part.length
    }
    return parts.join('')
  }
  return {
    'one letter': 'a'.repeat(length),
    underscores: '_'.repeat(length),
    spaces: ' '.repeat(length),
    'line ends': '\n'.repeat(length),
    'tabs and spaces': ' \t'.repeat(length / 2),
    'random letters': fill(() => String.fromCharCode(97 + random(26))),
    'mixed case': fill(() => String.fromCharCode((random(2) === 0 ? 65 : 97) + random(26))),
    apostrophes: "'s".repeat(length / 2),
    'one Han character': '汉'.repeat(length),
    'an unbroken Han paragraph': fill(() => String.fromCharCode(0x4e00 + random(3000))),
    emoji: fill(() => String.fromCodePoint(0x1f600 + random(70))),
    'joined emoji': fill(() => '👩‍👩‍👧‍👦'),
    'combining marks': fill(() => String.fromCharCode(0x300 + random(100))),
    'random code units': fill(() => String.fromCharCode(random(0x10000))),
    'lone high surrogates': '\ud800'.repeat(length),
    'lone low surrogates': '\udc00'.repeat(length),
    zeros: '\u0000'.repeat(length),
    'control tokens': fill(() => '<|endoftext|>'),
    signs: fill(() => '!@#$%^&*-=_+'.charAt(random(12))),
  }
}

/** A small linear congruential generator: the texts need variety, not quality. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return Math.floor((state / 2_147_483_647) * below)
  }
}
