/** Words that stand in a template for what is not known before it is used, and become references. Pure. */

type Piece = unknown;

/** By the word that stands for it. A word may be the beginning of another: the longest one is meant. */
export type Marks = Readonly<Record<string, Piece>>;

/** `value` with each marked string as `Fn::Join`, or as the reference alone where the mark is all of it. */
export function unmarked(value: unknown, marks: Marks): unknown {
  const pattern = new RegExp(
    `(${Object.keys(marks)
      .sort((a, b) => b.length - a.length)
      .map((mark) => mark.replaceAll(/[^\w"-]/g, '\\$&'))
      .join('|')})`,
  );
  const piecesOf = (text: string): Piece[] =>
    text
      .split(pattern)
      .filter((part) => part !== '')
      .map((part) => marks[part] ?? part);
  const walk = (each: unknown): unknown => {
    if (typeof each === 'string') return joined(piecesOf(each), each);
    if (Array.isArray(each)) return each.map(walk);
    if (typeof each !== 'object' || each === null) return each;
    const parts = joinedIn(each);
    if (parts !== null)
      return joined(parts.flatMap((part) => (typeof part === 'string' ? piecesOf(part) : [walk(part)])));
    return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value);
}

/** What `Fn::Join` puts together without anything between. */
function joinedIn(value: object): readonly unknown[] | null {
  const [separator, parts] = (value as { 'Fn::Join'?: readonly [string, unknown[]] })['Fn::Join'] ?? [];
  return separator === '' && parts !== undefined ? parts : null;
}

function joined(pieces: readonly Piece[], whole: unknown = ''): unknown {
  if (pieces.length === 0) return whole;
  return pieces.length === 1 ? pieces[0] : { 'Fn::Join': ['', pieces] };
}
