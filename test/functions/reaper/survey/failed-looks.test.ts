import { expect, test } from 'vitest';
import { sweep } from '../../../../functions/reaper/sweep.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { completeList, openReaper, QUIET } from '../fixture.ts';

const MINUTE_MS = 60_000;

function failing() {
  const state = { isDenied: true };
  const each = openReaper({
    ...QUIET,
    instances: {
      async list() {
        if (state.isDenied) throw new Error('ECS: Forbidden.RAM (403)');
        return completeList();
      },
    },
  });
  const sweeps = async (count: number) => {
    for (let n = 0; n < count; n++) {
      await sweep(each.world);
      await each.pass(MINUTE_MS);
    }
  };
  return { ...each, state, sweeps };
}

test('a look that fails ten sweeps in a row is told, once, with its region and its reason', async () => {
  const { alerts, sweeps } = failing();
  await sweeps(9);
  expect(alerts).toEqual([]);
  await sweeps(5);
  expect(alerts).toEqual([
    expect.stringMatching(
      /^The instances of cn-hangzhou could not be looked at .*Forbidden\.RAM.*npm run doctor$/,
    ),
  ]);
});

test('one that works in between begins anew', async () => {
  const { alerts, sweeps, state, world } = failing();
  await sweeps(9);
  state.isDenied = false;
  await sweeps(1);
  state.isDenied = true;
  await sweeps(9);
  expect(alerts).toEqual([]);
  expect((await world.ledger.notes.read('failed-looks'))?.entry.text).toBe('{"instances of cn-hangzhou":9}');
});

test('a list that is cut, sweep after sweep, is told only while somebody whom it left out could not be asked about', async () => {
  let isAnswered = true;
  const each = openReaper({
    ...QUIET,
    github: {
      ...QUIET.github,
      registrations: async () => ({ things: [], complete: false }),
      registration: async () => {
        if (isAnswered) return null;
        throw new Error('GitHub answered 502');
      },
      removeRunner: async () => 'absent',
    },
  });
  const sweeps = async () => {
    for (let n = 0; n < 10; n++) {
      await each.world.ledger.runners.add(RUNNER.name, RUNNER);
      await sweep(each.world);
      await each.pass(MINUTE_MS);
    }
  };
  const told = () => each.alerts.filter((text) => text.startsWith('The runners of acme could not'));
  await sweeps();
  expect(told()).toEqual([]);
  isAnswered = false;
  await sweeps();
  expect(told()).toEqual([expect.stringContaining('the list was cut after 0')]);
});

/** Its abandoned launch left no word of whether it was registered. */
const RUNNER = build.runnerEntry(1, { state: 'idle', leaseUntilMs: 0, repository: 'acme/app', runnerId: 7 });

test('slots that cannot be read when a sweep begins end that part of it alone, and nobody knows who waits too long', async () => {
  const { world, lines, alerts, launched } = openReaper({ ...QUIET, config: { alerts: { waiting: '3m' } } });
  const { capacity, jobs } = world.ledger;
  const job = build.job(1, { createdAtMs: world.clock.nowMs() });
  const due = { nextTryAtMs: 0, firstTryAtMs: world.clock.nowMs() - 10 * MINUTE_MS };
  await jobs.add(job.id, build.jobEntry(1, { job, ...due }));
  let reads = 0;
  const view: typeof capacity.view = async () => {
    if (++reads === 1) throw new Error('the table is silent');
    return capacity.view();
  };
  const silent = { ...world, ledger: { ...world.ledger, capacity: { ...capacity, view } } };
  await expect(sweep(silent)).rejects.toThrow('the sweep failed in part: stopped: the table is silent');
  expect(lines.filter(({ event }) => event === 'sweep.done')).toHaveLength(1);
  expect([launched, alerts]).toEqual([[1], []]);
});
