/** Deliveries that are asked for again, when GitHub's list is longer than what can be read of it. */
import { describe, expect, test } from 'vitest';
import { reap } from '../../../../functions/reaper/reap.ts';
import { decideRedeliveries, redeliverLost } from '../../../../functions/reaper/rounds/deliveries.ts';
import { standingAlerts } from '../../../../shared/alert-once.ts';
import type { Delivery } from '../../../../shared/ports.ts';
import { ASK_FOR_COPIES } from '../../../../shared/runner/copies.ts';
import { openWorld, START_MS, seedRunnerRelease } from '../../../world/in-process.ts';
import { APP_ID, PUBLIC_KEY_PEM } from '../../../world/keys.ts';
import { openReaper } from '../fixture.ts';

const MINUTE_MS = 60_000;
const delivered = (guid: string, statusCode: number, minutesAgo: number): Delivery => ({
  id: guid,
  guid,
  deliveredAtMs: START_MS - minutesAgo * MINUTE_MS,
  statusCode,
  event: 'workflow_job',
  action: 'queued',
});

test('a delivery that Function Compute turned away is asked for again', () => {
  const deliveries = [delivered('full', 429, 5), delivered('refused', 401, 4), delivered('taken', 202, 3)];
  expect(decideRedeliveries(deliveries, START_MS - 10 * MINUTE_MS, START_MS).ask).toEqual(['full']);
});

test('a list that is cut each time is not read from the same place for ever', async () => {
  const since: number[] = [];
  const again: string[] = [];
  const { world, lines, pass } = openReaper({
    github: {
      async deliveries(sinceMs) {
        since.push(sinceMs);
        return { things: [delivered('b', 202, 1), delivered('a', 503, 9)], complete: since.length > 1 };
      },
      async redeliver(id) {
        again.push(id);
        return 'asked';
      },
    },
  });
  await redeliverLost(START_MS + MINUTE_MS, world);
  await pass(MINUTE_MS);
  await redeliverLost(START_MS + 2 * MINUTE_MS, world);
  expect(since).toEqual([START_MS - 60 * MINUTE_MS, START_MS - 9 * MINUTE_MS]);
  expect(again).toEqual(['a', 'a']);
  expect(lines.filter(({ event }) => event === 'deliveries.gap')).toEqual([
    { event: 'deliveries.gap', seen: 2, from: '2026-05-04T07:00:00.000Z', to: '2026-05-04T07:51:00.000Z' },
  ]);
});

test('a cut list that shows nothing leaves the cursor where it is', async () => {
  const since: number[] = [];
  const { world } = openReaper({
    github: {
      async deliveries(sinceMs) {
        since.push(sinceMs);
        return { things: [], complete: false };
      },
    },
  });
  await redeliverLost(START_MS + MINUTE_MS, world);
  await redeliverLost(START_MS + MINUTE_MS, world);
  expect(since).toEqual([START_MS - 60 * MINUTE_MS, START_MS - 60 * MINUTE_MS]);
});

test('one that GitHub will not repeat fails no sweep, and keeps nobody from their turn', async () => {
  const since: number[] = [];
  const asked: string[] = [];
  const { world, lines } = openReaper({
    github: {
      async deliveries(sinceMs) {
        since.push(sinceMs);
        const all = [delivered('too old', 0, 50), delivered('lost', 503, 9)];
        return { things: all.filter(({ deliveredAtMs }) => deliveredAtMs >= sinceMs), complete: true };
      },
      async redeliver(id) {
        asked.push(id);
        return id === 'too old' ? 'gone' : 'asked';
      },
    },
  });
  expect(await redeliverLost(START_MS + MINUTE_MS, world)).toBe(1);
  await redeliverLost(START_MS + MINUTE_MS, world);
  expect(since).toEqual([START_MS - 60 * MINUTE_MS, START_MS - 9 * MINUTE_MS]);
  expect(asked).toEqual(['too old', 'lost', 'lost']);
  expect(lines.find(({ event }) => event === 'deliveries.asked_again')).toMatchObject({ asked: 1, gone: 1 });
});

test('a cursor of a clock that was far ahead hides nothing that was lost since', async () => {
  const { world } = openReaper({
    github: {
      deliveries: async (sinceMs) => ({
        things: [delivered('lost', 503, 2)].filter(({ deliveredAtMs }) => deliveredAtMs >= sinceMs),
        complete: true,
      }),
      redeliver: async () => 'asked',
    },
  });
  await world.ledger.notes.add('deliveries', { text: String(START_MS + 48 * 60 * MINUTE_MS), untilMs: null });
  expect(await redeliverLost(START_MS + MINUTE_MS, world)).toBe(1);
});

describe('deliveries that our own webhook refuses', () => {
  test('are told, because a secret, an address or a range that is wrong stays so, and jobs are found late', async () => {
    const app = {
      id: APP_ID,
      publicKeyPem: PUBLIC_KEY_PEM,
      webhookSecret: 'rotated-at-github-alone-0123456789',
    };
    const told: string[] = [];
    const world = openWorld({ github: { app }, post: async (text) => void told.push(text) });
    await seedRunnerRelease(world);
    const jobs = [{ name: 'build', labels: ['self-hosted', 'aliyun', 'arm64'], durationMs: 60_000 }];
    world.github.queueRun({ repository: 'acme/app', jobs });
    await world.pass(2 * MINUTE_MS);
    expect(told).toEqual([
      expect.stringMatching(/refused \(401\) because the webhook secret at GitHub is none/),
    ]);
  });

  // biome-ignore format: a table reads best as a table.
  test.each<[string, number[], number, number]>([
    ['an address that is no more',                 [404],      1, 0],
    ['new addresses of GitHub',                    [202, 403], 1, 0],
    ['new addresses beside the old',               [403, 202], 1, 0],
    ['one that was taken since takes it back',     [401, 202], 0, 1],
    ['one that failed says nothing',               [503],      0, 0],
    ['one that was wrong in itself says nothing',  [400],      0, 0],
  ])('%s', async (_what, statuses, alerts, resolved) => {
    let things: Delivery[] = [];
    const it = openReaper({ github: { deliveries: async () => ({ things, complete: true }), redeliver: async () => 'asked' } });
    if (resolved > 0) {
      things = [delivered('before', 401, 9)];
      await redeliverLost(START_MS + MINUTE_MS, it.world);
      it.alerts.splice(0);
    }
    things = statuses.map((status, at) => delivered(String(at), status, 5 - at));
    await redeliverLost(START_MS + MINUTE_MS, it.world);
    expect([it.alerts.length, it.lines.filter(({ event }) => event === 'alert.resolved').length]).toEqual([alerts, resolved]);
  });

  test('new addresses beside the old are told once, whatever arrives from the old ones, until somebody deploys', async () => {
    let things: Delivery[] = [];
    const it = openReaper({
      github: { deliveries: async () => ({ things, complete: true }), redeliver: async () => 'asked' },
    });
    for (const statuses of [[403, 202], [202], [202, 403], [202]]) {
      things = statuses.map((status, at) => delivered(String(at), status, 5 - at));
      await redeliverLost(START_MS + MINUTE_MS, it.world);
    }
    expect(it.alerts).toHaveLength(1);
    expect(await standingAlerts(it.world)).toHaveLength(1);
    await reap(new TextEncoder().encode(ASK_FOR_COPIES), it.world).catch(() => undefined);
    expect(await standingAlerts(it.world)).toEqual([]);
  });
});
