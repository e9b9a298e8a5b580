/** A repository with more live runs than one look has time or calls for. */
import { expect, test } from 'vitest';
import { lookForJobs } from '../../../../../functions/reaper/rounds/look.ts';
import { gatherEvidence } from '../../../../../functions/reaper/survey/evidence.ts';
import { survey } from '../../../../../functions/reaper/survey/survey.ts';
import type { LiveStatus, RunRecord } from '../../../../../shared/nouns.ts';
import { START_MS } from '../../../../world/in-process.ts';
import { completeList, openReaper, QUIET, runOf } from '../../fixture.ts';

const LOOK_MS = 12_000;

/** Looks, a minute apart: how long each took, and the runs whose jobs each asked for. */
async function looking(runs: Partial<Record<LiveStatus, RunRecord[]>>, listMs: number, config = {}) {
  let asked: number[] = [];
  const each = openReaper({
    config,
    ...QUIET,
    github: {
      ...QUIET.github,
      liveRuns: async (_target, _repository, status) => completeList(...(runs[status] ?? [])),
      async jobsOfRun(_target, _repository, id) {
        asked.push(id);
        await each.clock.sleep(listMs);
        return completeList();
      },
    },
  });
  const text = JSON.stringify([{ repository: 'acme/app', installationId: 7, seenAtMs: START_MS }]);
  await each.world.ledger.notes.add('repositories', { text, untilMs: null });
  return async () => {
    asked = [];
    const sinceMs = each.clock.nowMs();
    const evidence = gatherEvidence(sinceMs + LOOK_MS, each.world);
    const seen = survey(each.world);
    let tookMs = Number.POSITIVE_INFINITY;
    const look = seen
      .then((found) => lookForJobs(found, evidence, sinceMs + LOOK_MS, each.world))
      .then(() => {
        tookMs = each.clock.nowMs() - sinceMs;
      });
    await each.pass(60_000);
    if (tookMs > 60_000) await each.pass(600_000);
    await look;
    return { tookMs, asked };
  };
}

const many = (from: number, count: number, status: LiveStatus) =>
  Array.from({ length: count }, (_, at) =>
    runOf(from + at, { status, createdAtMs: START_MS - 3_600_000, changedAtMs: START_MS - 3_600_000 }),
  );

test('it ends in its time, and the next ones go on where it ended', async () => {
  const look = await looking({ in_progress: many(1, 200, 'in_progress') }, 400);
  const all = new Set<number>();
  let count = 0;
  for (let times = 0; times < 16; times++) {
    const { tookMs, asked } = await look();
    expect(tookMs).toBeLessThanOrEqual(LOOK_MS);
    count += asked.length;
    for (const id of asked) all.add(id);
  }
  expect([all.size, count]).toEqual([200, 200]);
});

test('where nobody tells us, new runs come before those that are looked at again and again', async () => {
  const runs = { in_progress: many(1, 130, 'in_progress'), queued: [] as RunRecord[] };
  const look = await looking(runs, 0, { github: { polling: true } });
  for (let times = 0; times < 3; times++) await look();
  runs.queued = many(1_001, 50, 'queued');
  const { asked } = await look();
  expect(asked.filter((id) => id > 1_000)).toHaveLength(50);
  const next = new Set([...(await look()).asked, ...(await look()).asked]);
  expect(next.size, 'and none is left out').toBe(180);
});
