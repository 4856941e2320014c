import type { SecretKind } from './secret.ts'

/** A secret that is known by its look alone. Its text is the whole match, or group 1 where there is one. */
export interface SecretPattern {
  readonly kind: SecretKind
  /** Global; every repeat is bounded or followed by what it can't match, so that a scan is linear. */
  readonly pattern: RegExp
  /** Text without which no match is possible; a quick look that spares most texts the scan. */
  readonly needs?: readonly string[]
  /** Whether a match counts only if it looks random. */
  readonly isDoubtful?: boolean
}

/** Starts of keys whose vendor is known, each followed by letters, digits, `_` and `-`. */
const PREFIXES: readonly string[] = [
  // OpenAI, Anthropic, OpenRouter, DeepSeek and others; Stripe.
  'sk-(?:[a-z]{1,12}[\\dA-Za-z]{0,4}-){0,3}',
  '(?:sk|rk|pk)_(?:live|test)_',
  // Groq, xAI, Perplexity, Replicate, Hugging Face, Nvidia, Fireworks, Cerebras, Tavily.
  'gsk_|xai-|pplx-|r8_|hf_|nvapi-|fw_|csk-|tvly-',
  // Code hosts.
  'gh[oprsu]_|github_pat_|glpat-|gldt-|glrt-|glptt-|ATBB|ATATT3|ATCTT3',
  // Registries.
  'npm_|pypi-|dckr_pat_|dckr_oat_|rubygems_',
  // Chat services.
  'xox[a-z](?:\\.xox[a-z])?-|xapp-\\d-|EAA[A-Z]',
  // Clouds and hosting.
  'AIza|ya29\\.|GOCSPX-|dop_v1_|doo_v1_|dor_v1_|hvs\\.|hvb\\.|dp\\.pt\\.|dp\\.st\\.|sbp_|sb_secret_|vercel_|rnd_|fo1_|FlyV1 |tskey-(?:auth|api|client)-|pul-|nfp_|cfut_|v1\\.0-|HRKU-',
  // Others.
  'whsec_|shp(?:at|ca|pa|ss)_|SG\\.|lin_api_|ntn_|secret_|figd_|sntrys_|sntryu_|PMAK-|glsa_|glc_|eyJrIjoi|NRAK-|pscale_tkn_|pscale_pw_|sq0csp-|sq0atp-|shippo_live_|duffel_live_|EZAK|rzp_live_|AGE-SECRET-KEY-1|dapi|phx_|key-',
]

/** Names such as `sk-learn-preprocessing` match too: what is matched has to look like a key as well. */
const KNOWN_TOKEN = new RegExp(
  `(?:(?<![\\w-])|(?<=\\\\[nrt]))(?:${PREFIXES.join('|')})[\\w-]{12,400}(?:\\.[\\w-]{10,200}){0,3}`,
  'g',
)

/** Keys by their vendors' shapes. */
export const KNOWN_TOKENS: readonly SecretPattern[] = [
  { kind: 'api-key', pattern: KNOWN_TOKEN, isDoubtful: true },
  {
    kind: 'api-key',
    pattern: /(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))(?:AKIA|ASIA|AROA|AIDA)[A-Z2-7]{16}(?![A-Za-z0-9])/g,
  },
  {
    kind: 'token',
    needs: ['eyJ'],
    pattern: /(?:(?<![\w-])|(?<=\\[nrt]))eyJ[\w-]{8,8000}\.[\w-]{4,16000}(?:\.[\w-]{0,4000}){0,3}/g,
  },
  {
    kind: 'token',
    needs: ['hooks.slack.com', 'discord', 'webhook.office.com'],
    pattern:
      /(?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks|webhook\.office\.com\/webhookb2)\/([\w@/-]{20,300})/g,
  },
  // Telegram's and Discord's bots.
  { kind: 'token', pattern: /(?:(?<![\w.-])|(?<=\\[nrt]))\d{8,10}:AA[\w-]{32,34}(?![\w-])/g },
  { kind: 'token', pattern: /(?<![\w.-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])/g },
  // Azure's app secrets.
  { kind: 'api-key', pattern: /(?<![\w.~-])[\w.~-]{3}[78]Q~[\w.~-]{31,34}(?![\w.~-])/g },
]
