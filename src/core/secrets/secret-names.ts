/** Words for a password that may follow others, as in `dbPassword`, or in scripts without spaces. */
const PASSWORD_PARTS: readonly string[] = [
  'pass(?:word|wd|phrase|code|wort)s?',
  'pwd',
  'kennwort',
  '密[码碼]',
  '口令',
  'パスワード',
  '비밀번호',
  '암호',
  'รหัสผ่าน',
]

/** Words for a password in the languages that people and forms use, each on its own. */
const PASSWORD_WORDS: readonly string[] = [
  'pass',
  'mot de passe',
  'mdp',
  'contrase(?:ñ|n)a',
  'clave',
  'senha',
  'palavra-passe',
  "parola(?: d'ordine)?",
  'wachtwoord',
  'has(?:ł|l)o',
  'парол[ья]',
  'şifre',
  'lösenord',
  'adgangskode',
  'salasana',
  'jelsz(?:ó|o)',
  'heslo',
  'mật khẩu',
  'كلمة (?:السر|المرور)',
  'סיסמה',
  'पासवर्ड',
  'pin(?: code)?',
  'otp',
  'cvv',
]

/** Words for other secrets that may follow others in a name, as in `githubToken` or `AZURE_CLIENT_SECRET`. */
const KEY_PARTS: readonly string[] = [
  '(?:api|access|account|private|signing|encryption|secret|shared|license|master|auth|subscription|storage|role)[-_ ]?(?:access[-_ ]?)?key',
  'secrets?',
  'tokens?',
  'credentials?',
  'authori[sz]ation',
  'signature',
  '令牌',
  '密[钥鑰]',
  'トークン',
  '토큰',
]

/** Words for other secrets, each on its own. */
const KEY_WORDS: readonly string[] = [
  'sig',
  'auth',
  'jeton',
  'schlüssel',
  'clé(?: api| secrète)?',
  'chave',
  'токен',
  'ключ',
]

const PARTS = [...PASSWORD_PARTS, ...KEY_PARTS]
const WORDS = [...PASSWORD_WORDS, ...KEY_WORDS]

/** A name of a secret, as the source of a pattern with the flags `i` and `u`. */
export const SECRET_NAME: string = `(?:${PARTS.join('|')}|(?:(?<!\\p{L})|(?<=\\\\[nrt]))(?:${WORDS.join('|')}))`

const HAS_PASSWORD_NAME = new RegExp([...PASSWORD_PARTS, ...PASSWORD_WORDS].join('|'), 'iu')
const HAS_SECRET_NAME = new RegExp(SECRET_NAME, 'iu')

/** Whether what was named is a password, which may look like any word. */
export function isPasswordName(name: string): boolean {
  return HAS_PASSWORD_NAME.test(name)
}

/** Whether a text says the name of a secret: then it may be a label of a form instead of a value. */
export function saysSecretName(text: string): boolean {
  return HAS_SECRET_NAME.test(text)
}
