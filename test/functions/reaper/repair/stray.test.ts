/** A registration without entry and instance: ours if a job of ours has its name, and else anybody's. */
import { expect, test } from 'vitest';
import { sweep } from '../../../../functions/reaper/sweep.ts';
import { TAG, warmNameOf } from '../../../../shared/names.ts';
import type { Instance, JobId } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { completeList, openReaper, QUIET } from '../fixture.ts';
import { machine } from './diagnose-rows.ts';

const NAME = build.runnerName('77-1');

function open(name: string = NAME) {
  const removed: number[] = [];
  const offline = { id: 9, name, isOnline: false, isBusy: false, labels: [] };
  const reaper = openReaper({
    ...QUIET,
    github: {
      ...QUIET.github,
      registrations: async () => completeList(offline),
      removeRunner: async (_target, id) => {
        removed.push(id);
        return 'removed';
      },
    },
  });
  return { ...reaper, removed };
}

test('another deployment of our name in the organisation keeps the runner that boots there', async () => {
  const { world, removed } = open();
  await sweep(world);
  expect(removed).toEqual([]);
});

test('nor is one for no job taken for ours by its name while it may be booting', async () => {
  const { world, removed, pass } = open(warmNameOf('ci', 'arm64', START_MS / 1_000, 7));
  await sweep(world);
  await pass(15 * 60_000);
  await sweep(world);
  expect(removed).toEqual([]);
  await pass(15 * 60_000);
  await sweep(world);
  expect(removed).toEqual([9]);
});

test('what was minted for a job of ours, and is nowhere else, is taken off GitHub', async () => {
  const { world, removed } = open();
  const job = build.job(77, { createdAtMs: START_MS });
  await world.ledger.jobs.add(
    77 as JobId,
    build.jobEntry(77, { job, startedOn: NAME, startedAtMs: START_MS }),
  );
  await sweep(world);
  expect(removed).toEqual([9]);
});

test.each([0, 1])('also where that job is over, of %i days ago', async (days) => {
  const { world, removed } = open();
  const job = build.job(77, { createdAtMs: START_MS - days * 24 * 3_600_000 });
  await world.ledger.history.merge({ job, outcome: 'success' });
  await sweep(world);
  expect(removed).toEqual([9]);
});

/** Its runner was closed before the list, which is old, shows its machine for the first time. */
async function listedBesides(find: () => Promise<readonly Instance[]>) {
  const instance = machine({ name: NAME, tags: { [TAG.name]: NAME } });
  const reaper = openReaper({ ...QUIET, instances: { list: async () => completeList(instance), find } });
  await sweep(reaper.world).catch(() => null);
  const told = reaper.alerts.filter((text) => text.includes('unknown to the ledger'));
  return { told: told.length, isAdopted: (await reaper.world.ledger.runners.read(NAME)) !== null };
}

test('a machine that the list still shows, and that is gone, is adopted by nobody and told to nobody', async () => {
  expect(await listedBesides(async () => [])).toEqual({ told: 0, isAdopted: false });
});

test('one that is there is adopted and told of; where nobody could say, the next sweep asks again', async () => {
  const there = async () => [machine({ name: NAME })];
  expect(await listedBesides(there)).toEqual({ told: 1, isAdopted: true });
  const silent = async () => {
    throw new Error('ECS does not answer');
  };
  expect(await listedBesides(silent)).toEqual({ told: 0, isAdopted: false });
});
