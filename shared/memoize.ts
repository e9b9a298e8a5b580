/** An answer kept for a moment, so that a warm function does not ask at each launch. */
import type { Clock } from './ports.ts';

/** A failed look-up is not kept. */
export function memoize<Answer>(
  ask: () => Promise<Answer>,
  keptMs: number,
  clock: Clock,
): () => Promise<Answer> {
  let answer: Promise<Answer> | null = null;
  let untilMs = 0;
  return () => {
    if (answer !== null && clock.nowMs() < untilMs) return answer;
    untilMs = clock.nowMs() + keptMs;
    answer = ask().catch((error: unknown) => {
      answer = null;
      throw error;
    });
    return answer;
  };
}

/** Whoever asks while an answer is on its way gets that one: what a burst asks at once, in one process, is asked once. */
export function whileUnderWay<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let answer: Promise<Answer> | null = null;
  return () => {
    answer ??= ask().finally(() => {
      answer = null;
    });
    return answer;
  };
}
