/** A job whose runners come to nothing gets the next one later each time, and a person hears of it. */
import { expect, test } from 'vitest';
import { act } from '../../../../functions/reaper/repair/act.ts';
import { diagnose } from '../../../../functions/reaper/repair/diagnose.ts';
import { verdict, wasted } from '../../../../functions/reaper/repair/verdict.ts';
import { gatherEvidence } from '../../../../functions/reaper/survey/evidence.ts';
import type { Observation } from '../../../../functions/reaper/survey/observe.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import { MINUTE_MS, OURS, open, queue } from '../../../cli/explain/fixture.ts';
import { build, held } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';
import { observed as observationOf } from './diagnose-rows.ts';

const HOUR_MS = 60 * MINUTE_MS;
const IDLE = { state: 'idle', for: 1 as JobId, leaseUntilMs: 0 } as const;
const entryOf = (at: number, some: Partial<RunnerEntry> = {}) =>
  build.runnerEntry(`1-${at}`, { ...IDLE, stateAtMs: START_MS - 20 * MINUTE_MS, ...some });

const seenAs = (entry: RunnerEntry, some: Partial<Observation> = {}): Observation =>
  observationOf(entry, { name: entry.name, ...some });

test('what comes to nothing is told from what is merely not needed any more', () => {
  const seen = {
    nowMs: START_MS,
    surveyAtMs: START_MS,
    instancesComplete: true,
    registrationsComplete: true,
  };
  const isWasted = (observation: Observation) => diagnose(seen, observation).isWasted ?? false;
  const target = { owner: 'acme', repository: null, installationId: 7 };
  const online = { id: 9, name: 'r', isOnline: true, isBusy: false, labels: [], target };
  const waiting = build.jobEntry(1);
  expect(isWasted(seenAs(entryOf(1, { state: 'booting' })))).toBe(true);
  expect(isWasted(seenAs(entryOf(1), { registration: online, waiting }))).toBe(true);
  expect(isWasted(seenAs(entryOf(1), { registration: online }))).toBe(false);
  expect(isWasted(seenAs(entryOf(1)))).toBe(false);
});

/** The nth runner of the job is doubted; the minutes that its job has to wait. */
async function worlds() {
  const each = openReaper();
  const { ledger } = each.world;
  await ledger.jobs.add(1 as JobId, build.jobEntry(1, { nextTryAtMs: START_MS }));
  const doubt = async (at: number, because = 'it never came online') => {
    const entry = entryOf(at);
    await ledger.runners.add(entry.name, entry);
    const now = held(await ledger.runners.read(entry.name));
    const judged = wasted(verdict('sight', because));
    await act({ ...seenAs(entry), held: now }, judged, gatherEvidence(START_MS, each.world), each.world);
    return ((await ledger.jobs.read(1 as JobId))?.entry.nextTryAtMs ?? 0) - START_MS;
  };
  return { ...each, doubt };
}

test('each wasted runner doubles the wait for the next, up to half an hour', async () => {
  const { doubt, world } = await worlds();
  const minutes: number[] = [];
  for (let at = 1; at <= 6; at++) minutes.push((await doubt(at)) / MINUTE_MS);
  expect(minutes).toEqual([2, 4, 8, 16, 30, 30]);
  expect((await world.ledger.jobs.read(1 as JobId))?.entry.because).toBe(
    'its runner ci-runner-arm64-spot-1-6 was of no use: it never came online',
  );
});

test('one runner is held against its job once, however often it is seen', async () => {
  const { doubt } = await worlds();
  expect([await doubt(1), await doubt(1)]).toEqual([2 * MINUTE_MS, 2 * MINUTE_MS]);
});

test('from the third on a person is told, once, with what it may be', async () => {
  const { doubt, alerts } = await worlds();
  await doubt(1);
  await doubt(2);
  expect(alerts).toEqual([]);
  await doubt(3);
  await doubt(4);
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toMatch(/3 runners of no use.*runner group ci-runners does not serve.*image/);
});

test('a GitHub that gives no job for three hours costs a few instances, not one every eight minutes', async () => {
  const alerts: string[] = [];
  const world = await open({ post: async (text) => void alerts.push(text) });
  world.github.pauseAssignment(3 * HOUR_MS);
  const job = queue(world, OURS);
  await world.pass(3 * HOUR_MS);
  expect(world.ecs.paid().length).toBeLessThanOrEqual(8);
  expect(alerts.filter((text) => text.includes('of no use'))).toHaveLength(1);
  expect(await world.until(() => job.status === 'completed', HOUR_MS)).toBe(true);
});
