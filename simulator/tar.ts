/** Blocks of a tar (POSIX ustar), for archives that are served as GitHub's. */

export const tarPadded = (text: string): Buffer => {
  const bytes = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  bytes.write(text);
  return bytes;
};

/** A header: `g` git's word of the commit, `5` a folder, `0` a file. */
export function tarBlock(name: string, type: string, size: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(type === '5' || name.includes('bin/') ? '0000755' : '0000644', 100);
  header.write(
    `${'0000000\u0000'.repeat(2)}${size.toString(8).padStart(11, '0')}\u000000000000000\u0000`,
    108,
  );
  header.write(`        ${type}`, 148);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
