import type { ToolResultPart } from '../../session/message.ts'

/** Where a result says that it is an error: in its first words, or near one of its ends. */
const HEAD_LENGTH = 400

const BEGINS_AS_ERROR =
  /^[\s<[("'`*]{0,8}(?:[a-z_]{0,40}[_ ])?(?:error|exception|traceback|fatal|panic|failed|failure)\b/i
const BEGINS_AS_NAMED_ERROR = /^\s{0,8}[A-Z][A-Za-z]{0,60}(?:Error|Exception)\b/
const EXIT_CODE =
  /\bexit(?:ed)?(?: with)?(?: (?:status|code))*["']?\s{0,3}[:=]?\s{0,3}(?:[1-9]\d{0,4}|-\d{1,5})\b/i
const NOT_FOUND = /^[^\n]{0,200}(?:command not found|no such file or directory|permission denied)/i
const JSON_ERROR =
  /^\s{0,8}\{[^{}[\]]{0,200}"(?:is_?error"\s{0,3}:\s{0,3}true|(?:success|ok)"\s{0,3}:\s{0,3}false|error"\s{0,3}:\s{0,3}(?:["{[](?!["}\]])|true|[1-9]))/i

/**
 * Whether a result is an error: it is marked as one or, where the host's format has no such mark, says so in the
 * usual ways. Total; only the ends of a result are read.
 *
 * @see SPEC.md rule PAD2
 */
export function hasFailed({
  isError,
  output,
}: Pick<ToolResultPart, 'isError' | 'output'>): boolean {
  if (isError) return true
  const head = output.slice(0, HEAD_LENGTH)
  return (
    BEGINS_AS_ERROR.test(head) ||
    BEGINS_AS_NAMED_ERROR.test(head) ||
    NOT_FOUND.test(head) ||
    JSON_ERROR.test(head) ||
    EXIT_CODE.test(head) ||
    EXIT_CODE.test(output.slice(-HEAD_LENGTH))
  )
}
