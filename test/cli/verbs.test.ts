/** What an operator types by mistake is answered in a line, and does nothing. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
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

test('a number that is none is told with its option; a switch has no default to tell', () => {
  const wrong = typed('create', '--labels', 'self-hosted', '--count', 'abc');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toMatch(/'--count <number>' argument 'abc' is invalid\. A whole number from 1 up/);
  for (const verb of ['list', 'advise', 'start'])
    expect(typed(verb, '--help').out).not.toContain('default: false');
});

// What follows in the file is done by nobody who asks for help: it would lint, boot systems, send requests.
test.each(['check', 'test:machine', 'fuzz', 'simulate', 'bench', 'catalog'])(
  '%s --help does no more than that',
  (verb) => {
    const help = typed(verb, '--help');
    expect(help.code).toBe(0);
    expect(help.out).toMatch(new RegExp(`^Usage: npm run ${verb} -- `));
  },
);

/** A service that takes the call and never answers. */
test('Ctrl-C while a command waits is answered in words, with what is left behind', async () => {
  const silent = createServer();
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const { PATH = '' } = process.env;
  const words = ['advise', '--config', 'runners.example.yaml', '--labels', 'self-hosted,aliyun,arm64'];
  const child = spawn(process.execPath, ['cli/run.mjs', ...words], {
    cwd: ROOT,
    env: {
      ...{ PATH, ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' },
      ECS_ENDPOINT: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    },
  });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  await once(silent, 'connection');
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  silent.close();
  expect(said).toContain('Left. Nothing more is done.\nNothing was changed; it can be run again');
  expect(code).toBe(130);
});
