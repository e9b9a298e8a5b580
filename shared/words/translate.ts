/**
 * Sentences for people in another language. The code's own English is the source: a catalogue's keys are its sentences,
 * `{}` for what they are filled with. What a catalogue does not have stays English. No pattern is built from outside
 * text, and each sentence is looked through once from left to right.
 */

/** English to its translation, in which `{2}` is what the second `{}` was filled with. */
export type Catalogue = Readonly<Record<string, string>>;

interface Line {
  readonly pieces: readonly string[];
  readonly to: string;
  /** Others may come after it. */
  readonly isSentence: boolean;
}

export type Translate = (text: string) => string;

export function translatorOf(catalogue: Catalogue): Translate {
  // Of two that fit, the one with more words of its own says more.
  const lines = Object.entries(catalogue)
    .map(
      ([english, to]): Line => ({
        pieces: english.split('{}'),
        to,
        isSentence: /[.?]$/.test(english),
      }),
    )
    .sort((a, b) => b.pieces.join('').length - a.pieces.join('').length);

  const translate: Translate = (text) => {
    const found = firstOf(lines, text);
    if (found === null) return text;
    const { to, values, end } = found;
    const rest = text.slice(end + 1);
    const words = to.replaceAll(/\{(\d+)\}/g, (_, at) => quoted(values[Number(at) - 1] ?? ''));
    return rest === '' ? words : words + translate(rest);
  };
  // One word is a name, such as a job's: it stays what it is.
  const quoted = (value: string): string => (value.includes(' ') ? translate(value) : value);
  return translate;
}

function firstOf(lines: readonly Line[], text: string): (Filled & { readonly to: string }) | null {
  for (const line of lines) {
    const found = (line.isSentence ? fill(line, text, ' ') : null) ?? fill(line, text);
    if (found !== null) return { ...found, to: line.to };
  }
  return null;
}

interface Filled {
  readonly values: readonly string[];
  /** Where the line ends in the text. */
  readonly end: number;
}

/** `after`: what must follow; without it the line must be the whole text. Null: it is not. */
function fill({ pieces }: Line, text: string, after = ''): Filled | null {
  const [first = '', ...rest] = pieces;
  if (!text.startsWith(first)) return null;
  const values: string[] = [];
  let end = first.length;
  for (const [at, piece] of rest.entries()) {
    const isLast = at === rest.length - 1;
    const next = isLast ? endOf(text, end, piece, after) : text.indexOf(piece, end);
    // Nothing is filled in with nothing.
    if (next <= end) return null;
    values.push(text.slice(end, next));
    end = next + piece.length;
  }
  const isWhole = after !== '' ? text.startsWith(after, end) : end === text.length;
  return isWhole ? { values, end } : null;
}

/** Where the last piece begins; -1: nowhere. */
function endOf(text: string, from: number, piece: string, after: string): number {
  if (after !== '') return text.indexOf(piece + after, from);
  return text.endsWith(piece) ? text.length - piece.length : -1;
}
