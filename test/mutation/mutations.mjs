/**
 * One-line ways to break the core. Each names the file, a piece of it that occurs exactly once, what it
 * becomes, and the test files that should notice first.
 */

const compaction = (file) => `src/core/compaction/${file}.ts`
const session = (file) => `src/core/session/${file}.ts`
const unit = (file) => `test/unit/core/${file}.test.ts`

/**
 * @typedef {object} Mutation
 * @property {string} file
 * @property {string} find
 * @property {string} replace
 * @property {string} breaks What the line was there for.
 * @property {readonly string[]} first Tests to run before all others.
 */

/** @returns {(breaks: string, find: string, replace: string) => Mutation} */
const inFile =
  (file, ...first) =>
  (breaks, find, replace) => ({ file, find, replace, breaks, first })

const staleness = inFile(compaction('staleness'), unit('compaction/staleness'))
const apply = inFile(compaction('apply'), unit('compaction/apply'))
const steps = inFile(compaction('job-steps'), unit('compaction/job-steps'))
const slot = inFile(compaction('slot'), unit('compaction/slot'))
const cut = inFile(compaction('cut'), unit('compaction/cut'))
const check = inFile(compaction('check'), unit('compaction/check'))
const pressure = inFile(compaction('pressure'), unit('compaction/pressure'))
const extractor = inFile(compaction('extractor'), unit('compaction/extractor'))
const accept = inFile(compaction('accept-lines'), unit('compaction/accept-lines'))
const health = inFile(compaction('extractor-health'), unit('compaction/extractor-health'))
const spend = inFile(compaction('spend'), unit('compaction/spend'))
const probation = inFile(compaction('probation'), unit('compaction/probation'))
const weigh = inFile(compaction('weigh-suspicion'), unit('compaction/probation'))
const append = inFile(session('append'), unit('session/append'))
const rollback = inFile(session('rollback'), 'test/unit/engine/steering.test.ts')
const branch = inFile(session('branch'), unit('session/branch'))
const pin = inFile(session('pin'), unit('session/pin'))
const assemble = inFile(session('assemble'), unit('session/assemble'))
const squeeze = inFile(session('squeeze'), unit('session/squeeze'))
const limit = inFile(session('squeeze-limit'), unit('session/squeeze-limit'))
const policy = inFile(session('policy'), unit('session/policy'))
const reconcile = inFile(session('reconcile'), unit('session/reconcile'))
const likeness = inFile(session('same-conversation'), unit('session/reconcile'))
const compose = inFile(session('compose-request'), unit('session/compose-request'))
const matching = inFile(session('match-key'), unit('session/match-key'))
const placing = inFile(
  'src/engine/place-request.ts',
  'test/unit/engine/host-requests.test.ts',
  'test/unit/engine/host-conversations.test.ts',
)

/** @type {readonly Mutation[]} */
export const MUTATIONS = [
  staleness('a candidate of an older epoch', 'job.epoch < session.epoch', 'false'),
  staleness(
    'a candidate of the same epoch is not older',
    'job.epoch < session.epoch',
    'job.epoch <= session.epoch',
  ),
  staleness('another head', 'job.base !== session.head ||', 'false ||'),
  staleness('the same head once more', '|| job.baseVersion !== session.headVersion', '|| false'),
  staleness(
    'which of the two moved',
    'job.branch === session.branch',
    'job.branch !== session.branch',
  ),
  staleness('a mark that left the active path', '!atMark?.active ||', 'false ||'),
  staleness('another coverage', '|| atMark.chain !== candidate.coverage', '|| false'),
  staleness('a pin in the covered part', 'seq > session.mark && seq <= candidate.mark', 'false'),
  staleness('the upper bound of the covered part', 'seq <= candidate.mark', 'seq < candidate.mark'),
  staleness(
    'the lower bound of the covered part',
    'seq > session.mark &&',
    'seq >= session.mark &&',
  ),
  staleness(
    'a pin on what would be stubbed',
    'candidate.stubs.some((stub) => stub.seq === seq)',
    'false',
  ),
  staleness('pins that the job knew of', '!job.pins.includes(seq)', 'true'),
  staleness('age', 'now - candidate.createdAt >', 'now - candidate.createdAt <'),
  staleness('growth of the tail', '>= soft', '< soft'),
  apply(
    'the head version',
    'headVersion: session.headVersion + 1',
    'headVersion: session.headVersion',
  ),
  apply('the mark of the new head', 'mark: generation.mark,', 'mark: session.mark,'),
  apply('the freed slot', 'openJob: 0,\n    holdUntil', 'openJob: session.openJob,\n    holdUntil'),
  apply(
    'the counters of the new context',
    'context: context.categories',
    'context: session.tokens.context',
  ),
  apply(
    'the snapshot',
    "{ table: 'snapshots', row: snapshotBefore(read, session, generation.n) },",
    '',
  ),
  apply('what the snapshot holds', 'hash: contextHash(read.head,', 'hash: contextHash(undefined,'),
  apply(
    'a refused candidate frees the slot',
    'const isHeld = session.candidate !== 0 ||',
    'const isHeld = false && session.candidate !== 0 ||',
  ),
  apply('a running job is left alone by a refusal', "openJob?.state === 'running'", 'false'),
  apply(
    'probation begins',
    'startProbation(generation.n, session.turns, session.policy.probation)',
    'null',
  ),
  steps(
    'a new epoch for each holder',
    'const epoch = session.epoch + 1',
    'const epoch = session.epoch',
  ),
  steps('the fence', 'job.epoch < session.epoch', 'false'),
  steps(
    'the fence for jobs that lost their slot',
    'if (openJob?.n !== job.n) return',
    'if (false) return',
  ),
  steps('a job resumes on its own head only', 'job.base !== session.head ||', 'false ||'),
  steps('a job resumes on its own branch only', 'job.branch !== session.branch', 'false'),
  steps('the bound on attempts', 'job.attempt >= session.policy.attempts', 'false'),
  steps('the finished block counts', 'done: job.done + 1', 'done: job.done'),
  steps(
    'a failed check rejects',
    "status: failed ? 'rejected' : 'candidate'",
    "status: 'candidate'",
  ),
  steps('a rejected candidate is none', 'candidate: failed ? 0 : n', 'candidate: n'),
  steps(
    'the hard threshold takes an old job only to finish it at once',
    "request.trigger !== 'hard' || request.takesOver === true",
    'true',
  ),
  steps('messages above the mark are in no block', 'if (seq > mark) break', ''),
  steps('the size of a block', 'tokens + own <= blockTokens', 'true'),
  steps(
    'what a dead job spent',
    "if (job?.state !== 'running') return session.spend",
    'return session.spend',
  ),
  slot(
    'one job at a time',
    "if (slot.status === 'running') return keep({ ...slot, lookAgain: true })",
    '',
  ),
  slot('the flag', 'lookAgain: true', 'lookAgain: false'),
  slot('patience after a fruitless job', 'tokens < slot.retryAbove', 'false'),
  slot('the breaker', 'failures >= MAX_CONSECUTIVE_FAILURES', 'false'),
  slot(
    'the bound of the breaker',
    'failures >= MAX_CONSECUTIVE_FAILURES',
    'failures > MAX_CONSECUTIVE_FAILURES',
  ),
  slot('a candidate holds the slot', "slot.status !== 'idle' || tokens", 'tokens'),
  cut('no split exchange', 'open[gap] !== 0', 'false'),
  cut('the messages of the tail', 'messages.length - index < bounds.retainMessages ||', 'false ||'),
  cut(
    'the bound on the messages of the tail',
    'messages.length - index < bounds',
    'messages.length - index <= bounds',
  ),
  cut('the tokens of the tail', '|| tokens < bounds.retainTokens', '|| false'),
  cut('where a person wants the cut', 'message.seq > upTo', 'message.seq >= upTo'),
  cut('calls that are given up', 'from >= patient', 'true'),
  cut('enough to gain', 'covered < (bounds.leastTokens ?? 0)', 'false'),
  check(
    'every block read its own range',
    'expected === undefined || messages === expected',
    'true',
  ),
  check('every message read', 'read === expected &&', ''),
  check('the content that was read', 'blocks.at(-1)?.chain === chainAtMark', 'true'),
  check('the task', 'return taskExpected', 'return false'),
  check('the minimum gain', 'gain >= minimumGain', 'true'),
  check('sources', 'line.sources.length > 0 &&', ''),
  check('sources above the mark', 'seq >= 1 && seq <= mark', 'seq >= 1'),
  pressure(
    'the hard threshold',
    'tokens >= budget.tokens * budget.hard',
    'tokens > budget.tokens * budget.hard',
  ),
  pressure(
    'the soft threshold',
    'tokens >= softThreshold(budget, headroom)',
    'tokens > softThreshold(budget, headroom)',
  ),
  pressure('the headroom', '(HEADROOM_FACTOR * headroom) / tokens', '0'),
  pressure('the least soft threshold', 'Math.max(least, early)', 'early'),
  extractor('needed extractors', "end.kind === 'left-out' && end.info.isNeeded", 'false'),
  extractor('the fixed order', 'a.priority - b.priority ||', ''),
  extractor('the fewest messages read', 'Math.min(...needed', 'Math.max(...needed'),
  extractor('extractors that read different logs', 'chains.size === 1', 'true'),
  accept('sections owned by code', '!section || !text.trim()', '!text.trim()'),
  accept('sources outside the block', 'seqs.length !== given.length', 'false'),
  accept('what no source says', 'isSupported(line, stood) ? line : undefined', 'line'),
  accept('an answer without use is a failure', 'lines.length === 0 && answer.length > 0', 'false'),
  health(
    'the bound on failures',
    'health.failures < MAX_EXTRACTOR_FAILURES',
    'health.failures <= MAX_EXTRACTOR_FAILURES',
  ),
  health('the end of the pause', 'now - health.at < EXTRACTOR_PAUSE_MS', 'true'),
  spend('the calls', 'calls + 1 <= limit.calls', 'true'),
  spend('the bound on calls', 'calls + 1 <= limit.calls', 'calls <= limit.calls'),
  spend('the tokens', '&& spent + tokens <= limit.tokens', ''),
  probation('its end', '|| turns > probation.until', ''),
  probation('the generation it is about', 'probation.generation !== head ||', ''),
  probation('enough evidence', 'weight >= policy.evidence', 'weight > policy.evidence'),
  probation('usual recalls', 'recalls <= USUAL_RECALLS', 'recalls < USUAL_RECALLS'),
  weigh('what the context holds is not lost', 'missing.length === 0', 'false'),
  weigh(
    'rules that the context holds are not lost',
    'held.some((line) => likeness(line, quote) >= SAME_RULE)',
    'false',
  ),
  append('positions', 'nextSeq += 1', 'nextSeq += 2'),
  append('the chain', 'chain = extendChain(chain, draft.hash)', 'chain = draft.hash'),
  append('the running sum', 'through += draft.tokens', 'through += 0'),
  append(
    'the host’s own instructions are pinned',
    'if (beginsSession(draft, nextSeq, pins))',
    'if (false)',
  ),
  rollback('generations that were never applied', 'target.appliedAt === undefined', 'false'),
  rollback('coverage of what is restored', '|| atMark.chain !== target.coverage', ''),
  rollback('what left the active path', '!atMark?.active ||', ''),
  rollback(
    'the head version',
    'headVersion: session.headVersion + 1',
    'headVersion: session.headVersion',
  ),
  rollback('the end of the open job', 'openJob: 0,', 'openJob: session.openJob,'),
  rollback('a rollback by itself must fit', 'mustFit && tokens >=', 'mustFit && tokens <'),
  branch(
    'the messages left behind',
    'message.active && message.seq > after',
    'message.active && message.seq >= after',
  ),
  branch('the newest generation below', 'mark <= after &&', ''),
  pin('the bound on pins', 'after.size > MAX_PINS', 'false'),
  pin(
    'the whole exchange',
    '.some((id) => ids.has(id))) grow(message)',
    '.some((id) => ids.has(id))) continue',
  ),
  pin('the counters', 'pins.has(message.seq) ? 1 : -1', '1'),
  limit('the rounding of calibrated counts', '(over + 1) / factor', 'over / factor'),
  assemble(
    'the order of a context',
    'if (head) entries.push(digestEntry(head))',
    'if (head) entries.unshift(digestEntry(head))',
  ),
  assemble(
    'what the hash stands for',
    "[head?.coverage ?? '', digest, stubs, pins, chainThrough]",
    "[head?.coverage ?? '', digest, stubs, pins]",
  ),
  squeeze(
    'the newest request goes last',
    'if (index !== request) squeezeAt(index, step)',
    'squeezeAt(index, step)',
  ),
  squeeze('a stub is shorter', 'if (tokens >= tokensBefore) return []', ''),
  policy('bounds', 'value >= least && value <= most', 'true'),
  policy('unknown options', '!Object.hasOwn(DEFAULT_POLICY, option)', 'false'),
  reconcile(
    'a history of which nothing is known',
    "if (shared === 0 && known.length > 0) return { kind: 'foreign' }",
    '',
  ),
  reconcile('a window that reaches the end of the history', 'end === known.length ||', ''),
  reconcile('one message alike is no window', 'end - start > 1', 'true'),
  reconcile('a removed message of a history is no window', 'shared <= MAX_KEPT_HEAD', 'true'),
  reconcile(
    'the newest of equal runs of a history',
    'end - start > best.end',
    'end - start >= best.end',
  ),
  likeness('a greeting that two histories share', "found.kind === 'diverges' &&", 'false &&'),
  compose('a digest of what a history took back', 'mark > upTo ||', ''),
  compose('a digest of what a history asks now', '(newest?.seq ?? Infinity) <= mark', 'false'),
  compose('what the log holds above a history', 'seq > upTo || role', 'role'),
  compose(
    'the host’s own system messages in a history',
    "|| role === 'system') continue",
    ') continue',
  ),
  compose('what is asked now in a history is in full', 'message && message === newest', 'false'),
  matching(
    'reasoning in a history',
    "case 'reasoning':\n      return []",
    "case 'reasoning':\n      return ['text', part.text]",
  ),
  matching(
    'the order of arguments in a history',
    'JSON.stringify(sorted(JSON.parse(text), 0))',
    'text',
  ),
  placing(
    'a question of a history that is covered',
    "relation.kind === 'shorter' && open.cell.row().mark >= relation.upTo",
    'false',
  ),
  placing('a branch where a history diverges', "|| relation.kind === 'diverges'", ''),
  placing(
    'a doubtful request of a history',
    'mayBeAuxiliary(newestWords(read.drafts), read.manner, usual)',
    'false',
  ),
  placing('a history that begins anew', 'isUnheard ||', ''),
  placing(
    'turns that are asked otherwise',
    'goesOn && isNew ? undefined : memory.usual',
    'memory.usual',
  ),
  placing('a message that may go on', 'said.slice(0, -1) : said', 'said : said'),
  placing('answers in words of an app', "other?.draft.role === 'assistant'", 'false'),
  likeness('a question that got no answer', '&& log.endsWithAnswer', ''),
  likeness('a greeting of the app', "found.kind === 'shorter' && !log.sharesAnswer", 'false'),
  likeness(
    'examples that conversations share',
    'Math.max(COMMON_BEGINNING, left)',
    'COMMON_BEGINNING',
  ),
]
