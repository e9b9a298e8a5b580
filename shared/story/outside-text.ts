/** The one place where what was written elsewhere (names of jobs and workflows, labels, consoles) leaves for a page, a terminal or a file. */
import { stripVTControlCharacters } from 'node:util';

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

/** For a terminal or a file: escape sequences, control characters and hidden ones are gone, then what looks like a secret; lines and columns stay. */
export function cleanLines(text: string): string[] {
  const plain = stripVTControlCharacters(text.replace(/\r\n?/g, '\n').replace(/\t/g, '  '));
  // Secrets are looked for last: a character that nobody sees could hide one.
  return withoutSecrets(plain.replace(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ''))
    .split('\n')
    .map((line) => line.trimEnd());
}

/** Long unbroken words (JIT configs, keys, tokens), who an address is for, and what is called a secret, are left out. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/-----BEGIN [\s\S]*?(?:-----END [^-]*-----|$)/g, '[left out]')
    .replace(/[A-Za-z0-9+/=_-]{60,}/g, '[left out]')
    .replace(/\b(gh[a-z]_|github_pat_|LTAI|STS\.)\w+/g, '[left out]')
    .replace(/\/\/[^\s/@]+@/g, '//[left out]@')
    .replace(/authorization.*/gi, 'authorization [left out]')
    .replace(/(token|secret|password)(["'\s:=]+)\S+/gi, '$1$2[left out]');
}
