/** A job that was forgiven once, and is only looked at since: it is innocent where GitHub was in trouble twice. */
import { expect, test } from 'vitest';
import { triedOnSuccess } from '../../../../functions/reaper/brake/charge.ts';
import type { JobEntry } from '../../../../shared/ledger/entries.ts';
import { MINUTE_MS, OURS, open, queue } from '../../../cli/explain/fixture.ts';
import { build, CREATED_MS } from '../../../shared/ledger/builders.ts';

const NOW_MS = CREATED_MS + 600 * MINUTE_MS;
const ago = (minutes: number) => NOW_MS - minutes * MINUTE_MS;
const capped = (lastAtMs: number, some: Partial<JobEntry> = {}): JobEntry =>
  build.jobEntry(1, {
    ...{ obstacle: 'cap', cappedUnder: 'abc', wasted: 5, isForgiven: true },
    wastes: [{ runner: build.runnerName('1-5'), ending: 'given nothing', atMs: lastAtMs }],
    ...some,
  });

// biome-ignore format: a table reads best as a table.
test.each([
  ['others got jobs since its last runner',  capped(ago(33)),                        ago(1),  true],
  ['none did',                               capped(ago(33)),                        ago(34), false],
  ['a moment after it',                      capped(ago(31)),                        ago(1),  false],
  ['and after each, twice as long',          capped(ago(63), { wasted: 6 }),         ago(1),  false],
  ['it was never forgiven',                  capped(ago(33), { isForgiven: false }), ago(1),  false],
] as const)('%s', (_, entry, successAtMs, isTried) => {
  const next = triedOnSuccess(entry, successAtMs, NOW_MS);
  expect(next !== undefined).toBe(isTried);
  if (isTried) expect(next).toMatchObject({ obstacle: 'waste', nextTryAtMs: NOW_MS, wasted: 5 });
});

test('GitHub gives nothing for eight hours, but one job in the second: all run when it is over', async () => {
  const world = await open();
  const dark = async (minutes: number) => {
    for (let n = 0; n < minutes; n++) {
      world.github.pauseAssignment(MINUTE_MS + 1_000);
      await world.pass(MINUTE_MS);
    }
  };
  // What others' runners cannot run.
  const jobs = Array.from({ length: 8 }, () => queue(world, `${OURS} 8cpu`, { durationMs: MINUTE_MS }));
  await dark(65);
  const one = queue(world, `${OURS} 4cpu`, { durationMs: MINUTE_MS });
  for (let n = 0; n < 30 && one.status === 'queued'; n++) {
    await dark(2);
    await world.pass(12_000);
  }
  expect([one, ...jobs].filter(({ status }) => status === 'queued')).toHaveLength(8);
  await dark(7 * 60);
  for (let n = 0; n < 3; n++) {
    queue(world, `${OURS} 4cpu`, { durationMs: MINUTE_MS });
    await world.pass(10 * MINUTE_MS);
  }
  if (process.env.FIGURES) process.stdout.write(`${JSON.stringify({ machines: world.ecs.paid().length })}\n`);
  expect(jobs.filter(({ status }) => status === 'queued')).toEqual([]);
  world.fc.close();
});

test('a person lets the group serve its repository after four hours: its jobs run, with no deployment and nothing run again', async () => {
  const world = await open({ repositories: ['acme/app', 'acme/pay'] });
  const served = ['acme/app'];
  world.regroup({ repositories: served, allowsPublic: false });
  const jobs = Array.from({ length: 6 }, () =>
    queue(world, `${OURS} 8cpu`, { durationMs: MINUTE_MS }, 'acme/pay'),
  );
  const besideOthers = async (minutes: number) => {
    for (let at = 0; at < minutes; at += 8) {
      queue(world, `${OURS} 4cpu`, { durationMs: MINUTE_MS });
      await world.pass(8 * MINUTE_MS);
    }
  };
  await besideOthers(4 * 60);
  served.push('acme/pay');
  await besideOthers(2 * 60);
  expect(jobs.filter(({ status }) => status === 'queued')).toEqual([]);
  world.fc.close();
});
