/** The end of a runner's life, over the wire: warned of once, kept at, and not put off, except by a person's tag. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leftovers } from '../../cli/start/leftovers.ts';
import type { Config } from '../../shared/config/config.ts';
import { TAG } from '../../shared/names.ts';
import type { RunnerName } from '../../shared/nouns.ts';
import type { SimJob } from '../../simulator/github/index.ts';
import { bundlesFor } from './bundles.ts';
import { forget, keepForAWhile, keepMachine } from './failures.ts';
import { configWith, type Harness, MINUTE_MS, once, openHarness, unseen } from './harness.ts';

/**
 * Released by the cloud half an hour after our own end. The warned job runs on for three minutes after its warning is
 * due, so for three sweeps, and ends three before its runner's lifetime.
 */
const PROFILES = `
  short: {cpu: 4, lifetime: 10m}
  long: {cpu: 4, lifetime: 36m}
`;

const told: { readonly text: string; readonly atMs: number }[] = [];
let nowMs = () => 0;
const robot = createServer((request, answer) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    told.push({ text: (JSON.parse(body) as { text: string }).text, atMs: nowMs() });
    answer.end('{}');
  });
});

let config: Config;
let harness: Harness;
beforeAll(async () => {
  await new Promise<void>((resolve) => robot.listen(0, '127.0.0.1', () => resolve()));
  const { port } = robot.address() as AddressInfo;
  config = configWith(PROFILES, `{url: "http://127.0.0.1:${port}/robot"}`);
  const bundles = await bundlesFor(config);
  harness = await openHarness(config, {
    ...{ scale: 60, seed: 7, bundles },
    github: { behaviour: { lostMs: 2 * MINUTE_MS } },
  });
  nowMs = () => harness.world.clock.nowMs();
});
afterAll(async () => {
  await harness.world.close();
  robot.close();
});

const billOf = ({ id }: SimJob) => harness.world.ecs.paid().find(({ tags }) => tags[TAG.job] === String(id));
const isOver = async () => (await leftovers(harness.world)).length === 0;
const tellings = (of: string | null | undefined) => told.filter(({ text }) => text.includes(` ${of} `));

test('a busy runner’s end is warned of a sixth before, once, and comes; what a person keeps is left alone', async () => {
  const { world, ledger } = harness;
  const warned = harness.play('warned', 'arm64 long', 32);
  const kept = harness.play('kept', 'arm64 short', 1);
  const machine = await keepMachine(harness, kept);
  const overdue = harness.play('overdue', 'arm64 short', 60);
  const freed = harness.play('freed', 'arm64 8cpu', 1);
  const forgotten = harness.play('forgotten', 'arm64 16cpu', 3);
  await Promise.all([forget(harness, forgotten), keepForAWhile(harness, freed)]);
  const jobs = [warned, kept, overdue, freed, forgotten];

  await once('all jobs are over', () => jobs.every(({ status }) => status === 'completed'));
  const held = await ledger.runners.read(kept.runner?.name as RunnerName);
  const { slots } = await ledger.capacity.view();
  expect(held?.entry.state, 'its job ended long ago').toBe('retiring');
  expect(slots.map(({ name }) => name)).toContain(kept.runner?.name);
  expect(world.ecs.alive()).toContain(machine);

  await once('nothing is left', isOver);
  const endedAtMs = machine.history.at(-1)?.atMs ?? 0;
  expect(endedAtMs, 'its release time ended it, not we').toBeGreaterThanOrEqual(machine.releaseAtMs ?? 0);

  expect(overdue.conclusion, 'it ran beyond its lifetime').toBe('failure');
  expect(overdue.run.attempt, 'that is no interruption').toBe(1);
  expect(harness.didTo(overdue.runner?.name ?? '', 'retire', 'its lifetime is over')).toBe(true);
  expect(tellings(overdue.runner?.name)).toHaveLength(1);

  const [warning, ...again] = tellings(warned.runner?.name);
  const launchedAtMs = billOf(warned)?.startedAtMs ?? 0;
  expect(again).toEqual([]);
  expect(warning?.text).toMatch(/no more than [567] minutes of its lifetime are left/);
  expect(warning?.atMs, 'not before thirty of its 36 minutes').toBeGreaterThan(launchedAtMs + 29 * MINUTE_MS);

  expect(told.filter(({ text }) => text.includes(`(${forgotten.runner?.name})`))).toHaveLength(1);
  const plain = [warned, kept, freed, forgotten];
  expect(plain.map(({ conclusion }) => conclusion)).toEqual(plain.map(() => 'success'));
  expect(harness.didTo(freed.runner?.name ?? '', 'terminate')).toBe(true);
  expect(unseen('lifetimes', harness)).toEqual([]);
});
