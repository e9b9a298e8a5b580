/** The operator's commands, each a process of its own, against a served world as `npm start -- --stay` has it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseYaml } from '../../shared/config/parse.ts';
import { standardRegions } from '../../simulator/ecs/index.ts';
import type { SimJob } from '../../simulator/github/index.ts';
import { bundlesFor } from './bundles.ts';
import { type Harness, once, openHarness } from './harness.ts';
import { operatorOf } from './operator.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCALE = 20;
const folder = mkdtempSync(join(tmpdir(), 'commands-'));
const file = join(folder, 'simulator.json');

let harness: Harness;
beforeAll(async () => {
  const parsed = parseYaml(readFileSync(join(ROOT, 'simulator/runners.yaml'), 'utf8'));
  if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join('\n'));
  const bundles = await bundlesFor(parsed.config);
  harness = await openHarness(parsed.config, {
    ...{ scale: SCALE, seed: 3, bundles },
    ecs: { regions: standardRegions() },
    boots: { bootMs: [10_000, 20_000] },
  });
});
afterAll(async () => {
  await harness.world.close();
  rmSync(folder, { recursive: true });
});

const { run, parsed, shell } = operatorOf(() => harness, file, SCALE);

const addressOf = ({ id, run: { id: runId } }: SimJob) =>
  `https://github.com/acme/app/actions/runs/${runId}/job/${id}`;

test('list, explain and retire tell of a served world, and act on it', async () => {
  const { world, ledger } = harness;
  const job = harness.play('build', 'arm64 4cpu', 60);
  const typo = harness.play('typo', 'arm46 4cpu', 1);
  await once('it runs', () => job.status === 'in_progress');
  const name = job.runner?.name as never;
  await once('the ledger says so', async () => (await ledger.runners.read(name))?.entry.state === 'busy');

  const listed = await parsed('list');
  expect(listed).toMatchObject({
    slots: { taken: 1, limit: 20 },
    runners: [{ runner: name, state: 'busy', job: job.id, jobName: 'build', capacityType: 'spot' }],
    jobs: [],
  });
  expect((await run('list')).out).toContain(name);

  const told = await parsed('explain', addressOf(job));
  expect(told).toMatchObject({ id: job.id, answer: { state: 'runs' }, atGitHub: { status: 'in_progress' } });
  expect((told.story as { text: string }[]).length).toBeGreaterThan(2);
  expect((await run('explain', String(typo.id))).out).toMatch(/arm46/);
  expect(await run('explain', '48')).toMatchObject({ code: 1 });

  const written = await run('logs', String(job.id));
  expect(written).toMatchObject({ code: 0, err: expect.not.stringContaining('Error') });
  expect(written.out).toMatch(/story +was queued at GitHub/);
  expect(written.out, 'of Log Service').toMatch(/launcher +\{.*"event":"launch\.done"/);
  expect(written.out).not.toMatch(/Not here/);
  const bundle = join(folder, 'bundle.gz');
  expect(await run('logs', addressOf(job), '--bundle', bundle)).toMatchObject({ code: 0 });
  const text = gunzipSync(readFileSync(bundle)).toString('utf8');
  expect(text).toContain(name);
  for (const secret of Object.values(world.secrets)) expect(text).not.toContain(secret);

  const refused = await run('retire', name, '--yes');
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('Cancel that at GitHub') });
  expect(await parsed('retire', name, '--yes', '--force')).toMatchObject({ runner: name, kind: 'retire' });
  await once('its machine is gone', () => world.ecs.alive().length === 0);
});

test('connect opens a shell over real websockets, and is left by exit, by a closed window, by a server that dies', async () => {
  const { world, ledger } = harness;
  const job = harness.play('looked-at', 'arm64 4cpu', 7_200);
  await once('it runs', () => job.status === 'in_progress');
  const name = job.runner?.name as never;
  await once('the ledger says so', async () => (await ledger.runners.read(name))?.entry.state === 'busy');
  const piped = await run('connect', String(job.id));
  expect(piped).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/needs a terminal.*npm run keep/),
  });

  const first = await shell(String(job.id));
  first.type('stty size\r');
  await first.shows('\r\n40 120\r\n');
  first.type('sleep\u0003');
  await first.shows('sleep^C\r\n');
  await first.hasSize(50, 200);
  first.type('exit\r');
  expect(await first.ended, first.text()).toEqual({ code: 0, isCooked: true });
  expect(first.text()).toMatch(/The shell has ended\.\s*$/);
  expect(first.text()).not.toMatch(/token=|sessionId/);

  const second = await shell(name);
  second.hangUp();
  expect(await second.ended, 'by SIGHUP').toEqual({ code: -1, isCooked: null });
  const third = await shell(name);
  world.ecs.sessions.cut();
  expect(await third.ended, third.text()).toEqual({ code: 1, isCooked: true });
  expect(third.text()).toMatch(/gone without a word: the network, or Session Manager/);
  expect(await run('retire', name, '--yes', '--force')).toMatchObject({ code: 0 });
  await once('its machine is gone', () => world.ecs.alive().length === 0);
});

test('advise asks the market of a served world, under its own runners.yaml', async () => {
  const advised = await run('advise', '--labels', 'self-hosted,aliyun,arm64', '--json');
  expect(advised, advised.err).toMatchObject({
    code: 0,
    err: expect.stringContaining('npm start -- --stay'),
  });
  const rows = JSON.parse(advised.out) as { zoneId: string }[];
  expect(rows.length).toBeGreaterThan(2);
  // Its zones: the market of --simulate has others, too.
  for (const { zoneId } of rows) expect(zoneId).toMatch(/^cn-(hangzhou-[hik]|shanghai-[bel])$/);
  const listed = await run('advise', '--region', 'cn-shanghai', '--limit', '3');
  expect(listed, listed.err).toMatchObject({ code: 0, out: expect.stringContaining('cn-shanghai-') });
});

test('create launches a runner that waits for a job, and refuses what a job would be refused', async () => {
  const { world, ledger } = harness;
  const refused = await run('create', '--labels', 'arm64,8cup');
  expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/Refused: .*'8cup'.*8cpu/) });
  const made = await run('create', '--labels', 'arm64,4cpu', '--for', '2h', '--json');
  expect(made, made.err).toMatchObject({
    code: 0,
    err: expect.stringMatching(/ is online, and waits for a job until /),
  });
  const { runners } = JSON.parse(made.out) as { runners: { runner: string; state: string }[] };
  expect(runners).toMatchObject([{ state: 'idle', because: null, instance: expect.stringMatching(/^i-/) }]);
  const job = harness.play('waited-for', 'arm64 4cpu', 1);
  await once('it is over', () => job.status === 'completed');
  expect(job.runner?.name).toBe(runners[0]?.runner);
  await once('nothing is left', async () => (await ledger.runners.list(9)).things.length === 0);
  expect(world.ecs.alive()).toEqual([]);
});

test('stop ends two jobs that run, with the App suspended; nothing is launched until resume', async () => {
  const { world, installation } = harness;
  const jobs = [harness.play('hostile-1', 'arm64 4cpu', 300), harness.play('hostile-2', 'arm64 4cpu', 300)];
  await once('both run', () => jobs.every(({ status }) => status === 'in_progress'));
  world.github.suspend(installation);
  expect(await run('stop', '--all')).toMatchObject({ code: 2, err: expect.stringContaining('say --yes') });
  const { code, out, err } = await run('stop', '--all', '--yes', '--json');
  expect(JSON.parse(out), err).toMatchObject({ kind: 'all', machines: 0, registrations: 2 });
  expect(code, 'GitHub keeps the registrations').toBe(1);
  expect(err).toContain('2 machines left');
  expect(world.ecs.alive()).toEqual([]);

  world.github.suspend(installation, false);
  const launched = world.ecs.paid().length;
  const later = harness.play('later', 'arm64 4cpu', 1);
  const told = async () => (await run('explain', String(later.id))).out;
  await once('it waits for the operator', async () => /operator has stopped everything/.test(await told()));
  expect((await run('list')).out).toMatch(/Everything is stopped since/);
  expect(world.ecs.paid()).toHaveLength(launched);
  expect(await run('resume')).toMatchObject({ code: 0 });
  await once('it ran', () => later.conclusion === 'success');
});
