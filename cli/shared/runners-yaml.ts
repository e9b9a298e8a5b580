/** The operator's `runners.yaml`, for commands: parsed, or every mistake told. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Config } from '../../shared/config/config.ts';
import { parseYaml, type Wrong } from '../../shared/config/parse.ts';
import { FOLDER } from './package/places.ts';
import { fileTrouble } from './screen/file-trouble.ts';
import { complain } from './screen/show.ts';
import { ROOT } from './steps.ts';
import { userDataMistakes } from './user-data-size.ts';

export const RUNNERS_YAML = join(FOLDER, 'runners.yaml');

/** Null after it said on standard error what is wrong: an operator's mistake is no stack trace, and exit code 2. */
export function readRunnersYaml(path: string = RUNNERS_YAML): Config | null {
  if (!existsSync(path)) {
    complain(
      `There is no ${path}. 'npm run setup' makes one; ${join(ROOT, 'runners.example.yaml')} shows it.`,
    );
    return null;
  }
  const text = textOf(path);
  if (text === null) return null;
  const parsed = parseYaml(text);
  const mistakes = placed(path, parsed.kind === 'wrong' ? parsed : tooLong(parsed.config));
  if (parsed.kind === 'wrong' || mistakes.length > 0) {
    complain(`${path} has mistakes:\n${mistakes.map((line) => `  ${line}`).join('\n')}`);
    return null;
  }
  for (const warning of parsed.warnings) complain(`warning: ${warning}`);
  return parsed.config;
}

/** Null after it said why it cannot be read. */
export function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? fileTrouble(Object.assign(error, { path })) : null;
    if (why === null) throw error;
    complain(why);
    return null;
  }
}

const tooLong = (config: Config): Omit<Wrong, 'kind'> => ({ mistakes: userDataMistakes(config), lines: [] });

/** `runners.yaml:12: limits.runners: must be at least 1`: editors and terminals open that. What is of the whole is at its beginning. */
export const placed = (path: string, { mistakes, lines }: Omit<Wrong, 'kind'>): string[] =>
  mistakes.map((text, at) => `${basename(path)}:${lines[at] ?? 1}: ${text}`);
