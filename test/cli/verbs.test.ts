/** What an operator types by mistake is answered in a line, and does nothing. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

function typed(...args: string[]) {
  const { PATH = '' } = process.env;
  const child = spawnSync(process.execPath, ['cli/run.mjs', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH, ALIBABA_CLOUD_CREDENTIALS_FILE: '/nowhere' },
  });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

const VERBS = [
  'setup',
  'deploy',
  'doctor',
  'destroy',
  'infra:synth',
  'build',
  'lint',
  'mirror',
  'image',
  'list',
  'cost',
  'explain',
  'create',
  'retire',
  'keep',
  'connect',
  'stop',
  'logs',
  'resume',
  'prove',
];

test.each(VERBS)('%s --help tells its use; another word is refused', (verb) => {
  const help = typed(verb, '--help');
  expect(help.code).toBe(0);
  expect(help.out).toContain(`Usage: npm run ${verb} --`);
  const wrong = typed(verb, '--nonsense');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("error: unknown option '--nonsense'");
  expect(wrong.err).not.toMatch(/^\s+at /m);
});
