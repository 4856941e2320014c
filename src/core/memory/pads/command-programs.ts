/** Programs whose first word tells what they do. */
const WITH_VERBS: ReadonlySet<string> = new Set(
  'git gh npm npx pnpm yarn bun cargo go docker kubectl pip pip3 poetry uv brew apt apt-get systemctl dotnet terraform aws az gcloud helm make just deno'.split(
    ' ',
  ),
)

const MAX_LENGTH = 2_000
const MAX_SEGMENTS = 16

/**
 * What a command line runs, in order: programs by name and, where it tells what they do, with their first word
 * (`git commit`). Total.
 */
export function commandPrograms(command: string): readonly string[] {
  const programs: string[] = []
  for (const segment of command.slice(0, MAX_LENGTH).split(/&&|\|\||[;|\n]/, MAX_SEGMENTS)) {
    const words = segment.trim().split(/\s+/, 24)
    const at = words.findIndex((word) => word !== '' && !/^(?:sudo|time|\w{1,60}=.*)$/.test(word))
    const word = words[at]
    if (word === undefined) continue
    const program = word.slice(word.lastIndexOf('/') + 1)
    const verb = words.slice(at + 1).find((next) => /^[a-z][a-z:-]{1,30}$/.test(next))
    programs.push(WITH_VERBS.has(program) && verb ? `${program} ${verb}` : program)
  }
  return programs
}
