/** The proof of work that a server asks for when an address behaves like a robot. */

/** A text for which SHA-256 of `device|office|start in seconds|text` begins with so many zero bits. */
export async function findWork(device: string, office: number, startsAt: string, bits: number): Promise<string> {
  const before = `${device}|${office}|${Math.floor(Date.parse(startsAt) / 1000)}|`;
  const letters = new TextEncoder();
  const together = 256;
  for (let first = 0; ; first += together) {
    const tries = Array.from({ length: together }, (_, index) => (first + index).toString(36));
    const hashes = await Promise.all(tries.map((work) => crypto.subtle.digest("SHA-256", letters.encode(before + work))));
    const found = hashes.findIndex((hash) => leadingZeroBits(new Uint8Array(hash)) >= bits);
    if (found >= 0) return tries[found]!;
  }
}

function leadingZeroBits(bytes: Uint8Array): number {
  let bits = 0;
  for (const byte of bytes) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}
