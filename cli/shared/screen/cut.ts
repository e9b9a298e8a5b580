/** Text in columns of a terminal, in which Chinese characters take two. */
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

export const widthOf = (text: string): number => stringWidth(text);

/** Its beginning and its end stay: names differ there. */
export function cutInTheMiddle(text: string, width: number, mark = '…'): string {
  if (widthOf(text) <= width) return text;
  const room = width - widthOf(mark);
  if (room < 2) return startOf([...text], width);
  const head = startOf([...text], Math.ceil(room / 2));
  const tail = startOf([...text].reverse(), room - widthOf(head));
  return `${head}${mark}${[...tail].reverse().join('')}`;
}

function startOf(characters: readonly string[], width: number): string {
  let [taken, left] = ['', width];
  for (const each of characters) {
    left -= widthOf(each);
    if (left < 0) break;
    taken += each;
  }
  return taken;
}

/** Lines between words; a word longer than a line is broken. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => pieces(each, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): string[] {
  const found: string[] = [];
  let rest = [...word];
  while (widthOf(rest.join('')) > width) {
    const piece = [...startOf(rest, Math.max(2, width))];
    found.push(piece.join(''));
    rest = rest.slice(piece.length);
  }
  return [...found, rest.join('')];
}

export function padded(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + blanks : blanks + text;
}

/** Where a line goes on below itself: under its text, behind an indent, an arrow, or a name with its gap. */
const HANGS = /^(?:\s*→ | *\S+ {2,}| +)/;

/** Lines that are too long go on below, between words. A word is never broken: it may be an address or a command's. */
export const fitted = (text: string, width: number): string =>
  text
    .split('\n')
    .map((line) => (widthOf(line) <= width ? line : flowed(line, width)))
    .join('\n');

function flowed(line: string, width: number): string {
  const [head = ''] = HANGS.exec(stripVTControlCharacters(line)) ?? [];
  const hang = widthOf(head) < width / 2 ? ' '.repeat(widthOf(head)) : '';
  const lines: string[] = [];
  let now: string | null = null;
  for (const word of line.split(/(?<=\S) (?=\S)/)) {
    const longer: string = now === null ? word : `${now} ${word}`;
    if (now === null || widthOf(longer) <= width) now = longer;
    else {
      lines.push(now);
      now = `${hang}${word}`;
    }
  }
  return [...lines, now ?? ''].join('\n');
}
