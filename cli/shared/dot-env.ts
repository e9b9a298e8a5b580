/** `.env` beside `runners.yaml`: what a deploy needs and git must not hold. Read by Serverless Devs as well. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './package/replace-file.ts';

const LINE = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|(.*?))\s*$/;

export function readDotEnv(folder: string): Record<string, string> {
  const path = join(folder, '.env');
  if (!existsSync(path)) return {};
  const found = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => LINE.exec(line));
  return Object.fromEntries(
    found.flatMap((match) => (match ? [[match[1] as string, match[2] ?? match[3] ?? match[4] ?? '']] : [])),
  );
}

/** Changes the given variables and keeps the rest; readable by its owner alone. Null removes one. */
export function writeDotEnv(folder: string, changes: Readonly<Record<string, string | null>>): void {
  const kept = Object.entries({ ...readDotEnv(folder), ...changes }).filter(([, value]) => value !== null);
  const text = kept.map(([name, value]) => `${name}=${quoted(value as string)}\n`).join('');
  // A looser mode of the old one is not kept.
  replaceFile(join(folder, '.env'), text, 0o600);
}

function quoted(value: string): string {
  if (/["\n\r]/.test(value)) throw new Error('a variable may hold no quote and no line break');
  return /^[\w./:@-]*$/.test(value) ? value : `"${value}"`;
}
