import type { ExtensionSettings } from '../settings/extension-settings.ts'
import type { HostForPanel, PanelForHost } from '../wire/panel-wire.ts'
import { createRpc, type Handlers, type Rpc, type Wire } from '../wire/rpc.ts'
import type { Archive } from './archive.ts'
import type { Chats } from './chats.ts'
import { createFileDesk, type FileDesk } from './file-desk.ts'
import { createSummariserKeeper } from './keep-summarisers.ts'
import { passEngineRequest } from './pass-engine-request.ts'

/** The extension's own pages that are connected. */
export interface Panels {
  serve(wire: Wire): void
  /** Tells all of them. */
  tell: Rpc<PanelForHost>['tell']
}

/** What it takes to serve them. */
export interface PanelParts {
  readonly archive: Archive
  readonly chats: Chats
  readonly settings: () => ExtensionSettings
}

/** @see SPEC.md rules HOST5, HOST10 */
export function servePanels(given: PanelParts): Panels {
  const keep = createSummariserKeeper({ call: given.archive.call, settings: given.settings })
  const parts = { ...given, keep }
  const served = new Set<Rpc<PanelForHost>>()
  return {
    serve(wire) {
      const files = createFileDesk()
      const rpc = createRpc<HostForPanel, PanelForHost>(wire, panelHandlers(parts, files))
      served.add(rpc)
      wire.onEnd(() => {
        served.delete(rpc)
        files.clear()
      })
    },
    tell(notice, payload) {
      for (const rpc of [...served]) rpc.tell(notice, payload)
    },
  }
}

function panelHandlers(
  {
    archive,
    chats,
    keep,
  }: PanelParts & { readonly keep: ReturnType<typeof createSummariserKeeper> },
  files: FileDesk,
): Handlers<HostForPanel> {
  const parts = { protect: archive.protect, call: archive.call, files }
  return {
    requests: {
      async engine({ method, params }) {
        await keep(method, params)
        return passEngineRequest(parts, method, params)
      },
      async file({ name, piece, type }) {
        files.add(name, piece, type)
        return null
      },
      tabs: async () => chats.tabs(),
      requests: async ({ origin }) => chats.requests(origin),
      bodies: async ({ id }) => chats.bodies(id),
      undo: ({ id }) => chats.undo(id),
      handOff: (handOff) => chats.handOff(handOff),
      reveal: ({ tab, turn }) => chats.reveal(tab, turn),
      protection: async () => ({
        protection: await archive.protection(),
        isOpen: archive.isOpen(),
      }),
      async unlock({ passphrase }) {
        await archive.unlock(passphrase)
        return null
      },
      async lock() {
        await archive.lock()
        return null
      },
    },
    // Hearing it is what it is for.
    notices: { ping: () => {} },
  }
}
