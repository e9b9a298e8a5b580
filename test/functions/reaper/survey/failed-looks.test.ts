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
