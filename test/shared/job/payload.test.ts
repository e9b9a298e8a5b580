/** Held by the compiler: each `@ts-expect-error` is itself an error once what it marks compiles. */
import { expect, expectTypeOf, test } from 'vitest';
import type * as z from 'zod/mini';
import { Payload, type Sent, type Taken } from '../../../shared/job/payload.ts';
import { examplesOf } from '../../functions/webhook/deliveries.ts';

type Ours = z.input<typeof Payload>;
type SentJob = Sent['workflow_job'];
type WithJob<Job> = Omit<Sent, 'workflow_job'> & { workflow_job: Job };

/** What a change of GitHub's types would be, and whether it is told. */
type Changes = [
  // @ts-expect-error a field that we need is gone
  Taken<Ours, WithJob<Omit<SentJob, 'run_id'>>>,
  // @ts-expect-error a number has become text
  Taken<Ours, WithJob<Omit<SentJob, 'id'> & { id: string }>>,
  // @ts-expect-error a label may be missing
  Taken<Ours, WithJob<Omit<SentJob, 'labels'> & { labels: (string | null)[] }>>,
  // @ts-expect-error a repository no longer says whether it is private
  Taken<Ours, Omit<Sent, 'repository'> & { repository: { full_name: string } }>,
  // @ts-expect-error a field that we may do without, and that GitHub would have renamed
  Pick<Omit<SentJob, 'completed_at'>, keyof NonNullable<Ours['workflow_job']>>,
];

test('GitHub’s own types of a delivery are ones that we read', () => {
  expectTypeOf<Sent>().toExtend<Ours>();
  expectTypeOf<Changes>().toBeArray();
  expectTypeOf<Sent['action']>().toEqualTypeOf<'queued' | 'in_progress' | 'completed' | 'waiting'>();
});

test('and so are its own examples', () => {
  for (const example of examplesOf('workflow_job'))
    expect(Payload.safeParse(example)).toMatchObject({ success: true });
});
