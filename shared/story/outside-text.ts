/** What people elsewhere wrote (names of jobs, workflows and branches, labels, a console) as it may leave for a page or a terminal. */

/** Control characters, and what turns the direction of text or hides in it. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** One line remains. */
export function plainText(text: string, maxChars: number): string {
  const line = text.replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= maxChars ? line : `${characters.slice(0, maxChars - 1).join('')}…`;
}

/** The same, uncut, of a text of many lines. */
export const plainLines = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => line.replace(UNSEEN, ' '))
    .join('\n');

/** Texts of more than a line; all others are one. */
const OF_MANY_LINES = new Set(['consoleTail']);

/** All texts in what is shown, names of its fields included; `value` is made of plain objects, arrays and scalars. */
export function plainData<Data>(value: Data, field = ''): Data {
  if (typeof value === 'string')
    return (OF_MANY_LINES.has(field) ? plainLines(value) : value.replace(UNSEEN, ' ')) as Data;
  if (Array.isArray(value)) return value.map((each) => plainData(each, field)) as Data;
  if (value === null || typeof value !== 'object') return value;
  const fields = Object.entries(value).map(([name, each]) => [
    name.replace(UNSEEN, ' '),
    plainData(each, name),
  ]);
  return Object.fromEntries(fields) as Data;
}

/** JSON that a terminal shows as it is, and that parses to the very same. */
export const plainJson = (value: unknown): string =>
  JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => line.replace(UNSEEN, (found) => [...found].map(escapedUnits).join('')))
    .join('\n');

const escapedUnits = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** What GitHub's Markdown would make a link, a mention, a table, an image or emphasis of, as entities. */
const MEANINGFUL = /[\\`*_{}[\]<>#|~@&]|:(?=\/\/)|(?<=\bwww)\./gi;

export function escapeMarkdown(text: string): string {
  return text.replace(MEANINGFUL, (character) => `&#${character.charCodeAt(0)};`);
}
