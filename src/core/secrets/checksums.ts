/** Lengths of card numbers by how they begin: American Express, Diners, Visa, Mastercard, Discover, JCB, UnionPay, Maestro. */
const CARD_BRANDS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|[689])/, [14]],
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720))/, [16]],
  [/^6(?:011|4[4-9]|5)/, [16]],
  [/^35(?:2[89]|[3-8])/, [16]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:50|5[6-9]|6[37])/, [16]],
]

/** Whether digits are the number of a payment card: its brand's length and Luhn's check digit. */
export function isCardNumber(digits: string): boolean {
  if (/^(\d)\1*$/.test(digits)) return false
  const known = CARD_BRANDS.some(
    ([brand, lengths]) => lengths.includes(digits.length) && brand.test(digits),
  )
  return known && hasLuhnDigit(digits)
}

function hasLuhnDigit(digits: string): boolean {
  let sum = 0
  for (let at = digits.length - 1, isDoubled = false; at >= 0; at -= 1, isDoubled = !isDoubled) {
    const digit = digits.charCodeAt(at) - 48
    sum += isDoubled ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
  }
  return sum % 10 === 0
}

/** Whether a text without spaces is an IBAN: its length and its check digits, by ISO 13616. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) return false
  let rest = 0
  for (const character of `${text.slice(4)}${text.slice(0, 4)}`) {
    const code = character.charCodeAt(0)
    rest = code > 57 ? (rest * 100 + code - 55) % 97 : (rest * 10 + code - 48) % 97
  }
  return rest === 1
}
