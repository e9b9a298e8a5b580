import { createHash } from 'node:crypto';

/** The bytes that came are not those that were published. */
export class ArchiveWrong extends Error {}

/** Holds the last piece back until the whole is proven, so that a wrong archive is never completed anywhere. */
export async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  { key, sha256, sizeBytes }: { readonly key: string; readonly sha256: string; readonly sizeBytes: number },
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  let held: Uint8Array | null = null;
  for await (const chunk of chunks) {
    hash.update(chunk);
    size += chunk.length;
    if (size > sizeBytes)
      throw new ArchiveWrong(`${key} has more than the ${sizeBytes} bytes that were published`);
    if (held !== null) yield held;
    held = chunk;
  }
  if (size !== sizeBytes)
    throw new ArchiveWrong(`${key} has ${size} of the ${sizeBytes} bytes that were published`);
  if (hash.digest('hex') !== sha256) throw new ArchiveWrong(`${key} has another checksum than was published`);
  if (held !== null) yield held;
}

/** The same bytes in pieces of `pieceBytes`, but for the last: what is held at once. */
export async function* inPieces(
  chunks: AsyncIterable<Uint8Array>,
  pieceBytes: number,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    size += chunk.length;
    if (size < pieceBytes) continue;
    yield Buffer.concat(held);
    held = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(held);
}
