/** The one place where what people elsewhere wrote (names of jobs and workflows, labels) leaves for a page of GitHub's. */

/** Control characters, and what turns the direction of text or hides in it: one line remains. */
export function plainText(text: string, maxChars: number): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= maxChars ? line : `${characters.slice(0, maxChars - 1).join('')}…`;
}

/** What GitHub's Markdown would make a link, a mention, a table, an image or emphasis of, as entities. */
const MEANINGFUL = /[\\`*_{}[\]<>#|~@&]|:(?=\/\/)|(?<=\bwww)\./gi;

export function escapeMarkdown(text: string): string {
  return text.replace(MEANINGFUL, (character) => `&#${character.charCodeAt(0)};`);
}
