/**
 * Windows of models that only their makers' servers run, in tokens, as these publish them for the API. Models that people
 * run themselves are not here: their window is what their server was started with.
 */
const KNOWN: Readonly<Record<string, number>> = {
  'gpt-3.5-turbo': 16_385,
  'gpt-4': 8_192,
  'gpt-4-32k': 32_768,
  'gpt-4-turbo': 128_000,
  'gpt-4o': 128_000,
  'gpt-4.1': 1_047_576,
  'gpt-5': 400_000,
  'chatgpt-4o': 128_000,
  o1: 200_000,
  'o1-mini': 128_000,
  o3: 200_000,
  'o4-mini': 200_000,
  claude: 200_000,
  gemini: 1_048_576,
  'gemini-1.5-pro': 2_097_152,
  'deepseek-chat': 128_000,
  'deepseek-reasoner': 128_000,
  'grok-2': 131_072,
  'grok-3': 131_072,
  'grok-4': 256_000,
  'mistral-large': 131_072,
  'mistral-small-latest': 131_072,
  'command-r': 128_000,
  sonar: 127_072,
}

/** Longest name of a model that is looked at. */
const MOST_NAME = 200

/**
 * The window of a model, by the longest known name that stands in its own as whole words.
 *
 * @param windows - By a part of the model's name in lower case; `''` counts for none.
 */
export function knownWindow(
  model: string,
  windows: Readonly<Record<string, number>> = KNOWN,
): number | undefined {
  const name = model.slice(0, MOST_NAME).toLowerCase()
  let best = ''
  for (const part of Object.keys(windows)) {
    if (part.length > best.length && standsIn(part, name)) best = part
  }
  return best === '' ? undefined : windows[best]
}

function standsIn(part: string, name: string): boolean {
  for (let at = name.indexOf(part); at >= 0; at = name.indexOf(part, at + 1)) {
    if (isEdge(name[at - 1]) && isEdge(name[at + part.length])) return true
  }
  return false
}

function isEdge(character: string | undefined): boolean {
  return character === undefined || !/[a-z0-9.]/.test(character)
}
