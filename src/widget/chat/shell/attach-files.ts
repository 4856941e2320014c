import type { ChatFailure } from '../chat.ts'
import { chooseAttachment, makeAttachment } from '../core/attachments.ts'
import type { ChatOptions } from './chat-options.ts'
import type { ChatStore } from './chat-store.ts'
import type { ChatWorld } from './chat-world.ts'
import { refusedFile } from './failure-of.ts'

export interface AttachParts {
  readonly store: ChatStore
  readonly options: Pick<ChatOptions, 'model'>
  readonly world: Pick<ChatWorld, 'issueId'>
  readonly fail: (failure: ChatFailure) => void
  readonly attempt: <T>(work: () => Promise<T>) => Promise<T | null>
}

/** Reads files into what is written; what can't go along is told, and the others go. @see SPEC.md rule CHAT10 */
export async function attachFiles(
  { store, options, world, fail, attempt }: AttachParts,
  files: readonly File[],
): Promise<void> {
  for (const file of files) {
    const offered = { name: file.name, mediaType: file.type, bytes: file.size }
    const model = options.model()
    const takesImages = 'problem' in model || model.takesImages
    const before = store.core().attachments.map(({ bytes }) => bytes)
    const choice = chooseAttachment(offered, before, takesImages)
    if (choice.kind === 'refused') {
      fail(refusedFile(choice.code, file.name, choice.reason))
      continue
    }
    const content = await attempt(async () => new Uint8Array(await file.arrayBuffer()))
    if (content === null) continue
    const made = makeAttachment(world.issueId(), offered, choice, content)
    if (made === null) fail(refusedFile('file-no-text', file.name, `${file.name} is no text.`))
    else store.dispatch({ type: 'attached', attachments: [made] })
  }
}
