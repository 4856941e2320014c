import { fileSize, percent } from '../view/token-format.ts'

/** What a browser says of the storage of a site; undefined where it says nothing. */
export interface StorageFacts {
  /** Bytes, as the browser rounds them. */
  readonly usage: number | undefined
  readonly quota: number | undefined
  /** Whether the browser promised not to evict it; undefined where it knows no such promise. */
  readonly persisted: boolean | undefined
}

export interface StorageWords {
  readonly level: 'unknown' | 'plenty' | 'low' | 'full'
  /** 0 to 1; null if unknown. */
  readonly share: number | null
  readonly use: string
  readonly advice: string
  readonly persistence: string
  /** Whether asking for persistence can change anything. */
  readonly canAsk: boolean
}

/** Shares of the quota, and bytes left, below which it is said that space is low, and that it is used up. */
const LOW = { share: 0.8, left: 50_000_000 }
const FULL = { share: 0.97, left: 5_000_000 }

const PERSISTENCE = {
  yes: 'This browser keeps it until you delete it here or clear this site’s data.',
  no: 'When the disk of this device gets full, the browser may delete all of it at once, the sites not used for longest first. Ask it to keep this site’s data, and export what must not be lost.',
  unknown:
    'This browser does not say whether it may delete this site’s data. Export what must not be lost.',
}

/**
 * Use, quota and persistence in plain words. Total, whatever a browser says.
 *
 * @see SPEC.md rules KEEP7, KEEP8
 */
export function describeStorage({ usage, quota, persisted }: StorageFacts): StorageWords {
  const persistence = PERSISTENCE[persisted === undefined ? 'unknown' : persisted ? 'yes' : 'no']
  const rest = { persistence, canAsk: persisted === false }
  if (!isSize(usage) || !isSize(quota) || quota === 0) {
    const use = isSize(usage)
      ? `${bytesText(usage)} in use.`
      : 'This browser does not say how much is in use.'
    return { level: 'unknown', share: null, use, advice: '', ...rest }
  }
  const share = Math.min(1, usage / quota)
  const level = levelOf(share, quota - usage)
  const use = `${bytesText(usage)} of the ${bytesText(quota)} that this browser allows (${percent(share)}).`
  return { level, share, use, advice: ADVICE[level], ...rest }
}

const ADVICE = {
  plenty: '',
  low: 'Space is getting low. Export and delete sessions that are not needed any more.',
  full: 'There is hardly any space left: new messages may be refused. What is stored stays as it is. Export and delete sessions to go on.',
}

function levelOf(share: number, left: number): 'plenty' | 'low' | 'full' {
  if (share >= FULL.share || left < FULL.left) return 'full'
  return share >= LOW.share || left < LOW.left ? 'low' : 'plenty'
}

function isSize(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0
}

/** Bytes for a glance, also of whole disks. */
export function bytesText(bytes: number): string {
  return bytes < 1_000_000_000 ? fileSize(bytes) : `${(bytes / 1_000_000_000).toFixed(1)} GB`
}
