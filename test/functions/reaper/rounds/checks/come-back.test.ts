/** What was given up is no end: its job may come back, and then the commit is told how it went on. */
import { describe, expect, test } from 'vitest';
import { linesOf } from '../../../../../functions/reaper/rounds/checks/lines.ts';
import type { ToldRun } from '../../../../../functions/reaper/rounds/checks/runs.ts';
import type { CheckEntry, CheckLine } from '../../../../../shared/check-runs/check-entry.ts';
import type { HistoryRow } from '../../../../../shared/ledger/history-row.ts';
import type { JobId } from '../../../../../shared/nouns.ts';
import { CHECK_KEPT_MS, CHECK_TRIES_MAX } from '../../../../../shared/story/limits.ts';
import { MINUTE_MS, OURS, queue, read } from '../../../../cli/explain/fixture.ts';
import { build } from '../../../../shared/ledger/builders.ts';
import { opened, titles } from './fixture.ts';
import { context, JOB, openOneRun, RUN } from './one-run.ts';

const NOW_MS = JOB.createdAtMs + 9 * MINUTE_MS;
const GONE: ToldRun['alive'] = new Map();
const EXPIRED = { outcome: 'expired', because: 'its repository is gone', completedAtMs: NOW_MS };
const given: CheckLine = {
  ...{ id: 1 as JobId, createdAtMs: JOB.createdAtMs, name: 'a', isFinal: true },
  ...{ state: 'ended', text: 'It was given up, because its repository is gone.' },
};

async function lineAfter(
  told: Partial<CheckLine>,
  row: Partial<HistoryRow> | null,
  { alive = RUN.alive, nowMs = NOW_MS, ...check }: Partial<CheckEntry & typeof RUN & { nowMs: number }> = {},
): Promise<CheckLine | undefined> {
  const { at } = openOneRun();
  if (row !== null) await at.world.ledger.history.merge({ job: JOB, ...row });
  const entry = build.check({ lines: [{ ...given, ...told }], saidAtMs: NOW_MS, ...check });
  const [line] = await linesOf({ ...RUN, alive, check: { entry, rev: 'r' } }, context(nowMs), at.world);
  return line;
}

describe('a job that was told as ended, and is alive', () => {
  test('waits again, where it was given up', async () => {
    expect(await lineAfter({}, EXPIRED)).toMatchObject({ state: 'waits', isFinal: false });
  });

  test('waits again, where nothing was known of it', async () => {
    expect(await lineAfter({ text: 'Nothing more is known of it.' }, null)).toMatchObject({
      ...{ state: 'waits', isFinal: false },
    });
  });

  test.each([true, false])('stays ended, where GitHub ended it (final: %s)', async (isFinal) => {
    const row = { outcome: 'success', completedAtMs: NOW_MS };
    expect(await lineAfter({ isFinal, text: 'It succeeded.' }, row)).toMatchObject({ state: 'ended' });
  });
});

describe('what was given up, and is not alive', () => {
  test.each([
    ['given up', EXPIRED],
    ['unknown', null],
  ])('is not final at first, because it may come back and end between two sweeps: %s', async (_, row) => {
    const line = await lineAfter({ state: 'waits', isFinal: false }, row, { alive: GONE });
    expect(line).toMatchObject({ state: 'ended', isFinal: false });
    const later = { alive: GONE, nowMs: NOW_MS + CHECK_KEPT_MS };
    expect(await lineAfter({ isFinal: false }, row, later)).toMatchObject({ isFinal: false });
  });

  test.each([
    ['given up', EXPIRED],
    ['unknown', null],
  ])('is final when it has been told for long: %s', async (_, row) => {
    const later = { alive: GONE, nowMs: NOW_MS + CHECK_KEPT_MS + 1 };
    expect(await lineAfter({ isFinal: false }, row, later)).toMatchObject({ state: 'ended', isFinal: true });
  });

  test('is told as what it became', async () => {
    const row = { outcome: 'success', completedAtMs: NOW_MS };
    expect(await lineAfter({ isFinal: false }, row, { alive: GONE })).toMatchObject({
      ...{ state: 'ended', text: 'It succeeded before any runner took it.', isFinal: true },
    });
  });
});

describe('a check that GitHub refused until nothing was told of it any more', () => {
  const closed = (some: Partial<CheckEntry>) =>
    build.check({
      runId: RUN.runId,
      lines: [given],
      isClosed: true,
      said: '',
      refusals: CHECK_TRIES_MAX,
      ...some,
    });
  const tellWith = async (check: CheckEntry) => {
    const one = openOneRun();
    await one.at.world.ledger.history.merge({ job: JOB, ...EXPIRED });
    await one.at.world.ledger.checks.add(RUN.key, check);
    await one.tell();
    return one.told.map(({ title }) => title);
  };

  test('is told again when a job of it that was given up is back', async () => {
    expect(await tellWith(closed({}))).toEqual([expect.stringMatching(/^Waits/)]);
  });

  test('is not, where its job was never told as ended', async () => {
    expect(await tellWith(closed({ lines: [{ ...given, state: 'waits' }] }))).toEqual([]);
  });

  test('nor where it was closed because checks set its run off', async () => {
    expect(await tellWith(closed({ refusals: 0 }))).toEqual([]);
  });
});

const NO_STOCK = { code: 'OperationDenied.NoStock' };

// The App's check is refused while its repository is away, and closed after three refusals.
test.each([0, 1, 10, 50, 100])('its repository is away for %i minutes more, and comes back', (awayMin) => {
  let isSoldOut = true;
  const faults = (action: string) => (action === 'RunInstances' && isSoldOut ? NO_STOCK : null);
  return opened({ repositories: ['acme/app', 'acme/lib'], ecs: { faults } }, async (world) => {
    const { history, jobs } = world.adapters().ledger;
    const job = queue(world, OURS, { durationMs: 10 * MINUTE_MS });
    await world.pass(4 * MINUTE_MS);
    expect(titles(world)).toEqual([expect.stringMatching(/^Waits because/)]);
    Object.assign(world.installation, { repositories: ['acme/lib'] });
    await world.pass((3 + awayMin) * MINUTE_MS);
    expect(await history.read(job.createdAtMs, job.id as never)).toMatchObject({ outcome: 'expired' });
    const away = await read(world, job);
    expect(away.answer).toMatchObject({ state: 'ended', advice: expect.stringMatching(/cancel its run/) });
    expect(away.text).toMatch(/ was given up$/m);
    Object.assign(world.installation, { repositories: 'all' });
    await world.pass(15 * MINUTE_MS);
    expect((await jobs.list(10)).things).toHaveLength(1);
    const back = await read(world, job);
    expect(['waits', 'coming']).toContain(back.answer.state);
    expect(back.answer.advice ?? '').not.toMatch(/cancel/);
    expect(back.text).not.toMatch(/ended after|ended with/);
    isSoldOut = false;
    expect(await world.until(() => job.status === 'in_progress', 15 * MINUTE_MS)).toBe(true);
    await world.pass(3 * MINUTE_MS);
    expect((await read(world, job)).answer.text).toMatch(/^It runs on ci-runner-/);
    expect(titles(world)).toEqual([expect.stringMatching(/^Runs on ci-runner-/)]);
    await world.pass(15 * MINUTE_MS);
    expect((await read(world, job)).answer.text).toMatch(/^It succeeded on ci-runner-/);
    expect(titles(world)).toEqual([expect.stringMatching(/^Succeeded on ci-runner-/)]);
  });
});
