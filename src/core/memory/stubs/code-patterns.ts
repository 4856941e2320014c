/** A programming language that an outline can be made of. */
export type Language =
  | 'TypeScript'
  | 'Python'
  | 'Go'
  | 'Rust'
  | 'Java'
  | 'C'
  | 'Ruby'
  | 'PHP'
  | 'shell'
  | 'SQL'
  | 'CSS'
  | 'YAML'
  | 'TOML'

/** Patterns of declarations: those of a whole file, and members of them. */
export interface CodePatterns {
  readonly top: RegExp
  readonly member?: RegExp
  readonly imports: RegExp
}

/**
 * Lines that declare something. Each pattern is anchored, and runs of one class of characters end
 * at a character outside it, so that none backtracks over a long line.
 */
export const CODE_PATTERNS: Readonly<Record<Language, CodePatterns>> = {
  TypeScript: {
    top: /^(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*? ?|class |interface |type |enum |namespace |module )[\w$]+|^(?:export )?(?:const|let|var) [\w$[{]|^export (?:default|\*|\{)|^module\.exports\b|^(?:describe|test|it)\(/,
    member:
      /^(?: {2,8}|\t{1,2})(?:(?:public|private|protected|static|async|get|set|readonly|override|abstract|function) )*(?!(?:if|for|while|switch|catch|return|else|do|await|throw|new|typeof|expect|super)\b)[#*]?[\w$]+\??(?:<[^>(]*>)?\([^;]*\{$/,
    imports:
      /^import (?:[^'"]*from )?['"]([^'"]+)['"]|^(?:const|var|let) [^=]*= require\(['"]([^'"]+)/,
  },
  Python: {
    top: /^(?:async )?(?:def|class) \w+|^[A-Z][A-Z0-9_]*(?:: ?[^=]+)? ?= |^if __name__/,
    member: /^[ \t]+(?:async )?(?:def|class) \w+/,
    imports: /^(?:from (\S+) import|import (\S+))/,
  },
  Go: {
    top: /^func (?:\([^)]*\) ?)?\w+|^type \w+|^(?:var|const) \w+|^package \w+/,
    imports: /^(?:import )?\t?(?:\w+ )?"([^"\s]+)"$/,
  },
  Rust: {
    top: /^(?:pub(?:\([^)]*\))? )?(?:default )?(?:const )?(?:async )?(?:unsafe )?(?:extern "C" )?(?:fn|struct|enum|trait|impl|mod|type|static|union)\b|^(?:pub )?const \w+|^macro_rules!/,
    member: /^[ \t]+(?:pub(?:\([^)]*\))? )?(?:const )?(?:async )?(?:unsafe )?fn \w+/,
    imports: /^(?:pub )?use ([\w:]+)/,
  },
  Java: {
    top: /^(?:(?:public|private|protected|static|final|abstract|sealed|internal|partial|data|open|override|inline|suspend) )*(?:class|interface|enum|record|struct|object|fun|namespace|@interface|protocol|extension|trait|func) \w+|^package [\w.]+/,
    member:
      /^[ \t]+(?:@\w+ )?(?:(?:public|private|protected|internal|static|override|abstract|final|suspend) )+[^=;(]*\(|^[ \t]+(?:(?:public|private|protected|static|override|final|abstract|data) )*(?:class|interface|enum|record|fun|func) \w+/,
    imports: /^(?:import (?:static )?|using )([\w.*]+)/,
  },
  C: {
    top: /^(?:typedef |static |extern |inline |const )*(?:struct|enum|union|class|namespace) \w+|^#define \w+|^template ?<|^(?!(?:if|for|while|switch|return|else|do|case|using|typedef)\b)[A-Za-z_][\w\t *&:<>,~]*\([^;]*$/,
    member: /^[ \t]+(?:virtual|static|explicit|inline) [^;=(]*\(/,
    imports: /^#include [<"]([^>"]+)/,
  },
  Ruby: {
    top: /^(?:class|module|def) \S+|^[A-Z][A-Z0-9_]* = /,
    member: /^[ \t]+(?:def|class|module|scope|has_many|belongs_to|has_one) \S+/,
    imports: /^require(?:_relative)? ['"]([^'"]+)/,
  },
  PHP: {
    top: /^(?:abstract |final )?(?:class|interface|trait|function|namespace|enum) [\w\\]+/,
    member: /^[ \t]+(?:(?:public|private|protected|static|abstract|final) )+(?:function|const) \w+/,
    imports: /^use ([\w\\]+)/,
  },
  shell: {
    top: /^(?:function )?[\w:.-]+ ?\(\) ?\{?$|^function [\w:.-]+|^(?:export |readonly |declare )?[A-Z][A-Z0-9_]*=/,
    imports: /^(?:source|\.) (\S+)/,
  },
  SQL: {
    top: /^(?:create|alter|drop) (?:or replace )?(?:temp(?:orary)? |unique |materialized )*(?:table|view|index|function|procedure|trigger|type|schema|policy)\b/i,
    imports: /^\\i (\S+)/,
  },
  CSS: {
    top: /^(?:[^\s@}/*][^{};]*\{|@[\w-]+ [^{};]*\{?)$/,
    imports: /^@(?:import|use) ['"]([^'"]+)/,
  },
  YAML: {
    top: /^[\w"'./-]+:(?: |$)/,
    member: /^ {2}(?:- )?[\w"'./-]+:(?: |$)/,
    imports: /^include: (\S+)/,
  },
  TOML: { top: /^\[[^\]]+\]/, member: /^[\w.-]+ ?=/, imports: /^include ?= (\S+)/ },
}

/** Forms that are only told by a file's name: prose looks like them. */
const ONLY_BY_NAME: readonly Language[] = ['CSS', 'YAML', 'TOML']

const EXTENSIONS: readonly (readonly [Language, RegExp])[] = [
  ['TypeScript', /\.(?:[cm]?[jt]sx?|vue|svelte)\b/g],
  ['Python', /\.pyi?\b/g],
  ['Go', /\.go\b/g],
  ['Rust', /\.rs\b/g],
  ['Java', /\.(?:java|kts?|cs|swift|scala|dart)\b/g],
  ['C', /\.(?:c|cc|cpp|cxx|h|hpp|hh|m|mm)\b/g],
  ['Ruby', /\.(?:rb|rake)\b/g],
  ['PHP', /\.php\b/g],
  ['shell', /\.(?:sh|bash|zsh)\b/g],
  ['SQL', /\.sql\b/g],
  ['CSS', /\.(?:css|scss|less)\b/g],
  ['YAML', /\.ya?ml\b/g],
  ['TOML', /\.(?:toml|ini|cfg|conf)\b/g],
]

/** Languages by the last file that a label names, likeliest first; all of them where it names none. */
export function languagesOf(label: string): readonly Language[] {
  let found: Language | undefined
  let at = -1
  for (const [language, pattern] of EXTENSIONS) {
    for (const { index } of label.slice(0, 400).matchAll(pattern)) {
      if (index > at) {
        at = index
        found = language
      }
    }
  }
  if (found !== undefined) return [found]
  return EXTENSIONS.map(([language]) => language).filter((one) => !ONLY_BY_NAME.includes(one))
}
