const TABLE: Uint32Array = new Uint32Array(256).map((_, n) => {
  let value = n
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** The checksum that a zip keeps of each file, of bytes that come in pieces: begin with 0. */
export function extendCrc32(crc: number, bytes: Uint8Array): number {
  let value = ~crc
  for (let i = 0; i < bytes.length; i += 1) {
    value = (TABLE[(value ^ (bytes[i] as number)) & 0xff] as number) ^ (value >>> 8)
  }
  return ~value >>> 0
}
