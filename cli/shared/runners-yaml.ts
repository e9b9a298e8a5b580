/** The operator's `runners.yaml`, for commands: parsed, or every mistake told. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../shared/config/config.ts';
import { parseYaml } from '../../shared/config/parse.ts';
import { ROOT } from './steps.ts';
import { userDataMistakes } from './user-data-size.ts';

export const RUNNERS_YAML = join(ROOT, 'runners.yaml');

/** Null after it said on standard error what is wrong: an operator's mistake is no stack trace. */
export function readRunnersYaml(path: string = RUNNERS_YAML): Config | null {
  if (!existsSync(path)) {
    process.stderr.write(`There is no ${path}. 'npm run setup' makes one; runners.example.yaml shows it.\n`);
    return null;
  }
  const parsed = parseYaml(readFileSync(path, 'utf8'));
  const mistakes = parsed.kind === 'wrong' ? parsed.mistakes : userDataMistakes(parsed.config);
  if (parsed.kind === 'wrong' || mistakes.length > 0) {
    process.stderr.write(`${path} has mistakes:\n${mistakes.map((line) => `  ${line}\n`).join('')}`);
    return null;
  }
  for (const warning of parsed.warnings) process.stderr.write(`warning: ${warning}\n`);
  return parsed.config;
}
