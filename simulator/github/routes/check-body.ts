/**
 * What a check run may hold. GitHub docs, "REST API endpoints for check runs": a `status` of completed wants a
 * `conclusion`; output texts have at most 65,535 characters.
 */
import * as z from 'zod';
import { Refusal } from '../wire.ts';
import type { Call } from './route.ts';

/** GitHub's words when there are more: Kitware's rust-ghostflow, issue 96. */
const TEXT_MAX_CHARS = 65_535;
const text = z.string().superRefine((value, context) => {
  if (value.length > TEXT_MAX_CHARS)
    context.addIssue(
      `Invalid request.\n\nOnly ${TEXT_MAX_CHARS} characters are allowed; ${value.length} were supplied.`,
    );
});
const time = z.iso.datetime();
const CONCLUSIONS = [
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'success',
  'skipped',
  'timed_out',
] as const;
export const Change = z.object({
  name: z.string().min(1).optional(),
  details_url: z.url().optional(),
  external_id: z.string().optional(),
  status: z.enum(['queued', 'in_progress', 'completed']).optional(),
  started_at: time.optional(),
  conclusion: z.enum(CONCLUSIONS).optional(),
  completed_at: time.optional(),
  output: z.object({ title: z.string().min(1), summary: text, text: text.optional() }).optional(),
});
export const Creation = Change.extend({ name: z.string().min(1), head_sha: z.string().min(1) });
export type Change = z.output<typeof Change>;

/** Throws `Refusal`. */
export function bodyOf<Shape extends z.ZodType>(call: Call, shape: Shape): z.output<Shape> {
  const parsed = shape.safeParse(call.body ?? {});
  if (!parsed.success) throw new Refusal(422, parsed.error.issues[0]?.message ?? 'Invalid request.');
  const body = parsed.data as Change;
  if (body.status === 'completed' && body.conclusion === undefined)
    throw new Refusal(422, 'Invalid request.\n\n"conclusion" wasn\'t supplied.');
  return parsed.data;
}
