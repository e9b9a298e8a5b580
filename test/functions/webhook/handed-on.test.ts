/** What the webhook answered 202 comes once: whoever receives it must be able to read it. */

import { expect, test } from 'vitest';
import { takeRecord } from '../../../functions/reaper/rounds/take-record.ts';
import { encodeEvent } from '../../../shared/job/event.ts';
import { parseEvent } from '../../../shared/job/handed-on.ts';
import fc from '../../fast-check.ts';
import { build } from '../../shared/ledger/builders.ts';
import { START_MS } from '../../world/in-process.ts';
import { openReaper, record } from '../reaper/fixture.ts';
import { callWebhook, deliver, queued } from './deliveries.ts';

const times = fc.constantFrom(
  ...[null, undefined, '', '0001-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '1970-01-01T00:00:00Z'],
  ...['2026-05-04T08:00:00Z', '2026-05-04T08:00:00.123+08:00', '9999-12-31T23:59:59Z', 'soon'],
);
const names = fc.oneof(
  fc.constantFrom(null, undefined, '', '\u0000', '\ud800', '🚀'.repeat(300)),
  fc.string({ maxLength: 3_000 }),
);
const numbers = fc.constantFrom(null, undefined, 0, -1, 1, 7, 2 ** 53 - 1, 2 ** 53, 1.5);
const runnerNames = fc.constantFrom(
  ...[null, undefined, '', 'ci-runner-arm64-spot-1-1', 'x'.repeat(1_024), 'x'.repeat(1_025)],
);
const statuses = fc.constantFrom(null, undefined, '', 'queued', 'waiting', 'from the future');
const labels = fc.constantFrom(
  null,
  [],
  ['self-hosted', 'aliyun', 'arm64'],
  ['self-hosted', 'aliyun', '\u0000'],
  ['self-hosted', 'aliyun', '\ud800'.repeat(1_024)],
  ['self-hosted', 'aliyun', 'x'.repeat(1_025)],
);

const fields = {
  id: numbers,
  run_id: numbers,
  run_attempt: numbers,
  name: names,
  workflow_name: names,
  labels,
  status: statuses,
  conclusion: fc.constantFrom(null, undefined, '', 'success', 'from the future'),
  runner_id: numbers,
  runner_name: runnerNames,
  created_at: times,
  started_at: times,
  completed_at: times,
};
/** Three at most are strange: of more, nearly all are turned away. */
const hostile = fc
  .subarray(Object.keys(fields) as (keyof typeof fields)[], { maxLength: 3 })
  .chain((keys) => fc.record(Object.fromEntries(keys.map((name) => [name, fields[name]]))));
const repositories = fc.record({ id: numbers }, { requiredKeys: [] });
const installations = fc.constantFrom(null, undefined, ...[0, 1.5, 5, 2 ** 53].map((id) => ({ id })));
const actions = fc.constantFrom('queued', 'in_progress', 'completed');

test('every event that was answered 202 is read by its receiver as it was meant', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(
      actions,
      hostile,
      repositories,
      installations,
      async (action, job, repository, installation) => {
        const payload = { ...queued({ job, repository }), action, installation };
        const { reply, launched, reaped } = await callWebhook(deliver(payload));
        const events = [...launched, ...reaped];
        expect(events).toHaveLength(reply.status === 202 ? 1 : 0);
        for (const event of events) {
          accepted++;
          expect(parseEvent(encodeEvent(event) ?? Buffer.from(''))).toEqual(
            JSON.parse(JSON.stringify(event)),
          );
          expect(event.job.createdAtMs).toBeGreaterThanOrEqual(0);
        }
      },
    ),
    { numRuns: 2_000 },
  );
  expect(accepted).toBeGreaterThan(300);
});

const YEAR_ONE = '0001-01-01T00:00:00Z';

test.each([
  ['a start of the year 1', { started_at: YEAR_ONE }],
  ['a creation of the year 1', { created_at: YEAR_ONE }],
  ['an end of the year 1', { completed_at: YEAR_ONE }],
  ['an end of the year 0', { completed_at: '0000-00-00T00:00:00Z' }],
  ['an end that is no time', { completed_at: 'never' }],
  ['no attempt', { run_attempt: null }],
  ['an attempt of 0', { run_attempt: 0 }],
  ['no status', { status: null }],
  ['no name', { name: null }],
])('a job with %s is taken, with what is usual in its place', async (_what, job) => {
  for (const action of ['queued', 'completed']) {
    const { reply, launched, reaped } = await callWebhook(deliver({ ...queued({ job }), action }));
    expect(reply.status).toBe(202);
    const [event] = [...launched, ...reaped];
    expect(event?.job).toMatchObject({ runAttempt: 1, name: expect.any(String) });
    expect(event?.job.createdAtMs).toBeGreaterThan(Date.UTC(2020));
  }
});

test.each([
  ['visibility', { repository: { visibility: null } }],
  ['installation', { installation: { id: null } }],
])('a %s that is not known is absent', async (_what, some) => {
  const { installation = undefined, repository = {} } = some as Record<string, object>;
  const payload = { ...queued({ repository }), ...(installation === undefined ? {} : { installation }) };
  expect((await callWebhook(deliver(payload))).reply.status).toBe(202);
});

test('a job of which nobody says when it was made is told to be malformed, not taken and lost', async () => {
  const job = { created_at: YEAR_ONE, started_at: null, completed_at: '' };
  const { reply } = await callWebhook(deliver(queued({ job })));
  expect([reply.status, reply.text]).toEqual([400, 'the job has no time of creation']);
});

test('nor is one that a look found, and that no launcher could read, found again and again: it is refused', async () => {
  const { world, launched } = openReaper();
  const labels = ['self-hosted', 'aliyun', 'arm64', 'x'.repeat(1_025)];
  const job = build.job(1, { labels, createdAtMs: START_MS - 3_600_000 });
  await takeRecord(record(1, { job, status: 'queued' }), undefined, world);
  expect(launched).toEqual([]);
  expect(await world.ledger.jobs.read(job.id)).toBeNull();
  expect(await world.ledger.history.read(job.createdAtMs, job.id)).toMatchObject({ outcome: 'refused' });
});
