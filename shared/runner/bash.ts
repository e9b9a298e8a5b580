/** Values and scripts as bash takes them: pure. */

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
 * Comments, indentation, empty lines and lines that go on are for who reads the scripts in git; no line of theirs is anything else. What
 * says that a value of the launcher's is there (`${NAME:?}`) is for who checks one script alone: `set -u` says it, too.
 */
export const withoutComments = (script: string): string =>
  script
    .replace(/^ *#.*\n/gm, '')
    .replace(/^ +/gm, '')
    .replace(/\n\n+/g, '\n')
    .replace(/ \\\n/g, ' ')
    .replace(/\$\{([A-Z_]+(?:\[[@*]\])?):?\?\}/g, (_, name: string) => `\${${name}}`);
