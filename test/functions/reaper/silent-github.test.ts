/** GitHub takes each call and says nothing for half a minute: machines that stopped go all the same, sweeps come each minute or two, and what GitHub knows is settled later. */
import { expect, test } from 'vitest';
import { CALL_MAX_MS, REAPER_TIMEOUT_S } from '../../../shared/limits.ts';
import type { JobId } from '../../../shared/nouns.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { MINUTE_MS, OURS, open, queue } from '../../cli/explain/fixture.ts';

const SILENT = { kind: 'timeout', effect: 'before', ms: CALL_MAX_MS - 1_000 } as const;
const LOST = { kind: 'lose', isLogged: false } as const;

// biome-ignore format: a table reads best as a table.
test.each([
  ['an organisation', 'organization', 1],
  ['an organisation', 'organization', 24],
  ['90 repositories, each with runners of its own', 'repository', 90],
] as const)('%s', async (_what, scope, count) => {
  let isSilent = false;
  const repositories = scope === 'organization' ? ['acme/app'] : Array.from({ length: count }, (_, at) => `acme/app-${at}`);
  const world = await open({
    repositories,
    config: { github: { scope }, limits: { runners: 150, runnersPerRepository: null, mintsPerMinute: 300 } },
    github: { faults: () => (isSilent ? SILENT : null), deliveryFaults: () => (isSilent ? LOST : null) },
  });
  const jobs = Array.from({ length: count }, (_, at) =>
    queue(world, OURS, { durationMs: 8 * MINUTE_MS }, repositories[at % repositories.length]),
  );
  const are = (status: SimJob['status']) => jobs.every((job) => job.status === status);
  expect(await world.until(() => jobs.every(({ status }) => status !== 'queued'), 20 * MINUTE_MS)).toBe(true);
  isSilent = true;
  const silentAtMs = world.clock.nowMs();
  expect(await world.until(() => are('completed'), 30 * MINUTE_MS)).toBe(true);
  const endedAtMs = world.clock.nowMs();
  // Three sweeps see a machine stopped, the fourth deletes it.
  await world.until(() => world.ecs.alive().length === 0, 12 * MINUTE_MS);
  expect(world.ecs.alive()).toHaveLength(0);
  expect(world.clock.nowMs() - endedAtMs).toBeLessThan(9 * MINUTE_MS);
  const swept = sweepsIn(world.lines, silentAtMs);
  expect(swept.length).toBeGreaterThan(3);
  expect(Math.max(...swept)).toBeLessThan((REAPER_TIMEOUT_S * 1000) / 2);

  isSilent = false;
  const { ledger } = world.adapters();
  await world.pass(25 * MINUTE_MS);
  expect((await ledger.jobs.list(200)).things).toEqual([]);
  expect((await ledger.runners.list(200)).things).toEqual([]);
  for (const job of jobs.slice(0, 5))
    expect(await ledger.history.read(job.createdAtMs, job.id as JobId)).toMatchObject({ outcome: 'success' });
  world.fc.close();
});

/** How long each took that ended. */
const sweepsIn = (lines: readonly string[], sinceMs: number): number[] =>
  lines
    .map((line) => JSON.parse(line) as { at: string; event: string; tookMs: number })
    .filter(({ at, event }) => event === 'sweep.done' && Date.parse(at) >= sinceMs)
    .map(({ tookMs }) => tookMs);
