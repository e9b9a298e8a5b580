/** What a person is told of jobs that wait for no good reason. */
import { expect, test } from 'vitest';
import { release } from '../../../../../functions/reaper/events/release-held.ts';
import type { JobId } from '../../../../../shared/nouns.ts';
import { build, held } from '../../../../shared/ledger/builders.ts';
import { START_MS } from '../../../../world/in-process.ts';
import { due, MINUTE_MS, sweeper } from './sweeper.ts';

test('a job that could start and does not is told of after alerts.waiting, once, with how many slots are free', async () => {
  const { sweep, told } = sweeper({ alerts: { waiting: '3m' } });
  for (let minute = 0; minute < 4; minute++) await sweep(due());
  expect(told()).toEqual([]);
  for (let minute = 0; minute < 4; minute++) await sweep(due());
  expect(told()).toHaveLength(1);
  expect(told()[0]).toMatch(
    /^The job 1 of acme\/kernel has waited for 4 minutes, and 100 of 100 slots have no machine\./,
  );
});

test('not what stands aside, nor while launches are held back, nor soon after all slots were in use', async () => {
  const { sweep, told, launch, close } = sweeper({ alerts: { waiting: '3m' }, limits: { runners: 1 } });
  for (let minute = 0; minute < 6; minute++) await sweep(due({ obstacle: 'offer' }));
  for (let minute = 0; minute < 6; minute++) await sweep(due(), 'launches are held back');
  await launch(9);
  await sweep(due());
  await close(9);
  for (let minute = 0; minute < 3; minute++) await sweep(due());
  expect(told()).toEqual([]);
  await sweep(due());
  expect(told()).toHaveLength(1);
});

test('what GitHub held back for hours waits for us from its release on', async () => {
  const { sweep, told, world } = sweeper({ alerts: { waiting: '3m' } });
  const { jobs } = world.ledger;
  const firstTryAtMs = START_MS - 180 * MINUTE_MS;
  const hold = { by: 'matrix' as const, width: 1, sinceMs: firstTryAtMs };
  const { job } = held(await jobs.add(1 as JobId, due({ firstTryAtMs, held: hold }))).entry;
  await release(job.id, 'one of its matrix ended', world);
  const released = async () => held(await jobs.read(job.id)).entry;
  for (let minute = 0; minute < 4; minute++) await sweep(await released());
  expect(told()).toEqual([]);
  await sweep(await released());
  expect(told()).toEqual([expect.stringMatching(/has waited for 4 minutes/)]);
});

test.each([
  ['repository', { runnersPerRepository: 1 }, null],
  ['profile', {}, 'kernel'],
])('nor what its own %s’s limit keeps out, until some time after that', async (_, limits, profile) => {
  const profiles = { kernel: { cpu: 8, runners: 1 } };
  const { sweep, told, launch, close } = sweeper({ alerts: { waiting: '3m' }, limits, profiles });
  const labels = ['self-hosted', 'aliyun', 'arm64', ...(profile === null ? [] : [profile])];
  const waits = () => due({ job: build.job(1, { labels }), obstacle: 'limit' });
  await launch(9, 'i-9', profile);
  for (let minute = 0; minute < 6; minute++) await sweep(waits());
  await close(9);
  for (let minute = 0; minute < 3; minute++) await sweep(waits());
  expect(told()).toEqual([]);
  await sweep(waits());
  expect(told()).toEqual([expect.stringMatching(/^The job 1 of acme\/kernel/)]);
});

test('a limit of one repository is no reason for another’s jobs to wait', async () => {
  const { sweep, told, launch } = sweeper({ alerts: { waiting: '3m' }, limits: { runnersPerRepository: 1 } });
  await launch(9);
  const theirs = due({ job: build.job(2, { repository: 'acme/other' }) });
  for (let minute = 0; minute < 5; minute++) await sweep(due({ obstacle: 'limit' }), null, theirs);
  expect(told()).toEqual([expect.stringMatching(/^The job 2 of acme\/other/)]);
});

test('what found no offer for an hour is told of, once, with its reason', async () => {
  const { sweep, told } = sweeper();
  const soldOut = () => due({ obstacle: 'offer', because: 'it is sold out' });
  for (let minute = 0; minute < 60; minute++) await sweep(soldOut());
  expect(told()).toEqual([]);
  for (let minute = 0; minute < 5; minute++) await sweep(soldOut());
  expect(told()).toEqual([expect.stringMatching(/60 minutes|61 minutes/)]);
  expect(told()[0]).toMatch(/Its last reason: it is sold out\./);
});

test('nobody else stands aside with it: of a launcher that died a person is told in time', async () => {
  const { sweep, told } = sweeper({ alerts: { waiting: '3m' } });
  const other = due({ job: build.job(2), obstacle: 'offer', because: 'it is sold out' });
  for (let minute = 0; minute < 6; minute++) await sweep(due(), null, other);
  expect(told()).toEqual([expect.stringMatching(/^The job 1 of acme\/kernel has waited for 4 minutes/)]);
});

test('nor what found no offer, while all slots are in use', async () => {
  const { sweep, told, launch } = sweeper({ limits: { runners: 1 } });
  await launch(9);
  for (let minute = 0; minute < 65; minute++) await sweep(due({ obstacle: 'offer' }));
  expect(told()).toEqual([]);
});

test('what is refused for an hour is told of, once, with its reason', async () => {
  const { sweep, told } = sweeper();
  const refused = () => due({ obstacle: 'refusal', because: 'its run is not known at GitHub' });
  for (let minute = 0; minute < 65; minute++) await sweep(refused());
  expect(told()).toEqual([expect.stringMatching(/Its last reason: its run is not known at GitHub\./)]);
});
