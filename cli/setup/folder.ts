/** An operator's own folder: what git must not see is kept out of it, and editors find the schema. */
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
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

/** What is there stays as it is, but for the schema, which goes with the version. */
export function prepareFolder(folder: string): void {
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, `${IGNORED.join('\n')}\n`);
  copyFileSync(join(ROOT, 'runners.schema.json'), join(folder, 'runners.schema.json'));
}
