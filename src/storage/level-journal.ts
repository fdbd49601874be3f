/**
 * Looks for damage in LevelDB's write-ahead journal before LevelDB does. On opening, LevelDB drops what it finds
 * damaged there without a word, and whatever was acknowledged behind it: a vote, say, that could then be cast
 * again. (The option that would make it refuse is not reachable from Node.js.)
 *
 * Format: https://github.com/google/leveldb/blob/main/doc/log_format.md
 */
const blockBytes = 32 * 1024;
const headerBytes = 7;

/**
 * Where the first damaged record starts, or null. A record cut short by the end of the file is no damage: it was
 * never acknowledged.
 */
export function findDamage(journal: Uint8Array): number | null {
  const view = new DataView(journal.buffer, journal.byteOffset, journal.byteLength);
  for (let at = 0; at < journal.length;) {
    const blockEnd = at - (at % blockBytes) + blockBytes;
    if (blockEnd - at < headerBytes) {
      at = blockEnd;
      continue;
    }
    if (at + headerBytes > journal.length) return null;
    const end = at + headerBytes + view.getUint16(at + 4, true);
    if (end > journal.length && journal.length < blockEnd) return null;
    if (end > blockEnd) return at;
    // The sum covers the type, which is the header's last byte, and what follows it.
    if (view.getUint32(at, true) !== mask(crc32c(journal.subarray(at + headerBytes - 1, end)))) return at;
    at = end;
  }
  return null;
}

/** LevelDB stores sums rotated and shifted, so that a sum over data with sums in it stays a good one. */
function mask(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282_ead8) >>> 0;
}

/** CRC-32 with the Castagnoli polynomial; the one of `node:zlib` is another. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (castagnoli[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}

const castagnoli = Uint32Array.from({ length: 256 }, (_, index) => {
  let remainder = index;
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f6_3b78 : 0);
  return remainder;
});
