/** Why the last copy ended early: a note in the bucket, beside what it did not bring. */
import { type Bucket, CopyState } from '../../shared/runner/copies.ts';
import { AnotherGo } from './copy.ts';
import { readJson, writeJson } from './json.ts';
import type { MirrorWorld } from './world.ts';

const FAILURE_MAX_CHARS = 300;

/** But that another go is at it: it forgets what failed at its end, and there would be nobody to forget this. */
export async function noteFailure(
  key: string,
  error: unknown,
  bucket: Bucket,
  { clock, log }: MirrorWorld,
): Promise<void> {
  if (error instanceof AnotherGo) return;
  const because = (error instanceof Error ? error.message : String(error)).slice(0, FAILURE_MAX_CHARS);
  try {
    await writeJson(key, { atMs: clock.nowMs(), because }, bucket);
  } catch {
    // A bucket that takes nothing says so to whoever looks next.
    log('mirror.failure_not_noted', { because });
  }
}

export const forgetFailure = (key: string, bucket: Bucket): Promise<void> => bucket.remove(key);

/** Null: it did not. */
export async function failureIn(key: string, bucket: Bucket): Promise<CopyState['failure']> {
  const failure = await readJson(key, CopyState.shape.failure, bucket);
  if (failure !== undefined) return failure;
  return { atMs: 0, because: `what ${key} holds is not the mirror’s` };
}
