import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Ticks of a second in which Linux counts CPU time. */
const TICKS = 100

/** What a process takes, as Linux tells it. */
export interface ProcessFigures {
  readonly residentMB: number
  /** The most that it ever took. */
  readonly peakMB: number
  /** CPU time of all its threads, in seconds. */
  readonly cpuSeconds: number
}

export function readProcess(pid: number): ProcessFigures {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of a process, in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    residentMB: megabytes(status, 'VmRSS'),
    peakMB: megabytes(status, 'VmHWM'),
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
  }
}

function megabytes(status: string, field: string): number {
  const [, kilobytes = '0'] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status) ?? []
  return (Number(kilobytes) * 1_024) / 1e6
}

/** What the files of a folder take on the disk, in megabytes. */
export function folderMB(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  const blocks = files.flatMap((file) => {
    // A server may remove a file while its folder is read.
    const stat = statSync(join(file.parentPath, file.name), { throwIfNoEntry: false })
    return stat?.isFile() ? [stat.blocks] : []
  })
  return (blocks.reduce((sum, own) => sum + own, 0) * 512) / 1e6
}
