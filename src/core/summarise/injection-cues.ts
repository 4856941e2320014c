import { foldText } from './fold-text.ts'

/*
 * All patterns are matched against folded text: lower case, without accents, lookalikes and invisible characters.
 * They only ever keep a model's prose out; rules, requests and quotes are taken by code and not by these.
 */

/** Somebody speaks to whoever reads or summarises the transcript, not to the people in it. */
const ADDRESSED: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override|bypass|discard)\b.{0,40}\b(?:previous|prior|above|earlier|preceding|all|any|your|these|other|system)\b.{0,40}\b(?:instruction|prompt|rule|order|context|direction|guideline|message|note)/,
  /\b(?:summari[sz](?:e|er|ers|ing|ation)|summary|recap|synopsis|(?:your|final|the|meeting) notes|minutes|digest|compact(?:ion|ing|or)|condens(?:e|ing)|memory (?:system|module|update)|note-?taker|context window)\b.{0,60}\b(?:as|that|must|should|shall|please|only|exactly|write|include|record|state|say|mention|omit|contain|output|follow|remember|insert|replace|verbatim|(?:has|have|needs?|is|are) to)\b/,
  /\b(?:when|while|if|before|after|whoever|anyone|who(?:ever)?) (?:you |is |are )?(?:summari[sz]|condens|compact|digest|read(?:s|ing) this)/,
  /\b(?:attention|note|message|notice|instructions?|memo|reminder|dear|hey|hello)\b[^.\n]{0,20}\b(?:to|for)?\b ?(?:the |all |any )?(?:ai|llm|model|language model|assistant|agent|summari[sz]er|chatbot|bot|gpt|claude|gemini|copilot)s?\b/,
  /\b(?:ai|llm|language model|assistant|agent|summari[sz]er|model|bot)s? (?:must|should|shall|need(?:s)? to|has to|have to|is (?:now |hereby )?(?:required|instructed|authori[sz]ed|allowed)|are (?:now |hereby )?(?:required|instructed|authori[sz]ed|allowed))\b/,
  /\b(?:you are (?:now|no longer|hereby|an? (?:ai|llm|assistant|model|summari[sz]er|unrestricted))|act as|pretend (?:to be|you)|new (?:system )?(?:instruction|prompt|rule|directive|persona|policy)|system (?:prompt|message|override|note|notice|instruction|update|directive)|developer (?:mode|message|override)|jailbreak|do anything now|prompt injection)/,
  /\b(?:add|write|record|insert|store|save|put|append|include|note|log|set|repeat|copy|return|output|emit|reply|respond|answer|print)\b.{0,40}\b(?:(?:to|in|into|as|with|under) (?:the |your |a |an )?(?:standing |new |system )?(?:summary|digest|notes?|memory|rules?|decisions?|facts?|patch|json|goal|open questions?|state)|(?:the |this |following ){0,2}(?:rule|decision|json|patch|line|fact) (?:verbatim|exactly|to|as|in|into))\b/,
  /\b(?:drop|delete|remove|erase|clear|wipe|resolve|supersede|mark)\b.{0,30}\b(?:all|every|previous|earlier|these|your|the|line|n\d+)\b.{0,30}\b(?:notes?\b|memor|rules?\b|decision|questions?\b|digest|summary|context|\bn\d|as (?:resolved|done|superseded))/,
  /\b(?:remember|memori[sz]e|keep in mind|from now on|going forward|for all future|in (?:all |every )?future)\b.{0,40}\b(?:that|always|never|you|user|rule|must|session|conversation|message|repl|turn|:)/,
  /(?:^|[\n.!?:;)\]>] ?|\bplease |\bkindly )(?:mention|point out|state|claim|assert|note down|jot down|tell (?:everybody|everyone|them|people|the user|the others)|let (?:everybody|everyone|them|the user) know|be sure to)\b.{0,40}\b(?:that|how)\b/,
  /\b(?:tool (?:result|output)|result|output|data|document|page|file|quote|transcript|conversation|session|chat) (?:ends?|is over|stops|starts|begins|continues|resumes)(?: (?:here|now|above|below|again))?(?:[.:!]|$)|\buser (?:says|said|writes|wrote|asks|replies)\b.{0,4}[:"“]/,
  /(?:ignorier|vergiss|missacht|uberschreib|verwirf)\S{0,4}.{0,40}(?:anweisung|vorherig|bisherig|vorgabe|regel|prompt|obig)|(?:zusammenfass|protokoll|fasse? .{0,60}zusammen)\S{0,10}.{0,60}(?:als|dass|soll|muss|schreib|nur|exakt|wortlich|:)|(?:ki|assistent|modell|zusammenfasser)\S{0,3} (?:soll|muss|mussen|hat zu|darf)|du bist (?:jetzt|ab jetzt|nun)|(?:fur|an) (?:die |das |den |alle )?(?:ki|assistent|sprachmodell|zusammenfass)/,
  /(?:ignore[zrs]?|oublie[zrs]?|neglige[zrs]?).{0,40}(?:instruction|consigne|precedent|regle|ci-dessus)|resume[zrs]?.{0,60}(?:comme|que|ainsi|seulement|:)|(?:assistant|modele|ia|resumeur) (?:doit|devra|est autorise)|(?:tu es|vous etes) (?:maintenant|desormais)|(?:a l['’ ]attention|message|note|instructions?) (?:de l['’ ]|pour l['’ ]|a l['’ ]|du |au |aux )(?:ia|assistant|modele)/,
  /(?:ignor[ae]|olvid[ae]|descart[ae]|omit[ae]|esquec[ae]|desconsider[ae])[nrdm]?\b.{0,40}(?:instruccion|anterior|regla|previa|orden|istruzion|precedent|regole|instruc|regra)|(?:resum[eai]|riassum[ei]|sintetizz)\S{0,4}.{0,60}(?:como|que|asi|come|che|solo|:)|(?:asistente|modelo|assistente|modello|ia) (?:debe|tiene que|deve|dovra|devera)|(?:ahora eres|eres ahora|ora sei|sei ora|agora voce e|voce e agora|dimentica)|(?:nota|mensaje|messaggio|mensagem|instrucciones) (?:para|per) (?:la |el |l['’ ]|a |o )?(?:ia|asistente|assistente|modelo|modello)/,
  /(?:игнориру|забуд|не обращай внимания|отмени).{0,40}(?:инструкц|предыдущ|правил|указан|выше)|(?:суммиру|резюмиру|обобщ|кратк\S* изложен|сводк).{0,60}(?:как|что|только|долж|запиши|напиши|:)|(?:ассистент|модель|ии|помощник) (?:долж|обязан)|ты теперь|(?:для|внимание) (?:ии|ассистент|модел)/,
  /(?:忽略|无视|無視|忘记|忘掉|忘れ|跳过).{0,20}(?:指令|指示|规则|規則|提示|之前|以上|上述|前の|これまで|上記)|(?:指示|命令|ルール|規則|プロンプト|以前|上記).{0,16}(?:無視|忘れ|破棄)|(?:总结|總結|摘要|概括|要約|まとめ).{0,30}(?:为|成|时|時|说|写|请|必须|只|として|際|書|述べ|:|：)|(?:助手|模型|アシスタント|モデル|ai)(?:必须|应该|應該|は必ず|は次|は以下|请|請)|(?:你现在是|你現在是|从现在起|從現在起|今から|あなたは今|これからは)|(?:请|請)?(?:记录|記錄|写入|寫入|添加到|记住|記住).{0,20}(?:规则|規則|决定|決定|摘要|记忆|記憶|:|：)/,
  /(?:무시|잊어).{0,20}|(?:이전|위의|앞선).{0,12}(?:지시|명령|규칙).{0,12}(?:무시|잊)|요약.{0,30}(?:으로|라고|때|시|하라|하세요|:)|(?:تجاهل|انس).{0,40}(?:التعليمات|السابقة|القواعد|الاوامر)|(?:لخص|تلخيص).{0,60}(?:ان|بان|كما|فقط|:)|(?:अनदेखा|नज़रअंदाज|भूल जा).{0,40}|(?:निर्देश).{0,30}(?:अनदेखा|भूल)|(?:सारांश).{0,40}(?:लिख|कि|:)/,
  /(?:zignoruj|zapomnij|pomin).{0,40}(?:instrukcj|poprzedni|polece|zasad)|podsumow.{0,60}(?:jako|ze|tylko|:)|(?:onceki|yukaridaki|tum).{0,20}(?:talimat|kural).{0,20}(?:yok say|unut|goz ardi)|ozetle.{0,60}|(?:negeer|vergeet).{0,40}(?:instructie|vorige|bovenstaande|regel)|(?:vat .{0,40}samen|samenvatt).{0,60}(?:als|dat|alleen|:)/,
]

/** What only frames, templates and protocols write: nothing that a page, file or command prints by chance. */
const FRAMES: readonly RegExp[] = [
  /\[(?:end of|begin(?:ning)? of|start of|end|begin|start) (?:digest|quote|data|messages?|notes?|transcript|conversation|lines?|answer)|\[(?:digest of messages|quoted from earlier)|\[\/?(?:messages|notes|answer|lines) [a-z0-9]{6,}/,
  /<[|｜!](?!--)|[|｜]>|<\/?(?:system|user|assistant|developer|human|instructions?|important|tool_?calls?|tool_?response|function_?calls?|invoke|think(?:ing)?|bos|eos|start_of_turn|end_of_turn|inst|sys|admin|prompt|digest|memory)\b[^>]{0,200}>|\[\/?(?:inst|sys|system|assistant|user|tool_calls?|available_tools|tool_results?)\]|<<\/?sys>>/,
  /(?:^|[\n>|])[^\S\n]*(?:#{1,6} ?)?(?:system|assistant|developer|human|new instructions?|instructions?|system prompt|system message) ?:/,
  /["'“](?:add|supersede|resolve|drop|operations|tool_calls?)["'”]\s*:\s*[[{]|["']section["']\s*:\s*["'](?:decisions|rules|corrections|facts|state|open|goal)|["']role["']\s*:\s*["'](?:system|assistant|developer)/,
]

/** What is no prose: a line of a digest never holds it. */
const CONTROL: readonly RegExp[] = [
  ...FRAMES,
  /<[|｜!]|[|｜]>|<\/?(?:system|user|assistant|developer|human|instructions?|important|tool_?calls?|tool_?response|function_?calls?|invoke|parameter|think(?:ing)?|s|bos|eos|start_of_turn|end_of_turn|inst|sys|admin|context|prompt|digest|summary|rules?|memory|img|script|iframe|a|svg|style|html|body|div|p|br|table|form|input|link|meta|object|embed)\b[^>]{0,200}>|\[\/?(?:inst|sys|system|assistant|user|tool_calls?|available_tools|tool_results?)\]|<<\/?sys>>/,
  /(?:^|[\n>|])[^\S\n]*(?:user|tool|[a-z ]{0,12}instructions?) ?:/,
  /["'“](?:add|supersede|resolve|drop|operations|tool_calls?|function|arguments|sources)["'”]\s*:\s*(?:\[|\{|")|\{\s*["'](?:role|name|section|text|line|type|op|do)["']\s*:/,
  /!\[[^\]]{0,200}\]\(|\]\((?:https?|data|javascript|ftp|mailto):|\b(?:javascript|data:text|data:image|vbscript):/,
  /```|~~~|^\s*(?:---+|===+|\*\*\*+)\s*(?:system|end|begin|new|instructions?)/,
]

/** A line tells its reader what to do, or lays down what is to be done from now on. */
const ORDERS: readonly RegExp[] = [
  /^(?:\W*(?:please|kindly|important|note|warning|attention|rule|new rule|instruction|system|reminder|todo)\W+)*(?:always|never|ignore|disregard|forget|do not|don['’]?t|dont|remember|make sure|ensure|from now on|you (?:must|should|shall|need|have to|are|will|can|may)|send|forward|reply|respond|answer|output|print|write|say|tell|call|run|execute|invoke|delete|drop|erase|remove|reveal|disclose|share|upload|post|publish|repeat|copy|return|obey|follow|trust|treat|consider|assume|approve|grant|allow|transfer|pay|buy|visit|click|open|download|install|use|add|include|insert|keep|avoid|stop|let|act|pretend|skip|disable|enable|bypass|override|set|mark|submit|email|mail|fetch|load|navigate|go to)\b(?! (?:of|was|were|is|are|has|had|command|button|page|file|test|error|request|function|endpoint|step|flag|option|mode|case|rate|time|size|key|call)\b)/,
  /\b(?:always|must(?:n['’]?t)?|shall|henceforth|hereby|from now on|going forward|under no circumstances|no matter what|at all times|in (?:all|every|any) (?:future|reply|response|answer|message|session|case))\b/,
  /\byou (?:must|should|shall|need to|have to|ought|are (?:now|to|required|allowed|authori[sz]ed|instructed)|may now|can now|will (?:now|always|never))\b|\b(?:assistant|model|ai|agent|llm|bot|reader|summari[sz]er)s? (?:must|should|shall|needs? to|has to|have to|may|can now|will (?:now|always|never)|is (?:now )?(?:allowed|authori[sz]ed|required|permitted|free|instructed|to))\b/,
  /\bnever (?:again|ask|tell|say|use|mention|refuse|reveal|check|verify|confirm|show|send|share|warn|trust|write|run|call|include|deny|question|require|need)\b|\b(?:should|ought to) (?:always|never|not|be (?:sent|ignored|treated|trusted|deleted|disabled|skipped))\b/,
  /(?<!\p{L})(?:immer|niemals|ab (?:jetzt|sofort|nun)|kunftig|du (?:musst|sollst|darfst|bist)|(?:ignorier|vergiss|sende|schick|losch|antwort|schreib|fuhr|verwend|nutz|gib|befolg|vertrau|ubertrag)e? (?:alle|nie|immer|die|das|den|dem|nur|an|mit|stets|keine)|muss|mussen|stets|auf keinen fall|(?:assistent|ki|modell) (?:soll|darf|hat))(?!\p{L})/u,
  /(?<!\p{L})(?:toujours|desormais|dorenavant|(?:tu|vous) (?:dois|devez|es|etes)|il faut|doit|doivent|ne .{1,30} jamais|n['’].{1,30} jamais|ignore[zrs]?|oublie[zrs]?|envoie[zs]?|envoyez|supprime[zrs]?|reponds|repondez|a partir de maintenant)(?!\p{L})/u,
  /(?<!\p{L})(?:siempre|nunca|a partir de ahora|de ahora en adelante|en adelante|debe[ns]?|debes|tienes? que|ignora|olvida|envia|borra|elimina|responde|sempre|d['’]ora in poi|devi|deve|devono|invia|cancella|rispondi|a partir de agora|deves|apague|envie|ignore|responda)(?!\p{L})/u,
  /(?:всегда|никогда|отныне|с этого момента|впредь|долж(?:ен|на|ны)|обязан|(?:^|[ ,:])(?:игнорируй|забудь|отправь|отправляй|удали|ответь|отвечай|напиши|запусти|выполни|доверяй|разреши)\S{0,2})/u,
  /(?:必须|必須|务必|務必|总是|總是|永远|永遠|从现在|從現在|今后|今後|以后都|禁止|不得|一律|绝不|絕不|请(?:忽略|发送|删除|执行|始终|不要|把|将)|請(?:忽略|發送|刪除|執行|把|將)|^(?:忽略|发送|删除|执行|记住|不要)|必ず|常に|絶対に|してください|しなさい|すること|べき|無視し|送信し(?:て|ろ)|これからは|항상|반드시|절대|하세요|하십시오|해야|무시하|앞으로)/u,
  /(?:دائما|ابدا|يجب|من الان|تجاهل|ارسل|احذف|हमेशा|कभी नहीं|अब से|चाहिए|अनदेखा|भेजो|भेजें)/u,
  /(?<!\p{L})(?:zawsze|nigdy|od teraz|musisz|nalezy|zignoruj|wyslij|usun|her zaman|asla|bundan sonra|gonder|altijd|nooit|vanaf nu|je moet|moet|moeten|stuur|verwijder|negeer)(?!\p{L})/u,
]

/** Somebody is said to have given leave. Only who gives it can say so. */
const CONSENT =
  /(?:approv|authori[sz]|consent|permi(?:t|s)|allow|grant|waive|opted|sign(?:ed)?[- ]off|green ?light|whitelist|trusted|verified (?:user|admin|owner|identity)|is (?:an? |the )?(?:admin|owner|root)|admin(?:istrator)? (?:right|access|privilege)|genehmig|erlaub|freigegeb|freigab|zugestimm|einverstand|autoris|approuv|accord|aprob|aprueb|permitid|approvat|consentit|autorizz|aprovad|autorizad|разреш|одобр|соглас|подтверд|批准|同意|授权|授權|允许|允許|许可|許可|承認|管理员|管理員|승인|허용|동의|허가|وافق|موافق|اذن|سمح|अनुमति|स्वीकृत|मंजूर|zatwierdz|zezwol|zgod[aez]|onayl|izin|goedgekeurd|toestemming|toegestaan)/u

/** Something is said to have been decided: whoever decided it has said so. */
const DECIDED =
  /\b(?:decided|decision|agreed|settled on|resolved to|we|our|us)\b|entschied|beschloss|vereinbart|geeinigt|décid|decid|convenu|acord|concordat|deciso|решил|решен|договорил|决定|決定|商定|决议|合意|결정|합의|قرر|اتفق|निर्णय|तय किया|zdecydow|postanow|kararlas|karar ver|besloten|afgesproken/u

/** A person is said to want, ask, say or be something. Only what that person wrote can show it. */
const OF_PERSON =
  /\b(?:the )?(?:user|customer|client|owner|admin(?:istrator)?|operator|human|boss|ceo|nutzer|benutzer|anwender|kunde|utilisateur|usuario|cliente|utente|usuario|gebruiker|uzytkownik|kullanici)s?\b|пользовател|клиент|владел|администратор|用户|用戶|客户|客戶|ユーザー|顧客|사용자|고객|المستخدم|العميل|उपयोगकर्ता|ग्राहक/u

/** Most of a text that is searched for cues, from both ends, in UTF-16 code units. */
const MAX_LENGTH = 40_000

/** Whether a text speaks to whoever summarises it, imitates the frames of prompts and answers, or hides letters. */
export function addressesReader(text: string): boolean {
  const read = ends(text)
  if (HIDDEN.test(read)) return true
  const folded = foldText(read)
  return ADDRESSED.some((cue) => cue.test(folded)) || FRAMES.some((cue) => cue.test(folded))
}

/** Whether a line gives orders to its reader, or lays down rules. */
export function isOrder(line: string): boolean {
  const folded = foldText(line)
  return ORDERS.some((cue) => cue.test(folded)) || ADDRESSED.some((cue) => cue.test(folded))
}

/** Whether a line holds what belongs to prompts, templates, protocols or markup. */
export function hasControlText(line: string): boolean {
  const folded = foldText(line)
  return CONTROL.some((cue) => cue.test(folded))
}

/** Whether a line says that somebody gave leave, or has a standing. */
export function speaksOfConsent(line: string): boolean {
  return CONSENT.test(foldText(line))
}

/** Whether a line says something of a person. */
export function speaksOfPerson(line: string): boolean {
  return OF_PERSON.test(foldText(line))
}

/** Whether a line says that something was decided. */
export function speaksOfDecision(line: string): boolean {
  return DECIDED.test(foldText(line))
}

/** Characters that no font shows, in numbers in which no script or emoji needs them. */
const HIDDEN =
  /(?:[\u{e0000}-\u{e007f}][^\u{e0000}-\u{e007f}]{0,8}){10}|(?:[\u200b\u2060\u00ad][^\u200b\u2060\u00ad]{0,3}){8}|[\u202a-\u202e\u2066-\u2069]{3}|\u202e/u

function ends(text: string): string {
  if (text.length <= MAX_LENGTH) return text
  return `${text.slice(0, MAX_LENGTH / 2)}\n${text.slice(-MAX_LENGTH / 2)}`
}
