/** What `npm pack` makes, installed into an empty folder of an operator's own: nothing of the repository is at hand there. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inPackagesWords, pack } from '../../dev/pack.ts';
import {
  begin,
  beginAccount,
  destroyedAfterItsSweeps,
  type Ended,
  ended,
  folder,
  manifest,
  type Tarball,
  tellWalk,
  tidyUp,
  timed,
  typed,
  unanswered,
  unpacked,
  upgradeTo,
} from './packed.ts';
import { leftAtThePage, setUp } from './set-up.ts';

const ROOT = join(import.meta.dirname, '../..');
const MEGABYTE = 1024 * 1024;
let tarball: Tarball;

beforeAll(() => {
  tarball = unpacked();
});
afterAll(tidyUp);

const run = (...words: readonly string[]) => ended(begin({}, ...words));

test('the package holds what operators need and nothing else, in less than three megabytes', () => {
  const paths = tarball.files.map(({ path }) => path);
  const rest = paths.filter(
    (path) => !/^packed\/(cli\/chunk-[A-Z0-9]+|functions\/[a-z]+\/(index|chunk-[A-Z0-9]+))\.mjs$/.test(path),
  );
  const scripts = readdirSync(join(ROOT, 'userdata'));
  expect(rest.sort()).toEqual(
    [
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'README.zh-CN.md', 'package.json', 'packed/NOTICES.txt'],
      ...['runners.example.yaml', 'runners.schema.json', 's.yaml', 'simulator/runners.yaml'],
      ...['bundle-worker', 'commands', 'serverless-devs', 'spot-runners'].map(
        (name) => `packed/cli/${name}.mjs`,
      ),
      ...readdirSync(join(ROOT, 'cli/dashboard/assets')).map((name) => `packed/cli/assets/${name}`),
      // What answers refer to.
      ...['docs', 'docs/zh-CN'].flatMap((pages) =>
        readdirSync(join(ROOT, pages))
          .filter((name) => name.endsWith('.md'))
          .map((name) => `${pages}/${name}`),
      ),
      // The launcher boots by them, the reaper has images baked by them.
      ...scripts.flatMap((name) => [
        `userdata/${name}`,
        ...['launcher', 'reaper'].map((kind) => `packed/functions/${kind}/userdata/${name}`),
      ]),
    ].sort(),
  );
  expect(tarball.size).toBeLessThan(3 * MEGABYTE);
  expect(manifest().private, 'npm publish refuses a private package').toBeUndefined();
});

test('it imports what Node has and what it declares', async () => {
  const { imported } = await pack(join(folder, 'again'));
  const declared = Object.keys(manifest().dependencies);
  const isThere = (name: string) =>
    name.startsWith('node:') || builtinModules.includes(name) || declared.includes(name);
  // Each is asked for within a try, by a library that goes on without it; built in, where something else has brought it.
  const optional = ['graceful-fs', 'proxy-agent', 'bufferutil', 'utf-8-validate'];
  expect(imported.filter((name) => !isThere(name) && !optional.includes(name))).toEqual([]);
});

test.each([
  ["'npm run deploy -- --yes'", "'npx aliyun-spot-runners deploy --yes'"],
  [
    '`npm run infra:synth`, npm start -- --stay',
    '`npx aliyun-spot-runners infra:synth`, npx aliyun-spot-runners start --stay',
  ],
  ["new Command('npm run build --')", "new Command('npx aliyun-spot-runners build')"],
  ["lists them: docs/install.md'", "lists them: node_modules/aliyun-spot-runners/docs/install.md'"],
  ['npm run list: -- a dash', 'npx aliyun-spot-runners list: -- a dash'],
])('%s is said in the package’s words', (said, words) => {
  expect(inPackagesWords(said)).toBe(words);
});

test('its commands speak of themselves by the package’s name', async () => {
  const help = await run('--help');
  expect(help.code).toBe(0);
  expect(help.out).toContain('  npx aliyun-spot-runners deploy ');
  expect(help.out).not.toMatch(/npm run|bench|fuzz/);
  const lacking = await run('doctor');
  expect(lacking.code).toBe(2);
  expect(lacking.out).toContain(
    `There is no ${join(folder, 'runners.yaml')}. 'npx aliyun-spot-runners setup' makes one`,
  );
});

test('advise answers without an account', async () => {
  const { code, out } = await run('advise', '--simulate', '--labels', 'self-hosted,aliyun,arm64', '--json');
  expect(code, out).toBe(0);
  expect(out).toContain('ecs.');
});

test('the world that stays has its dashboard, and ends with its own words', async () => {
  const world = begin({}, 'start', '--stay', '--no-open');
  const { code, out } = await ended(world, (all) => {
    if (/Dashboard: |did not start/.test(all)) world.kill('SIGINT');
  });
  expect(out).toMatch(/Dashboard: http:\/\/127\.0\.0\.1:\d+\//);
  expect(code, out).toBe(130);
}, 120_000);

/** In the order in which a stranger meets them; what takes a minute of the account's own time goes on meanwhile. */
test('from an empty folder to a job, an upgrade, and an empty account', async () => {
  await beginAccount();
  expect(await leftAtThePage()).toEqual({ code: 130, isSaid: true, doors: [] });
  const { code, out } = await timed('setup', setUp());
  expect(code, out).toBe(0);
  expect(out).toContain('npx aliyun-spot-runners doctor');
  expect(existsSync(join(folder, 'runners.yaml'))).toBe(true);
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toContain('.env');
  const own = readdirSync(folder).filter((name) => !/^(node_modules|again|.*\.tgz)$/.test(name));
  expect(own.sort()).toEqual([
    '.env',
    '.gitignore',
    '.setup.json',
    '.spot-runners',
    'runners.schema.json',
    'runners.yaml',
  ]);

  const job = await queueJob();
  await lints();
  expect((await well('doctor')).out).toContain('ok');
  expect((await well('deploy', '--yes')).out).toContain('Nothing to change.');
  await upgrades();
  await runs(job);

  const removed = await destroyedAfterItsSweeps();
  expect(removed.code, removed.out).toBe(0);
  if (process.env.FIGURES) tellWalk();
}, 600_000);

async function well(...words: readonly string[]): Promise<Ended> {
  const answer = await typed(...words);
  expect(answer.code, answer.out).toBe(0);
  return answer;
}

async function queueJob(): Promise<string> {
  const { out } = await well('job', '--labels', 'self-hosted,aliyun,arm64', '--minutes', '0.05', '--json');
  return String((JSON.parse(out) as { job: number }).job);
}

/** A workflow with a mistake, and mended. */
async function lints(): Promise<void> {
  const workflow = join(folder, 'build.yml');
  const write = (cores: string) =>
    writeFileSync(
      workflow,
      `on: push\njobs:\n  build:\n    runs-on: [self-hosted, aliyun, arm64, ${cores}]\n    steps: []\n`,
    );
  write('8cup');
  const wrong = await typed('lint', 'runners.yaml', 'build.yml');
  expect(wrong).toMatchObject({ code: 1, out: expect.stringMatching(/build\.yml:4.*'8cup'.*8cpu/) });
  write('8cpu');
  expect((await well('lint', 'runners.yaml', 'build.yml')).out).toContain('Nothing is wrong.');
}

/** A change of configuration; then another version with another change; and back, each at once. */
async function upgrades(): Promise<void> {
  const yaml = join(folder, 'runners.yaml');
  writeFileSync(yaml, `${readFileSync(yaml, 'utf8')}alerts: {waiting: 9m}\n`);
  expect((await well('deploy', '--yes')).out).toContain('~ alerts.waiting: 10 min → 9 min');
  upgradeTo('9.1.0', 'What the walk reads.');
  expect(await unanswered('deploy')).toMatchObject({
    code: 2,
    out: expect.stringContaining('Nobody is there to be asked: say --yes'),
  });
  const upgraded = await well('deploy', '--yes');
  expect(upgraded.out).toMatch(/9\.1\.0/);
  expect(upgraded.out).toContain('- What the walk reads.');
  const back = await well('deploy', '--rollback');
  expect(back.out).toMatch(/ci-launcher: 9\.1\.0 .* → 0\.2\.0 /);
}

/** It was queued long before; its story is told until it has ended. */
async function runs(job: string): Promise<void> {
  const { out } = await well('logs', job, '--follow');
  expect(out).toMatch(/success/);
}
