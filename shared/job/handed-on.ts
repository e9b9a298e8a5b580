/** What one of our functions is handed by another. Not beside what the webhook needs: it only writes these, and is loaded often. */
import * as z from 'zod/mini';
import type { WarmEvent } from '../ledger/warm-entry.ts';
import { LABELS_MAX } from '../limits.ts';
import type { DueEvent, JobEvent, RunnerName } from '../nouns.ts';
import { jsonOf } from './event.ts';
import { id, jobId, runId, text } from './payload.ts';

/** What one of our functions was handed by asynchronous invocation. Null: not an event of ours. */
export function parseEvent(body: Uint8Array): JobEvent | DueEvent | WarmEvent | null {
  const parsed = HandedOn.safeParse(jsonOf(body));
  return parsed.success ? parsed.data : null;
}

const ms = z.int().check(z.nonnegative());
const JobSchema = z.object({
  id: jobId,
  runId,
  runAttempt: id,
  name: text,
  workflow: z.optional(text),
  repository: text,
  repositoryId: z.optional(z.nullable(z.int())),
  isPublic: z.boolean(),
  installationId: z.nullable(id),
  labels: z.array(text).check(z.maxLength(LABELS_MAX)),
  createdAtMs: ms,
  isUndated: z.optional(z.boolean()),
});
const Runner = z.object({ id, name: text });
const runnerName = z.pipe(
  text,
  z.transform((value) => value as RunnerName),
);
const common = { job: JobSchema, delivery: text };
const HandedOn = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('queued'), ...common }),
  z.object({ kind: z.literal('in_progress'), ...common, runner: Runner, startedAtMs: ms }),
  z.object({
    kind: z.literal('completed'),
    ...common,
    runner: z.nullable(Runner),
    conclusion: text,
    startedAtMs: z.nullable(ms),
    completedAtMs: ms,
  }),
  z.object({
    kind: z.literal('due'),
    job: JobSchema,
    rev: text,
    // Absent: sent by the release before this one.
    hasTurn: z._default(z.boolean(), false),
    within: z.optional(text),
  }),
  z.object({ kind: z.literal('warm'), runner: runnerName, rev: text }),
]);
