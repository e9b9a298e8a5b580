/** CRC-8 with the polynomial x⁸ + x² + x + 1. Alibaba Cloud docs, Tablestore "PlainBuffer": checksums. */

const POLYNOMIAL = 0x07;

const TABLE = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
  return crc & 0xff;
});

export function crc8(crc: number, bytes: Uint8Array): number {
  let sum = crc;
  for (const byte of bytes) sum = TABLE[sum ^ byte] as number;
  return sum;
}

export const crc8Byte = (crc: number, byte: number): number => TABLE[(crc ^ byte) & 0xff] as number;
