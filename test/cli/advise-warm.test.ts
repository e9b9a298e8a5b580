/** Which runners might wait: going by what `history` remembers. */
import { describe, expect, test } from 'vitest';
import { tellWarm } from '../../cli/advise/index.ts';
import { JOBS_MIN, type Proposal, propose } from '../../cli/advise/warm/propose.ts';
import { warmText } from '../../cli/advise/warm/text.ts';
import { adviseWarm, proposals } from '../../cli/advise/warm/warm.ts';
import { PIPE } from '../../cli/shared/screen/screen.ts';
import type { HistoryRow } from '../../shared/ledger/history-row.ts';
import { config as configOf } from '../shared/advisor/builders.ts';
import { build } from '../shared/ledger/builders.ts';
import { MINUTE_MS, OURS, open, operatorOf, queue } from './explain/fixture.ts';

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A Monday, midnight in Shanghai. */
const MONDAY_MS = Date.UTC(2026, 4, 3, 16);
const HABITS = { timeZone: 'Asia/Shanghai', refillMs: 2 * MINUTE_MS, stoppedRefillMs: 4 * MINUTE_MS };

/** One every so often, from nine to eleven, on the first so many days of a week. */
const mornings = (everyMin: number, days = 5) =>
  Array.from({ length: days }, (_, day) => day).flatMap((day) =>
    Array.from({ length: 120 / everyMin }, (_, n) => ({
      atMs: MONDAY_MS + day * DAY_MS + 9 * HOUR_MS + n * everyMin * MINUTE_MS,
      pricePerHour: 0.5,
    })),
  );

describe('a proposal', () => {
  // biome-ignore format: a table reads best as a table.
  const cases: [what: string, arrivals: { atMs: number; pricePerHour: number | null }[], proposed: Partial<Proposal> | null][] = [
    ['too few jobs say nothing',                       mornings(120).concat(mornings(60)).slice(0, JOBS_MIN - 1), null],
    ['one after the other needs one',                  mornings(10),                         { hot: 1, when: 'Mon-Fri 09:00-11:00', servedShare: 1, costPerDay: 1 }],
    ['two at once need two',                           [...mornings(10), ...mornings(10)],   { hot: 2, when: 'Mon-Fri 09:00-11:00', servedShare: 1, costPerDay: 2 }],
    ['one each minute outruns a refill of two',        mornings(1),                          { hot: 2, servedShare: 1 }],
    ['a weekend as busy as the rest is kept ready, too', mornings(10, 7),                    { hot: 1, when: '09:00-11:00' }],
    ['without prices there is no cost',                mornings(10).map((each) => ({ ...each, pricePerHour: null })), { hot: 1, costPerDay: null }],
  ];
  test.each(cases)('%s', (_what, arrivals, proposed) => {
    const found = propose(arrivals, HABITS);
    if (proposed === null) expect(found).toBeNull();
    else expect(found).toMatchObject(proposed);
  });

  test('tells what fewer and more would have done', () => {
    const found = propose([...mornings(10), ...mornings(10)], HABITS);
    expect(found?.others).toEqual([
      { hot: 1, servedShare: 0.5, costPerDay: 1 },
      { hot: 4, servedShare: 1, costPerDay: 4 },
    ]);
  });

  test('stopped ones are longer in coming back, cost their disk while they stand, and each job that starts one', () => {
    const standby = { perHour: 0.04, perJob: 0.1 };
    const found = propose(
      mornings(2).map((each) => ({ ...each, standby })),
      HABITS,
    );
    expect(found).toMatchObject({ hot: 1, stopped: { stopped: 2, servedShare: 1 } });
    // Two hours of two disks, and sixty jobs a day.
    expect(found?.stopped.costPerDay).toBeCloseTo(2 * 2 * 0.04 + 60 * 0.1, 10);
    const half = found?.stopped.others[0];
    expect([half?.stopped, half?.servedShare]).toEqual([1, 0.5]);
    expect(half?.costPerDay).toBeCloseTo(2 * 0.04 + 30 * 0.1, 10);
    expect(propose(mornings(2), HABITS)?.stopped.costPerDay).toBeNull();
  });

  test('jobs at night are in no hours of the day, and count as not served', () => {
    const nights = Array.from({ length: 5 }, (_, day) => ({
      atMs: MONDAY_MS + day * DAY_MS + 3 * HOUR_MS,
      pricePerHour: 0.5,
    }));
    const found = propose([...mornings(10), ...nights], HABITS);
    expect(found).toMatchObject({ when: 'Mon-Fri 09:00-11:00', hot: 1 });
    expect(found?.servedShare).toBeCloseTo(60 / 65, 10);
  });

  test('by another clock the same hours are called otherwise', () => {
    expect(propose(mornings(10), { ...HABITS, timeZone: 'UTC' })?.when).toBe('Mon-Fri 01:00-03:00');
  });
});

const ran = (
  id: number,
  atMs: number,
  some: Partial<HistoryRow> = {},
  labels = ['self-hosted', 'aliyun', 'ARM64'],
) =>
  ({
    job: build.job(id, { createdAtMs: atMs, labels }),
    ...{ instanceId: 'i-1', pricePerHour: 0.458, onDemandPricePerHour: 2, diskGiB: 40 },
    ...{ launchedAtMs: atMs, onlineAtMs: atMs + MINUTE_MS },
    ...{ startedAtMs: atMs + MINUTE_MS, completedAtMs: atMs + 2 * MINUTE_MS },
    ...some,
  }) as HistoryRow;
const config = configOf({});

test('label sets are proposed for apart, with the lines to write, and those that came seldom are counted', () => {
  const rows = [
    ...mornings(10).map(({ atMs }, n) => ran(n + 1, atMs)),
    ran(900, MONDAY_MS, {}, ['self-hosted', 'aliyun', 'amd64']),
    ran(901, MONDAY_MS, { instanceId: null }),
  ];
  const found = proposals(rows, config, 'Asia/Shanghai');
  expect(found.seldomJobs).toBe(1);
  expect(found.pools).toMatchObject([{ labels: ['arm64'], place: 'acme/*', hot: 1, jobs: 60 }]);
  const text = warmText({ ...found, days: 14, timeZone: 'Asia/Shanghai', currency: 'CNY', cutDays: [] });
  expect(text).toContain(
    '1 hot on Mon-Fri 09:00-11:00 would have served 100 % of jobs warm for CNY 1.00 a day.',
  );
  expect(text).toContain(
    '- {labels: ["arm64"], hot: 1, when: "Mon-Fri 09:00-11:00", timeZone: Asia/Shanghai}',
  );
  expect(text).toContain(
    'Or 1 stopped in the same hours, which start in the time of a boot: 100 % of jobs warm for CNY 1.19 a day.',
  );
  expect(text).toContain(
    '{labels: ["arm64"], stopped: 1, when: "Mon-Fri 09:00-11:00", timeZone: Asia/Shanghai}',
  );
  expect(text).toMatch(/came too seldom to say anything: 1\./);
});

test('without history nothing is proposed, and that is said', () => {
  const text = warmText({ pools: [], seldomJobs: 0, days: 14, timeZone: 'UTC', currency: null, cutDays: [] });
  expect(text).toContain('Of no labels came enough jobs');
});

test('the ledger of a deployment is read as far back as was asked', async () => {
  const world = await open();
  for (let n = 0; n < JOBS_MIN; n++) {
    queue(world, OURS, { name: `job-${n}`, durationMs: MINUTE_MS });
    await world.pass(5 * MINUTE_MS);
  }
  await world.pass(10 * MINUTE_MS);
  let found: Awaited<ReturnType<typeof adviseWarm>> | undefined;
  const asked = adviseWarm(operatorOf(world), 2, 'Asia/Shanghai').then((advice) => {
    found = advice;
  });
  await world.until(() => found !== undefined, MINUTE_MS);
  await asked;
  expect(found).toMatchObject({ currency: 'CNY', pools: [{ labels: ['arm64'], jobs: JOBS_MIN, hot: 1 }] });
  expect(found?.pools[0]?.costPerDay).toBeGreaterThan(0);
  expect(found?.pools[0]?.stopped.costPerDay).toBeGreaterThan(0);
  world.fc.close();
});

describe('labels of strangers', () => {
  const HOSTILE = 'a\u001b[2Jb\u009b31mc\u202ed'.padEnd(200, 'x');

  async function told(json: boolean, isAscii: boolean): Promise<string> {
    const world = await open();
    const { ledger, clock } = world.adapters();
    for (let n = 1; n <= JOBS_MIN; n++)
      await ledger.history.merge(ran(n, clock.nowMs(), {}, ['self-hosted', HOSTILE]));
    let out = '';
    const terminal = {
      out: (text: string) => {
        out += text;
      },
      ...{ err: () => undefined, screen: { ...PIPE, isAscii }, nowMs: clock.nowMs },
    };
    let isDone = false;
    const telling = tellWarm(operatorOf(world), { days: 1, timeZone: 'UTC', json }, terminal).finally(() => {
      isDone = true;
    });
    await world.until(() => isDone, MINUTE_MS);
    await telling;
    world.fc.close();
    return out;
  }

  test.each([true, false])('bring no control character to the terminal, as JSON: %s', async (json) => {
    const text = await told(json, false);
    expect(text).toContain('31mc');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    if (json) expect(JSON.parse(text).pools[0].labels[0]).toContain('\u009b31mc\u202ed');
  });

  test('a locale without our signs gets them in ASCII', async () => {
    expect(await told(false, false)).toContain('…');
    expect(await told(false, true)).toMatch(/^[\x20-\x7e\n]+$/);
  });
});
