/** The scripts in `userdata/`, checked by tools that are no npm packages: left out, and said so, where they lack. */
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT, type Step } from '../cli/shared/steps.ts';

export function shellSteps(path: string = process.env.PATH ?? ''): readonly Step[] {
  const missing = ['shellcheck', 'shfmt'].filter((name) => !isIn(path, name));
  if (missing.length > 0) {
    process.stderr.write(`${missing.join(' and ')}: not installed, so the shell scripts were not checked\n`);
    return [];
  }
  const scripts = readdirSync(join(ROOT, 'userdata'))
    .filter((name) => name.endsWith('.sh'))
    .map((name) => join('userdata', name));
  return [
    { title: 'shellcheck', command: 'shellcheck', args: ['-o', 'all', ...scripts] },
    { title: 'shfmt', command: 'shfmt', args: ['-i', '2', '-ci', '-d', 'userdata'] },
  ];
}

function isIn(path: string, name: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
