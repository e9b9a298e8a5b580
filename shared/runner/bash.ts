/** Values and scripts as bash takes them, and as a machine is handed them. */
import { gzipSync } from 'node:zlib';

/** One bash word that stands for exactly this text. */
export function quoted(text: string): string {
  if (text.includes('\0')) throw new RangeError('a value for the instance has a NUL, which bash cannot hold');
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export const assignments = (environment: Record<string, string>): string[] =>
  Object.entries(environment).map(([name, value]) => `${name}=${value}`);

/** Throws a RangeError for anything but a whole number. */
export function whole(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a whole number`);
  return String(value);
}

/**
 * Comments, indentation, empty lines, lines that go on or end with what they began, and braces where none are needed, are for who
 * reads the scripts in git; no line of theirs is anything else. What says that a value of the launcher's is there (`${NAME:?}`) is
 * for who checks one script alone: `set -u` says it, too.
 */
export const withoutComments = (script: string): string =>
  script
    .replace(/^ *#.*\n/gm, '')
    .replace(/^ +/gm, '')
    .replace(/\n\n+/g, '\n')
    .replace(/ \\\n/g, ' ')
    .replace(/; (fi|done)$/gm, '\n$1')
    .replace(/\$\{([A-Z_]+(?:\[[@*]\])?):?\?\}/g, (_, name: string) => `\${${name}}`)
    .replace(/\$\{([A-Za-z_]\w*)\}(?!\w)/g, '$$$1');

/** Smaller blocks: scripts and keys, which have little in common, do not share one table of codes. A hundredth less. */
const PACKED = { level: 9, memLevel: 6 } as const;
/** Combinations of scripts; a deployment has a handful. */
const KEPT_MAX = 32;

interface Kept {
  readonly scripts: readonly string[];
  readonly bytes: Buffer;
}

const kept: Kept[] = [];

/** Two members of gzip after each other are one stream to whoever reads it (RFC 1952, 2.2). `values` ends with a line's end. */
export function packed(values: string, scripts: readonly string[]): Buffer {
  return Buffer.concat([gzipSync(values, PACKED), packedScripts(scripts)]);
}

/** Compared one by one: the same text in memory is equal at once, and a key of all of it would be 50 kB for each launch. */
function packedScripts(scripts: readonly string[]): Buffer {
  const isSame = (before: Kept) =>
    before.scripts.length === scripts.length && before.scripts.every((text, at) => text === scripts[at]);
  const before = kept.find(isSame);
  if (before !== undefined) return before.bytes;
  const bytes = gzipSync(scripts.map(withoutComments).join('\n'), PACKED);
  if (kept.length >= KEPT_MAX) kept.length = 0;
  kept.push({ scripts, bytes });
  return bytes;
}
