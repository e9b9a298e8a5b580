/** One tar of files that are there already: pure, but for what is read. */

export interface TarFile {
  /** Two parts of a path: `folder/name` (POSIX ustar: at most 155 and 100 bytes). */
  readonly folder: string;
  readonly name: string;
  readonly sizeBytes: number;
}

const BLOCK_BYTES = 512;
const padding = (sizeBytes: number): number => (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;

export const tarSizeBytes = (files: readonly TarFile[]): number =>
  files.reduce((sum, { sizeBytes }) => sum + BLOCK_BYTES + sizeBytes + padding(sizeBytes), 2 * BLOCK_BYTES);

/** The same files give the same bytes. Throws when a file has another size than it says. */
export async function* tarOf<F extends TarFile>(
  files: readonly F[],
  open: (file: F) => Promise<AsyncIterable<Uint8Array>>,
): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    yield headerOf(file);
    let size = 0;
    for await (const chunk of await open(file)) {
      size += chunk.length;
      if (size > file.sizeBytes) break;
      yield chunk;
    }
    if (size !== file.sizeBytes)
      throw new Error(`${file.folder}/${file.name} has not ${file.sizeBytes} bytes`);
    yield Buffer.alloc(padding(size));
  }
  yield Buffer.alloc(2 * BLOCK_BYTES);
}

function headerOf({ folder, name, sizeBytes }: TarFile): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, at: number, chars: number) =>
    header.write(value.toString(8).padStart(chars - 1, '0'), at, 'latin1');
  header.write(name, 0, 100, 'latin1');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(sizeBytes, 124, 12);
  octal(0, 136, 12);
  header.write('        0', 148, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  header.write(folder, 345, 155, 'latin1');
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  header.write('\0 ', 154, 'latin1');
  return header;
}
