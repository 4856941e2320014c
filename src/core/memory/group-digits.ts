/**
 * A count with its digits in groups, as in 12,345. `toLocaleString` would load the platform's number
 * formats for it, which costs a new process more than opening a session does.
 */
export function groupDigits(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',')
}
