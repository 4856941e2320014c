import type { ChatLabels } from './chat-labels.ts'
import { ownWords } from './failure-words.ts'
import { createNumberWords } from './number-words.ts'
import { GAUGE_LABELS } from '../../blocks/context-gauge.tsx'
import { SECTION_NAMES } from '../../view/section-names.ts'

const { count, bytes, time, fullTime, plural } = createNumberWords('en')

export const ENGLISH: ChatLabels = {
  locale: 'en',
  direction: 'ltr',
  conversation: 'Conversation',
  loading: 'Loading the conversation…',
  loadingOlder: 'Loading older messages…',
  emptyTitle: 'Nothing said yet',
  emptyText:
    'Write something below to begin. Long conversations are folded by themselves, and nothing is lost.',
  toEnd: 'Go to the end',
  newBelow: 'New below',

  roles: { user: 'You', assistant: 'Assistant', system: 'System', tool: 'Tool' },
  messageBy: (who, at) => `${who}, ${at}`,
  pinned: 'Pinned',
  covered: 'Folded: the digest stands for it',
  leftBehind: 'Left behind',
  stopped: 'Stopped here',
  brokeOff: 'Broke off here',
  nothingSaid: '(empty)',

  actions: 'Actions',
  copy: 'Copy',
  copied: 'Copied',
  edit: 'Edit',
  regenerate: 'Answer anew',
  retry: 'Try again',
  goodAnswer: 'Good answer',
  badAnswer: 'Bad answer',
  pin: 'Pin',
  unpin: 'Unpin',
  more: 'More',
  dismiss: 'Dismiss',
  cancel: 'Cancel',
  save: 'Save',
  remove: 'Remove',
  close: 'Close',

  reasoning: 'Reasoning',
  phases: {
    folding: 'Folding the conversation…',
    waiting: 'Waiting for the answer…',
    answering: 'Answering…',
    recalling: 'Looking something up in the conversation…',
  },
  toolStatus: { running: 'running', done: 'done', failed: 'failed' },
  toolArguments: 'Arguments',
  toolResult: 'Result',
  noResult: 'There is no result yet.',
  openTool: (name) => `Details of ${name}`,
  attachment: (name, size) => (size === '' ? name : `${name}, ${size}`),
  unnamedFile: 'File',
  queued: 'Waits for a connection',
  unqueue: 'Take back',
  failed: 'No answer',
  failureWords: ownWords,
  said: 'What the server said',

  codeIn: (language) => `Code: ${language}`,
  plainCode: 'Code',
  copyCode: 'Copy code',
  showAll: (lines) => plural(lines, { one: 'Show all (# line)', other: 'Show all (# lines)' }),
  showLess: 'Show less',
  showRest: (characters) =>
    plural(characters, {
      one: 'Show the rest (# character)',
      other: 'Show the rest (# characters)',
    }),
  table: 'Table',
  imageFrom: (host) => `Image from ${host}, not loaded`,
  image: 'Image',
  loadImage: 'Load',
  imageFailed: 'The image could not be loaded.',
  task: (isDone) => (isDone ? 'Done' : 'To do'),

  folded: (messages) => plural(messages, { one: '# message folded', other: '# messages folded' }),
  foldedTokens: (before, after) => `${count(before)} → ${count(after)} tokens`,
  showFold: 'Show',
  hideFold: 'Hide',
  digest: 'Digest',
  showOriginals: 'Show originals',
  hideOriginals: 'Hide originals',
  sections: SECTION_NAMES,
  source: (seq) => `#${seq}`,
  openSource: (seq) => `Go to message ${seq}`,
  editLine: 'Edit line',
  removeLine: 'Remove line',
  lineText: 'Text of the line',
  rollBack: 'Roll back',
  rollBackAsk: (messages) =>
    plural(messages, {
      one: 'Put # message back into the context, word for word?',
      other: 'Put # messages back into the context, word for word?',
    }),
  rolledBack: 'Rolled back.',
  notRolledBack: (reason) => `Not rolled back: ${reason}`,
  notSaved: 'That was not saved.',
  notRead: 'This could not be read.',
  branchOf: (messages) =>
    plural(messages, {
      one: '# message left behind here',
      other: '# messages left behind here',
    }),
  show: 'Show',
  hide: 'Hide',

  answerBegins: 'The answer begins.',
  answerFinished: (text) => `The answer is finished. ${text}`,
  answerStopped: 'The answer was stopped.',

  count,
  bytes,
  time,
  fullTime,
  error: (message) => message,

  panels: {
    context: 'Context',
    generations: 'Generations',
    recall: 'Recall',
    gauge: GAUGE_LABELS,
    inspector: {},
    timeline: {},
    recallBox: {},
  },
}
