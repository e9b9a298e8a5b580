/** Who waits for what becomes of the first of its like: whom it holds up, and when a person is told of it. */
import { expect, test } from 'vitest';
import { PROBES_OF_LIKE_MAX } from '../../../../../shared/github-limits.ts';
import type { Candidate } from '../../../../../shared/nouns.ts';
import { build } from '../../../../shared/ledger/builders.ts';
import { START_MS } from '../../../../world/in-process.ts';
import { due, sweeper } from '../late/sweeper.ts';
import { job, MINUTE_MS, many, NO_LIMITS, OFFER, starter, YOUNG } from './starts.ts';

const WIDE = { limits: { runners: 1_000, runnersPerRepository: null, mintsPerMinute: 240 } };
const made = (capacityType: string) =>
  ({ instanceId: 'i-1', state: 'booting', candidate: { capacityType } as Candidate }) as const;

test('a job that is queued now waits for none of those that found nothing, nor for those that wait for what becomes of them', async () => {
  const { first, capacity } = starter(WIDE);
  await first([...many(60, 200, OFFER), ...many(100, 1), job(999, YOUNG)]);
  const comes = await capacity.take(build.slot('other', { hasTurn: false }), NO_LIMITS, START_MS);
  expect(comes.kind).toBe('taken');
});

test.each([
  ['pay-as-you-go, which their label asks for: all the others go', 'on-demand', 39],
  ['spot, which it does not: they are tried as before', 'spot', PROBES_OF_LIKE_MAX],
])('a machine was had on %s', async (_, capacityType, started) => {
  const { lots } = starter({ ...WIDE, spot: { onDemandLabel: 'allow' } }, made(capacityType));
  const labels = 'self-hosted aliyun arm64 on-demand';
  const [first, second] = await lots([...many(99, 1, { labels }), job(100, { ...OFFER, labels })]);
  expect([first?.length, second?.length]).toEqual([PROBES_OF_LIKE_MAX, started]);
});

test('a person is told of one that waits for its like as late as of what found nothing itself', async () => {
  const { sweepAll, told, world } = sweeper({ alerts: { waiting: '3m' } });
  const waits = due({ because: 'other jobs wait' });
  for (let minute = 0; minute < 60; minute++) {
    const nextTryAtMs = world.clock.nowMs() + MINUTE_MS;
    await sweepAll([waits, due({ job: build.job(2), obstacle: 'offer', nextTryAtMs })], null);
  }
  expect(told()).toEqual([]);
});
