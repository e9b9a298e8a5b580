/** A bad network, borne: what changes nothing, or the same however often it is said, is said again. */
import type { Call } from '../../shared/adapters/alibaba/send.ts';

/** Before the second try and the third. */
const PAUSES_MS = [500, 2_000];

export type Pause = (ms: number) => Promise<void>;
const pauseForReal: Pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** For what may be said any number of times. Throws what the last try threw. */
export async function tryAgain<Answer>(
  act: () => Promise<Answer>,
  pause: Pause = pauseForReal,
): Promise<Answer> {
  for (const ms of PAUSES_MS) {
    try {
      return await act();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await pause(ms);
    }
  }
  return act();
}

/** No answer, or the service says that it is the service: not a word about what was asked. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'NoAlibabaAnswer') return true;
  const {
    status,
    statusCode = status,
    code,
  } = error as { status?: unknown; statusCode?: unknown; code?: unknown };
  if (statusCode === null || /^Throttling|^Rejected\.Throttling/.test(String(code))) return true;
  return typeof statusCode === 'number' && statusCode >= 500;
}

/** For `catch` of a call whose client throws its own errors: there was no answer. */
export function unanswered(cause: unknown): never {
  const error = new Error('Function Compute gave no answer', { cause });
  throw Object.assign(error, { name: 'NoAlibabaAnswer', status: null });
}

const READING = /^(Get|List|Describe)/;

/**
 * A question; a PUT, which sets what it says; or a call with a client token, by which the service tells a repetition.
 * All else may have had its effect before the answer was lost: the operator looks, and runs the command again.
 */
export const isRepeatable = ({ action, roa, query }: Pick<Call, 'action' | 'roa' | 'query'>): boolean =>
  READING.test(action) || roa?.method === 'PUT' || query?.ClientToken !== undefined;

export const isReading = (action: string): boolean => READING.test(action);
