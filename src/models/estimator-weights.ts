import { FIRST_SCRIPT, FIRST_SYMBOL } from './character-kinds.ts'

/**
 * Tokens of a word in another script, by kind from 14 (Greek, Cyrillic, Hebrew, Arabic, Armenian and
 * Georgian, Devanagari, other Indic, Thai and Lao, Kana, Han, Hangul, the rest): of the word itself,
 * of each letter, of each letter beyond the fifth, without a space before it, with a sign before it.
 */
const SCRIPT_COSTS: readonly (readonly number[])[] = [
  [-0.2, 0.465, -0.1, 1, 2],
  [0.35, 0.275, -0.06, 0.9, 1.65],
  [0.2, 0.415, 0, 0.4, 1.3],
  [0.15, 0.34, 0, 0.65, 0.85],
  [0, 0.465, -0.27, 1, 1.1],
  [0.35, 0.285, 0.1, 0.85, 1.5],
  [-0.05, 0.485, -0.13, 1, 1.45],
  [-0.5, 0.615, -0.23, 0.7, 1.2],
  [0.4, 0.605, -0.02, 0.35, 0.65],
  [0.75, 0.8, -0.05, -0.5, 0.05],
  [0.4, 0.565, -0.08, 0.55, 1.2],
  [0.7, 0.7, 0, 0.7, 1],
]

/** One cell of that table: for a kind of letter, by column from 0. */
export function scriptCost(kind: number, column: number): number {
  return SCRIPT_COSTS[kind - FIRST_SCRIPT]?.[column] ?? 0
}

/** Tokens of a sign by kind from 28 (general, technical, CJK, private, astral, control); then of a repeated one. */
const SYMBOL_COSTS: readonly number[] = [
  0.85, 0.99, 1.2, 1.8, 2.2, 1, 0.4, 0.11, 0.6, 0.6, 1.2, 0.6,
]

/** One cell of that table. */
export function symbolCost(kind: number, repeated: boolean): number {
  return SYMBOL_COSTS[kind - FIRST_SYMBOL + (repeated ? 6 : 0)] ?? 0
}

/**
 * Weights of the word model, least squares over the o200k counts of 230,000 words in the sources,
 * manuals, logs and message catalogues of Debian's free software and of npm packages. Only averages
 * come from there: no text does. One character each, see {@link weights}.
 */
export const SHAPES: Float64Array = weights(':2B>8JDBOGKN')

export const LENGTHS: Float64Array = weights('Q>HQPRRTUTVWXWXXQ$4DJPQRTTUUUVUW')

/** By character code of the sign in front of a word. */
export const PREFIXES: Float64Array = weightsByCode(
  '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~\t',
  weights(']ZT]jLVM[!_VQHS!ZVWX""Wa^qF_^"["SQQQQQQQ'),
)

/** From each letter (0: the word's edge, 1-26, 27: accented, 28: doubly marked) to each next one. */
export const PAIRS: Float64Array = weights(
  'QOPOLOONQLNPPNNRMUKKMORLVOUZZSXTST_YP!UXXPTT_R"QURVZ]UTYWlOW][_S]^^VM!M[_U![RVXQYX!Y]_]' +
    'PS!U^P]]ST!ON^!Q!YN[LT!]]WWU^KU]^WS[!"TV[XW[X!YWW^W!Y]XS!"KR[UQYQU[XZ[VURUVURRU[UPUVZYw' +
    'RT^_]XTWZS^[U![R][V^TW[Z^V]!QN!!!_TZXUU]^XYXYb^TXYW!"[[["eNRY![R!X]TYWVYRR[YSZIVWZY!VZX' +
    'VWZRUWSRZYVXSYRKS]VTQ_W_!]SYYUW[bZY]Z^YYP_][X[_]Y"W]]c_"W]PXYYZVZUYW^YY!X[Y^]XVY!!a]]X_' +
    'MUV_UTWZ!Sa^TUZVRaXWVS[X"RdX"NRS!_PcZYT![XR!QQX^U[V^X]"!YaOW_SRWSQ!WZVVXWV[aYROYVY][XVZ' +
    'TVRTW[OT^YTVTVQSQaPYUSVRZXYXYQU^ZWR]"VXZ"Q]]RVZPWTUZ_aX_[_VZ[Z!]^!^Y^]QZZ]YSW][L]b^^]gQ' +
    'LT[UVUWV]TYX]URUZYTVVY!Y"R]Z[LY_VXRVZTU]Z_"YWTXURQV!VbTYW_LV[U]TX!OS"W[YYUT"RXVW!Q"PYXa' +
    'UVWYYRVV"SYZORS^R^OUP][!SZ![[RTZ]!OZX!S[ZZZ!S[ZZY![ZV]][Z[OT^_WT]]VQ][]]NO[bZR^_[VZ!"_N' +
    'MSXUZW["YT[[!M[ZO[hZPZ[[UUWb]KZZ^_!_]aY[![[XVZ]WVU![W"[V!JTW!][U[ZZZ!_]^W!Y__!XV_Y!XWZY' +
    'XYZV[[!ZT_!ZV!WT^_WZ["[!]W^VPd_Q]!_PPMUM]f"^"]QTX]SQiceXq]',
)

/** Steps of 1/13 from -3.5, as printable characters; three that would need quoting are moved down. */
function weights(encoded: string): Float64Array {
  return Float64Array.from(encoded, (character) => {
    const code = '! "'.indexOf(character)
    const step = code < 0 ? character.charCodeAt(0) : ([92, 39, 96][code] ?? 0)
    return (step - 35) / 13 - 3.5
  })
}

function weightsByCode(characters: string, values: Float64Array): Float64Array {
  const byCode = new Float64Array(128)
  for (let i = 0; i < characters.length; i++) byCode[characters.charCodeAt(i)] = values[i] ?? 0
  return byCode
}
