/** The application template of Serverless Devs, with the real program: from its archive to a job that ran, offline. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolHome } from '../../cli/deploy/tool-home.ts';
import { application } from '../../dev/release/index.ts';
import {
  beginAccount,
  beginIn,
  destroyedAfterItsSweeps,
  type Ended,
  ended,
  folder,
  installed,
  served,
  started,
  tidyUp,
  typed,
  unpacked,
} from './packed.ts';
import { setUp } from './set-up.ts';

const ROOT = join(import.meta.dirname, '../..');
const made = join(folder, 'made');

beforeAll(async () => {
  unpacked();
  writeFileSync(join(folder, 'application.zip'), application(join(folder, 'application')));
  await beginAccount();
});
afterAll(tidyUp);

/** Serverless Devs, as a person has it: nothing of ours but the account's address in its environment. */
function s(cwd: string, ...words: readonly string[]): ChildProcess {
  const { PATH = '' } = process.env;
  const { ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET, ...account } = served();
  const key = { AccessKeyID: ALIBABA_CLOUD_ACCESS_KEY_ID, AccessKeySecret: ALIBABA_CLOUD_ACCESS_KEY_SECRET };
  const home = { HOME: folder, serverless_devs_config_home: toolHome(folder) };
  const env = { PATH, ...home, ...account, AccountID: '1234567890123456', ...key, NO_COLOR: '1' };
  return started(spawn(join(ROOT, 'node_modules/.bin/s'), words, { cwd, env }));
}

async function well(end: Promise<Ended>): Promise<string> {
  const { code, out } = await end;
  expect(code, out).toBe(0);
  return out;
}

const read = (file: string): string => readFileSync(join(made, file), 'utf8');

test('`s init` makes a folder of the answers that set-up would ask for first', async () => {
  const parameters = {
    ...{ name: 'ci', organization: 'acme', region: 'cn-hongkong', store: 'kms', runners: 'elsewhere' },
    github: served().GITHUB_BASE_URL,
  };
  const words = ['init', '--uri', join(folder, 'application.zip'), '-d', 'made', '-y'];
  await well(ended(s(folder, ...words, '--parameters', JSON.stringify(parameters))));
  expect(JSON.parse(read('.setup.json')).answers).toEqual({
    ...{ name: 'ci', owner: 'acme', allow: ['acme/*'], region: 'cn-hongkong', scope: 'organization' },
    ...{ baseUrl: parameters.github, store: 'kms', isMainland: false },
  });
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(JSON.parse(read('package.json')).dependencies).toEqual({ 'aliyun-spot-runners': version });
});

test('`s deploy` asks for the rest, makes the App, and deploys', async () => {
  // What `npm install` does there, without a registry.
  mkdirSync(join(made, 'node_modules'));
  symlinkSync(installed, join(made, 'node_modules', 'aliyun-spot-runners'));
  const out = await well(setUp(s(made, 'deploy')));
  expect(out).toContain('Going on with ci for acme');
  expect(out).toContain('All is set up');
  expect(read('runners.yaml')).toContain('acme/*');
  expect(read('.gitignore')).toContain('.setup.json');
  expect(existsSync(join(made, '.env'))).toBe(true);
});

test('a job runs; meanwhile a second deploy changes nothing, and `s info` finds all well', async () => {
  const job = await typed('job', '--labels', 'self-hosted,aliyun,arm64', '--minutes', '0.05', '--json');
  expect(job.code, job.out).toBe(0);
  expect(await well(ended(s(made, 'deploy', '-y')))).toContain('Nothing to change.');
  expect(await well(ended(s(made, 'info')))).toContain('ok');
  const { job: id } = JSON.parse(job.out) as { job: number };
  const told = await well(ended(beginIn(made, served(), 'logs', String(id), '--follow')));
  expect(told).toMatch(/success/);
});

test('what fails there fails here: the command, and how it ended', async () => {
  const before = read('runners.yaml');
  writeFileSync(join(made, 'runners.yaml'), 'name: CI\n');
  const { code, out } = await ended(s(made, 'deploy', '-y'));
  writeFileSync(join(made, 'runners.yaml'), before);
  expect(code).not.toBe(0);
  expect(out).toContain('must have 2-12 characters');
  expect(out).toContain('ended with 2');
});

test('`s remove` removes all of it', async () => {
  await well(destroyedAfterItsSweeps(() => s(made, 'remove')));
});
