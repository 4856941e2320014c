import type { ChatLabels } from './chat-labels.ts'
import { failureWords } from './failure-words.ts'
import { GERMAN_FAILURES } from './german-failures.ts'
import { createNumberWords } from './number-words.ts'

const { count, bytes, time, fullTime, plural } = createNumberWords('de')

const SECTIONS: ChatLabels['sections'] = {
  goal: 'Ziel',
  rules: 'Regeln',
  corrections: 'Korrekturen',
  decisions: 'Entscheidungen',
  quotes: 'Zitate',
  facts: 'Fakten',
  artifacts: 'Artefakte',
  open: 'Offenes',
  state: 'Stand',
  hints: 'Hinweise zum Nachschlagen',
}

const ROLES: ChatLabels['roles'] = {
  user: 'Du',
  assistant: 'Assistent',
  system: 'System',
  tool: 'Werkzeug',
}

const SHARED = {
  problem: ({ message }: { readonly message: string }) => `Das ging schief: ${message}`,
  retry: 'Noch einmal versuchen',
  message: (seq: number) => `#${seq}`,
  openMessage: (seq: number) => `Zu Nachricht ${seq}`,
  sources: 'Quellen',
  showMore: (left: number) =>
    plural(left, { one: 'Mehr zeigen (noch # Zeichen)', other: 'Mehr zeigen (noch # Zeichen)' }),
  nothing: '(leer)',
  roles: ROLES,
}

export const GERMAN: ChatLabels = {
  locale: 'de',
  direction: 'ltr',
  conversation: 'Gespräch',
  loading: 'Das Gespräch wird geladen …',
  loadingOlder: 'Ältere Nachrichten werden geladen …',
  emptyTitle: 'Noch nichts gesagt',
  emptyText:
    'Schreib unten etwas, um zu beginnen. Lange Gespräche werden von selbst gefaltet, und nichts geht verloren.',
  toEnd: 'Zum Ende',
  newBelow: 'Neues weiter unten',

  roles: ROLES,
  messageBy: (who, at) => `${who}, ${at}`,
  pinned: 'Angeheftet',
  covered: 'Gefaltet: die Zusammenfassung steht dafür',
  leftBehind: 'Zurückgelassen',
  stopped: 'Hier angehalten',
  brokeOff: 'Hier abgebrochen',
  nothingSaid: '(leer)',

  actions: 'Aktionen',
  copy: 'Kopieren',
  copied: 'Kopiert',
  edit: 'Bearbeiten',
  regenerate: 'Neu antworten',
  retry: 'Noch einmal versuchen',
  goodAnswer: 'Gute Antwort',
  badAnswer: 'Schlechte Antwort',
  pin: 'Anheften',
  unpin: 'Loslösen',
  more: 'Mehr',
  dismiss: 'Verwerfen',
  cancel: 'Abbrechen',
  save: 'Speichern',
  remove: 'Entfernen',
  close: 'Schließen',

  reasoning: 'Überlegung',
  phases: {
    folding: 'Das Gespräch wird gefaltet …',
    waiting: 'Die Antwort wird erwartet …',
    answering: 'Die Antwort kommt …',
    recalling: 'Im Gespräch wird nachgeschlagen …',
  },
  toolStatus: { running: 'läuft', done: 'fertig', failed: 'gescheitert' },
  toolArguments: 'Argumente',
  toolResult: 'Ergebnis',
  noResult: 'Es gibt noch kein Ergebnis.',
  openTool: (name) => `Einzelheiten zu ${name}`,
  attachment: (name, size) => (size === '' ? name : `${name}, ${size}`),
  unnamedFile: 'Datei',
  queued: 'Wartet auf eine Verbindung',
  unqueue: 'Zurücknehmen',
  failed: 'Keine Antwort',
  failureWords: failureWords(GERMAN_FAILURES),
  said: 'Was der Server sagte',

  codeIn: (language) => `Code: ${language}`,
  plainCode: 'Code',
  copyCode: 'Code kopieren',
  showAll: (lines) =>
    plural(lines, { one: 'Alles zeigen (# Zeile)', other: 'Alles zeigen (# Zeilen)' }),
  showLess: 'Weniger zeigen',
  showRest: (characters) => plural(characters, { other: 'Den Rest zeigen (# Zeichen)' }),
  table: 'Tabelle',
  imageFrom: (host) => `Bild von ${host}, nicht geladen`,
  image: 'Bild',
  loadImage: 'Laden',
  imageFailed: 'Das Bild konnte nicht geladen werden.',
  task: (isDone) => (isDone ? 'Erledigt' : 'Zu tun'),

  folded: (messages) =>
    plural(messages, { one: '# Nachricht gefaltet', other: '# Nachrichten gefaltet' }),
  foldedTokens: (before, after) => `${count(before)} → ${count(after)} Token`,
  showFold: 'Zeigen',
  hideFold: 'Verbergen',
  digest: 'Zusammenfassung',
  showOriginals: 'Originale zeigen',
  hideOriginals: 'Originale verbergen',
  sections: SECTIONS,
  source: (seq) => `#${seq}`,
  openSource: (seq) => `Zu Nachricht ${seq}`,
  editLine: 'Zeile bearbeiten',
  removeLine: 'Zeile entfernen',
  lineText: 'Text der Zeile',
  rollBack: 'Zurückrollen',
  rollBackAsk: (messages) =>
    plural(messages, {
      one: '# Nachricht wieder Wort für Wort in den Kontext nehmen?',
      other: '# Nachrichten wieder Wort für Wort in den Kontext nehmen?',
    }),
  rolledBack: 'Zurückgerollt.',
  notRolledBack: (reason) => `Nicht zurückgerollt: ${reason}`,
  notSaved: 'Das wurde nicht gespeichert.',
  notRead: 'Das konnte nicht gelesen werden.',
  branchOf: (messages) =>
    plural(messages, {
      one: '# Nachricht hier zurückgelassen',
      other: '# Nachrichten hier zurückgelassen',
    }),
  show: 'Zeigen',
  hide: 'Verbergen',

  answerBegins: 'Die Antwort beginnt.',
  answerFinished: (text) => `Die Antwort ist fertig. ${text}`,
  answerStopped: 'Die Antwort wurde angehalten.',

  count,
  bytes,
  time,
  fullTime,
  error: (message) => message,

  panels: {
    context: 'Kontext',
    generations: 'Generationen',
    recall: 'Nachschlagen',
    gauge: {
      name: 'Kontext im Verhältnis zum Budget',
      categories: {
        pinned: 'Angeheftet',
        digest: 'Zusammenfassung',
        user: 'Du',
        assistant: 'Assistent',
        tools: 'Werkzeuge',
      },
      soft: 'weich',
      hard: 'hart',
      count,
      value: (tokens, budget) => `${tokens} von ${budget} Token`,
      levels: {
        calm: '',
        soft: 'über der weichen Schwelle',
        hard: 'über der harten Schwelle',
        over: 'über dem Budget: wird vor dem Senden gefaltet',
      },
    },
    inspector: {
      ...SHARED,
      name: 'Kontext',
      empty: 'Der Kontext ist leer.',
      digest: (generation, mark) =>
        `Zusammenfassung der Generation ${generation}, bis Nachricht ${mark}`,
      why: {
        pinned: 'angeheftet: in jedem Kontext',
        digest: 'steht für die gefalteten Nachrichten',
        message: 'neuer als die Faltung: Wort für Wort',
        stubbed: 'neuer als die Faltung: große Inhalte ausgelagert',
        recalled: 'nachgeschlagen: die neueste Nachricht bezieht sich darauf',
      },
      tokens: (tokens) => `${count(tokens)} Token`,
      sections: SECTIONS,
    },
    timeline: {
      ...SHARED,
      name: 'Generationen',
      empty: 'Noch keine Generation.',
      generation: (n) => `Generation ${n}`,
      head: 'gilt',
      statuses: {
        candidate: 'Kandidat',
        applied: 'angewendet',
        superseded: 'abgelöst',
        'rolled-back': 'zurückgerollt',
        rejected: 'verworfen',
      },
      tokens: (before, after) => `${count(before)} → ${count(after)} Token`,
      covered: (messages) =>
        plural(messages, { one: 'deckt # Nachricht', other: 'deckt # Nachrichten' }),
      time: fullTime,
      rollBack: 'Zurückrollen',
      rollBackTo: (n) => `Auf Generation ${n} zurückrollen`,
      unfold: 'Alles entfalten',
      rolledBack: (n) => (n === 0 ? 'Alles ist entfaltet.' : `Auf Generation ${n} zurückgerollt.`),
      refused: (reason) => `Nicht zurückgerollt: ${reason}`,
    },
    recallBox: {
      ...SHARED,
      name: 'Nach Wörtern oder Stellen suchen',
      placeholder: 'Wörter, „eine Wendung“, 12-40',
      submit: 'Suchen',
      found: (things) => plural(things, { other: '# gefunden' }),
      nothingFound: 'Nichts gefunden.',
      recalling: 'Es wird nachgeschlagen …',
    },
  },
}
