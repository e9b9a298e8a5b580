/** An operator's own folder: what git must not see is kept out of it, and editors find the schema. */
import { appendFileSync, copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../shared/steps.ts';

const IGNORED = [
  'node_modules/',
  '.spot-runners/',
  '.env',
  '.env.*',
  '*.pem',
  '.setup.json',
  '.setup.json.*',
  'proof.*',
];

/** What is there stays as it is, but for the schema, which goes with the version. Gives what git is told to leave out from now on. */
export function prepareFolder(folder: string): readonly string[] {
  copyFileSync(join(ROOT, 'runners.schema.json'), join(folder, 'runners.schema.json'));
  const ignore = join(folder, '.gitignore');
  const before = existsSync(ignore) ? readFileSync(ignore, 'utf8') : '';
  const there = before.split('\n').map((line) => line.trim());
  const missing = IGNORED.filter((line) => !there.includes(line));
  const end = before === '' || before.endsWith('\n') ? '' : '\n';
  if (missing.length > 0) appendFileSync(ignore, `${end}${missing.join('\n')}\n`);
  return missing;
}
