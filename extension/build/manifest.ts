export const BROWSERS = ['chrome', 'firefox'] as const

export type Browser = (typeof BROWSERS)[number]

/** What a build decides of a manifest. */
export interface ManifestOptions {
  readonly version: string
  /** Match patterns that need not be asked for. */
  readonly hosts: readonly string[]
  /** Pages that were built. */
  readonly pages: readonly string[]
  readonly isTest: boolean
}

const SIZES = [16, 32, 48, 128]
const ICONS = Object.fromEntries(SIZES.map((size) => [size, `icons/icon-${size}.png`]))

const PERMISSIONS = ['storage', 'unlimitedStorage', 'scripting', 'activeTab']

/** Oldest releases that have everything that is used. */
const LEAST_CHROME = '120'
const LEAST_FIREFOX = '140.0'

/**
 * The manifest of one browser. No host is asked for when it is installed; nothing is open to web pages.
 *
 * @see SPEC.md rules PACK1, PACK2
 */
export function manifestOf(browser: Browser, options: ManifestOptions): object {
  const { version, hosts, pages, isTest } = options
  const has = (page: string): boolean => pages.includes(page)
  const panel = has('panel.html') ? 'panel.html' : null
  return {
    manifest_version: 3,
    name: isTest ? 'Backfold (test)' : 'Backfold',
    short_name: 'Backfold',
    version,
    description:
      'Folds long AI chats into a short context, in the background, on your device, and loses nothing.',
    icons: ICONS,
    action: { default_title: 'Backfold', default_icon: ICONS },
    ...(has('options.html') && { options_ui: { page: 'options.html', open_in_tab: true } }),
    optional_host_permissions: ['https://*/*', 'http://*/*'],
    ...(hosts.length > 0 && { host_permissions: hosts }),
    content_security_policy: {
      extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'",
    },
    commands: {
      'open-panel': {
        suggested_key: { default: 'Alt+Shift+K' },
        description: 'Open the panel',
      },
      pause: { description: 'Pause or resume on all sites' },
    },
    ...(browser === 'chrome' ? forChrome(panel) : forFirefox(panel)),
  }
}

function forChrome(panel: string | null): object {
  return {
    minimum_chrome_version: LEAST_CHROME,
    permissions: [...PERMISSIONS, 'offscreen', 'sidePanel'],
    background: { service_worker: 'service-worker.js', type: 'module' },
    ...(panel !== null && { side_panel: { default_path: panel } }),
    // Nothing is kept of private windows: their pages reach a host of their own, which has no chats of others.
    incognito: 'split',
  }
}

function forFirefox(panel: string | null): object {
  return {
    permissions: PERMISSIONS,
    background: { scripts: ['event-page.js'], type: 'module' },
    ...(panel !== null && {
      sidebar_action: {
        default_panel: panel,
        default_title: 'Backfold',
        default_icon: ICONS,
        open_at_install: false,
      },
    }),
    incognito: 'not_allowed',
    browser_specific_settings: {
      gecko: {
        id: 'backfold@backfold.dev',
        strict_min_version: LEAST_FIREFOX,
        // Content leaves the device only for a provider that a person set up.
        data_collection_permissions: { required: ['none'], optional: ['websiteContent'] },
      },
    },
  }
}
