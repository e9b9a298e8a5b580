import { expect, test } from 'vitest';
import fc from '../../fast-check.ts';
import { callWebhook, deliver, queued, RULES } from './deliveries.ts';

/** Any JSON, also inside of a payload that is otherwise right. */
const near = fc.record({
  path: fc.constantFrom('action', 'workflow_job', 'repository', 'installation'),
  value: fc.jsonValue(),
});
const field = fc.record({
  path: fc.constantFrom(
    'id',
    'run_id',
    'run_attempt',
    'name',
    'labels',
    'status',
    'runner_id',
    'runner_name',
    'created_at',
    'started_at',
  ),
  value: fc.jsonValue(),
});

const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
  fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
  near.map(({ path, value }) => Buffer.from(JSON.stringify({ ...queued(), [path]: value }))),
  field.map(({ path, value }) => Buffer.from(JSON.stringify(queued({ job: { [path]: value } })))),
);

test('whatever is delivered with a good signature, the answer is never a 5xx, and only what is ours is handed on', async () => {
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const { reply, launched, reaped, lines } = await callWebhook(deliver(body));
      expect(reply.status).toBeLessThan(500);
      expect(reply.text.length).toBeGreaterThan(0);
      expect(lines).toHaveLength(1);
      for (const { job } of [...launched, ...reaped]) {
        expect(job.repository).toMatch(/^my-org\//);
        expect(job.labels.map((label) => label.toLowerCase())).toEqual(
          expect.arrayContaining([...RULES.baseLabels]),
        );
      }
    }),
    { numRuns: 300 },
  );
});

test('no byte of a signed body can be changed unnoticed', async () => {
  const request = deliver(queued());
  await fc.assert(
    fc.asyncProperty(
      fc.nat(request.body.length - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, change) => {
        const body = Buffer.from(request.body);
        body[at] = (body[at] as number) ^ change;
        const { reply, launched } = await callWebhook({ ...request, body });
        expect([reply.status, launched]).toEqual([401, []]);
      },
    ),
    { numRuns: 100 },
  );
});
