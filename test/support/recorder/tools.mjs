/** Most lines that one read gives; a longer file is read in pieces. */
const READ_LINES = 400
/** Most hits that one search gives. */
const SEARCH_LINES = 120
/** Characters of a command's output that are kept, of its beginning and of its end. */
const HEAD = 6_000
const TAIL = 12_000

const COMMAND_TIMEOUT_MS = 300_000

/**
 * The tools of the recorded assistant. Each really does what it says in the workspace and gives back
 * what it prints.
 */
export const TOOLS = {
  read_file: async (workspace, { path, from = 1 }) => {
    if (!workspace.exists(path)) return `no such file: ${path}`
    const lines = workspace.read(path).replace(/\n$/, '').split('\n')
    const shown = lines.slice(from - 1, from - 1 + READ_LINES)
    const numbered = shown.map((line, i) => `${String(from + i).padStart(5)}\t${line}`)
    const last = from - 1 + shown.length
    const more =
      last < lines.length ? [`(${lines.length - last} more lines, from ${last + 1})`] : []
    return [...numbered, ...more].join('\n')
  },

  list_files: async (workspace, { path }) => {
    const prefix = path === '.' ? '' : `${path.replace(/\/$/, '')}/`
    const files = workspace.files().filter((file) => file.startsWith(prefix))
    return files.length === 0 ? `no files below ${path}` : files.join('\n')
  },

  search: async (workspace, { pattern, path = '.' }) => {
    const excluded = ['node_modules', 'dist', '.git', '.vite'].map((dir) => `--exclude-dir=${dir}`)
    const command = ['grep', '-rnHIE', ...excluded, '--exclude=package-lock.json', '-e']
    const words = [...command.map(quote), quote(pattern), ...path.split(' ').map(quote)]
    const { output } = await workspace.run(`${words.join(' ')} | sort -t: -k1,1 -k2,2n`, 60_000)
    const hits = output.split('\n').filter(Boolean)
    if (hits.length === 0) return 'no matches'
    const shown = hits.slice(0, SEARCH_LINES)
    const more = hits.length - shown.length
    return [...shown, ...(more > 0 ? [`(${more} more matches)`] : [])].join('\n')
  },

  run: async (workspace, { command }) => {
    const { code, output } = await workspace.run(command, COMMAND_TIMEOUT_MS)
    return `exit code ${code}\n${shorten(output.trimEnd())}`
  },

  edit_file: async (workspace, { path, old, new: replacement }) => {
    const text = workspace.read(path)
    const at = text.indexOf(old)
    if (at < 0) return `no such text in ${path}`
    if (text.indexOf(old, at + 1) >= 0) return `the text is more than once in ${path}`
    workspace.write(path, text.slice(0, at) + replacement + text.slice(at + old.length))
    const line = text.slice(0, at).split('\n').length
    return `${path}: replaced 1 passage at line ${line}`
  },

  write_file: async (workspace, { path, content }) => {
    const existed = workspace.exists(path)
    workspace.write(path, content)
    const lines = content.split('\n').length - 1
    return `${path}: ${existed ? 'overwritten' : 'created'}, ${lines} lines`
  },
}

function shorten(text) {
  if (text.length <= HEAD + TAIL) return text
  const left = text.length - HEAD - TAIL
  return `${text.slice(0, HEAD)}\n(… ${left} characters left out …)\n${text.slice(-TAIL)}`
}

function quote(word) {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
