/** `.env` beside `runners.yaml`: what a deploy needs and git must not hold. Read by Serverless Devs as well. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { replaceFile } from './package/replace-file.ts';

/** As dotenv's many readers have it: quotes, `export`, comments. */
export function readDotEnv(folder: string): Record<string, string> {
  const entries = Object.entries(parseEnv(textOf(folder)));
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

const textOf = (folder: string): string => {
  const path = join(folder, '.env');
  // Some editors put a mark before the first name, which would be a part of it.
  return existsSync(path) ? readFileSync(path, 'utf8').replace(/^\ufeff/, '') : '';
};

/** Changes the given variables and keeps all else as it is written; readable by its owner alone. Null removes one. */
export function writeDotEnv(folder: string, changes: Readonly<Record<string, string | null>>): void {
  const before = textOf(folder);
  if (before.includes('\ufffd')) throw new Error('.env is not text in UTF-8: save it so');
  const text = Object.entries(changes).reduce((all, [name, value]) => changed(all, name, value), before);
  // A looser mode of the old one is not kept.
  replaceFile(join(folder, '.env'), text, 0o600);
}

/** The last line of that name counts, so none of the others stays. */
function changed(text: string, name: string, value: string | null): string {
  const line = value === null ? '' : `${name}=${quoted(name, value)}\n`;
  const its = new RegExp(
    `^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*(?:"[^"]*"|'[^']*'|.*).*(?:\\n|$)`,
    'gm',
  );
  if (!its.test(text)) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}`;
  let isWritten = false;
  return text.replace(its, () => {
    const put = isWritten ? '' : line;
    isWritten = true;
    return put;
  });
}

/** Between single quotes all is what it is, for each reader. */
function quoted(name: string, value: string): string {
  if (/^[\w./:@-]*$/.test(value)) return value;
  const quote = value.includes("'") ? '"' : "'";
  if (value.includes(quote) || /[\n\r]/.test(value) || (quote === '"' && value.includes('\\')))
    throw new Error(`${name} may hold no line break, and not both kinds of quotes: .env cannot say it`);
  return `${quote}${value}${quote}`;
}
