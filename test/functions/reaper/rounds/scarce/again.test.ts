/** Who waits for what becomes of the first of its like: its place in line, and how it goes on once machines are to be had. */
import { describe, expect, test } from 'vitest';
import { PROBES_OF_LIKE_MAX } from '../../../../../shared/github-limits.ts';
import { PROBES_PER_SWEEP_MAX } from '../../../../../shared/limits.ts';
import type { Candidate } from '../../../../../shared/nouns.ts';
import { build } from '../../../../shared/ledger/builders.ts';
import { START_MS } from '../../../../world/in-process.ts';
import { due, sweeper } from '../late/sweeper.ts';
import { job, MINUTE_MS, many, NO_LIMITS, OFFER, starter, YOUNG } from './starts.ts';

const WIDE = { limits: { runners: 1_000, runnersPerRepository: null, mintsPerMinute: 240 } };
const made = (capacityType: string) =>
  ({ instanceId: 'i-1', state: 'booting', candidate: { capacityType } as Candidate }) as const;
/** Of lots five seconds apart; what a lot got is heeded after three, when what it was refused would be known as well. */
const GROWING = [1, 1, 1, 2, 3].map((times) => times * PROBES_OF_LIKE_MAX);

describe('a job that is queued now', () => {
  const comes = async (entries: Parameters<ReturnType<typeof starter>['first']>[0]) => {
    const { first, capacity } = starter(WIDE);
    await first(entries);
    return (await capacity.take(build.slot('other', { hasTurn: false }), NO_LIMITS, START_MS)).kind;
  };

  test('does not pass those that wait for what becomes of the first of their like', async () => {
    expect(await comes([...many(60, 200, OFFER), ...many(100, 1), job(999, YOUNG)])).toBe('queue');
  });

  test('waits for none of those that found nothing themselves', async () => {
    expect(await comes(many(100, 1, OFFER))).toBe('taken');
  });
});

describe('once machines are to be had of what was sold out', () => {
  test.each([
    ['those that were told so', many(100, 1, OFFER), 'spot'],
    ['those that were not', [...many(99, 1), job(100, OFFER)], 'spot'],
    [
      'those whose label asks for pay-as-you-go',
      many(100, 1, { ...OFFER, labels: 'self-hosted aliyun arm64 on-demand' }),
      'on-demand',
    ],
  ])('each lets one more of its like go: %s', async (_, entries, capacityType) => {
    const { lots } = starter({ ...WIDE, spot: { onDemandLabel: 'allow' } }, made(capacityType));
    const started = (await lots(entries)).map((lot) => lot.length);
    expect(started.slice(0, 5)).toEqual(GROWING);
    expect(started.reduce((sum, count) => sum + count)).toBe(100);
  });

  test('of something else, they are tried as before', async () => {
    const { lots } = starter(WIDE, made('on-demand'));
    const started = await lots(many(100, 1, OFFER));
    expect(started[1]).toHaveLength(PROBES_OF_LIKE_MAX);
    expect(started.flat()).toHaveLength(PROBES_PER_SWEEP_MAX);
  });

  test('and one is told again that there are none, a few try again', async () => {
    const { lots } = starter(WIDE, made('spot'));
    const again = job(999, { ...OFFER, nextTryAtMs: START_MS + MINUTE_MS + 11_000 });
    const started = await lots([...many(100, 1), again]);
    expect(started.slice(0, 5).map((lot) => lot.length)).toEqual(Array(5).fill(PROBES_OF_LIKE_MAX));
  });
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
