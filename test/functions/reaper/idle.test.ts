/** What a deployment costs in which nothing is alive: calls of its sweeps, minute after minute. */
import { describe, expect, test } from 'vitest';
import { memoryIn } from '../../../shared/github-note.ts';
import { build } from '../../shared/ledger/builders.ts';
import { START_MS } from '../../world/in-process.ts';
import { swept, worldOf } from './scale-world.ts';

const MINUTE_MS = 60_000;

/** A world without anything alive, that knows these repositories. */
async function quietWorld(repositories: readonly string[]) {
  const made = await worldOf(0, 0, 0);
  const { clock, world } = made;
  const known = repositories.map((repository) => ({ repository, installationId: 1, seenAtMs: START_MS }));
  const written = world.ledger.notes.add('repositories', { text: JSON.stringify(known), untilMs: null });
  await clock.runUntil(START_MS + 1_000);
  await written;
  return made;
}

/** Calls of each sweep of the last of `hours`, in which the last job of these repositories was before the first. */
async function callsOfAnHour(repositories: readonly string[], hours: number) {
  const { clock, calls, world } = await quietWorld(repositories);
  // As the client does: what other functions found out of GitHub's limits is read before it is asked.
  const looks = new Set<number>();
  const memory = memoryIn(world.ledger, clock);
  const remembering = <Asked extends unknown[], Answer>(ask: (...asked: Asked) => Promise<Answer>) => {
    return async (...asked: Asked): Promise<Answer> => {
      await memory.heldUntilMs('acme');
      return ask(...asked);
    };
  };
  const { registrations, deliveries, liveRuns } = world.github;
  const github = {
    ...world.github,
    registrations: remembering(registrations),
    deliveries: remembering(deliveries),
    liveRuns: remembering((...asked: Parameters<typeof liveRuns>) => {
      looks.add(Math.floor(clock.nowMs() / MINUTE_MS));
      return liveRuns(...asked);
    }),
  };
  const each: number[] = [];
  for (let minute = 0; minute < hours * 60; minute++) {
    const before = sum(calls);
    await swept(clock, { ...world, github });
    if (minute >= (hours - 1) * 60) each.push(sum(calls) - before);
    await clock.runUntil(START_MS + 1_000 + (minute + 1) * MINUTE_MS);
  }
  const from = Math.floor(clock.nowMs() / MINUTE_MS) - 60;
  return { each, looks: [...looks].filter((minute) => minute >= from).length };
}

const sum = (calls: Readonly<Record<string, number>>): number =>
  Object.values(calls).reduce((total, count) => total + count, 0);

describe('a sweep in which nothing is alive', () => {
  test('makes ten calls, and with what comes now and then no more than eleven on average', async () => {
    const { each } = await callsOfAnHour(['acme/app'], 4);
    expect(each.toSorted((a, b) => a - b)[30], each.join(' ')).toBeLessThanOrEqual(10);
    expect(each.reduce((total, count) => total + count, 0) / each.length).toBeLessThanOrEqual(11);
  });

  test('of a repository that had jobs lately looks each minute, and then each ten', async () => {
    expect((await callsOfAnHour(['acme/app'], 1)).looks).toBeGreaterThan(55);
    expect((await callsOfAnHour(['acme/app'], 4)).looks).toBeLessThanOrEqual(7);
  });
});

test('a job of a repository that was quiet is found though nobody told of it', async () => {
  const { clock, world } = await quietWorld(['acme/app']);
  const job = build.job(7, { createdAtMs: START_MS + 190 * MINUTE_MS });
  const isThere = () => clock.nowMs() > job.createdAtMs;
  const run = {
    id: job.runId,
    attempt: 1,
    status: 'queued',
    createdAtMs: job.createdAtMs,
    changedAtMs: null,
  };
  const record = {
    job,
    status: 'queued',
    conclusion: null,
    runner: null,
    startedAtMs: null,
    completedAtMs: null,
  };
  const github = {
    ...world.github,
    liveRuns: async (_: object, __: string, status: string) => ({
      things: isThere() && status === 'queued' ? [run] : [],
      complete: true,
    }),
    jobsOfRun: async () => ({ things: [record], complete: true }),
  } as unknown as typeof world.github;
  let foundAtMs = 0;
  for (let minute = 0; minute < 210 && foundAtMs === 0; minute++) {
    const { found } = await swept(clock, { ...world, github });
    if (found === 1) foundAtMs = clock.nowMs();
    await clock.runUntil(START_MS + 1_000 + (minute + 1) * MINUTE_MS);
  }
  expect(foundAtMs - job.createdAtMs).toBeGreaterThan(0);
  expect(foundAtMs - job.createdAtMs).toBeLessThan(12 * MINUTE_MS);
});
