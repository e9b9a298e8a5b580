/** One refresh of a market: asks a few things at once, until it is stopped by throttling, failures or its deadline. */
import { MARKET_CALLS_AT_ONCE_MAX, MARKET_FAILURES_MAX } from '../../market/limits.ts';
import type { Clock } from '../../ports.ts';
import type { EcsCall } from './call.ts';

export interface EcsMarketOptions {
  readonly call: EcsCall;
  readonly clock: Clock;
  /** What we launch with: stock and prices differ by it. */
  readonly spotDuration: 0 | 1;
}

export interface Round extends EcsMarketOptions {
  readonly region: string;
  readonly deadlineMs: number;
  readonly problems: Map<string, number>;
  /** The action of which ECS said that it is asked too often; null: of none. */
  throttled: string | null;
  failures: number;
  currency: string | null;
}

/** Null: it was not asked, or there was no answer; why is in the problems. */
export async function callOrNote<Answer>(
  round: Round,
  action: string,
  params: Readonly<Record<string, string>>,
  read: (body: unknown) => Answer,
): Promise<Answer | null> {
  if (round.throttled !== null || round.failures >= MARKET_FAILURES_MAX) return null;
  const leftMs = round.deadlineMs - round.clock.nowMs();
  if (leftMs <= 0) {
    note(round, 'its time was up');
    return null;
  }
  try {
    return read(await round.call(round.region, action, params, leftMs));
  } catch (error) {
    const code = codeOf(error);
    // An API throttled in one minute stays so until the next begins: asking on would only hold up others.
    if (code.includes('Throttling')) round.throttled = action;
    else round.failures++;
    note(round, `${action} failed with ${code}`);
    return null;
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return error.code.slice(0, 80);
  return error instanceof Error && error.name === 'ZodError' ? 'an answer of another shape' : 'no answer';
}

export const note = (round: Round, problem: string) =>
  round.problems.set(problem, (round.problems.get(problem) ?? 0) + 1);

export function whyIncomplete({ problems }: Round): string | null {
  if (problems.size === 0) return null;
  return [...problems]
    .map(([problem, times]) => (times === 1 ? problem : `${problem} (${times} times)`))
    .join(', ');
}

/** Answers by what was asked for, in its order, a few at once; without those that had none. */
export async function collectAnswers<Thing, Answer>(
  things: readonly Thing[],
  round: Round,
  ask: (thing: Thing) => Promise<Answer | null>,
): Promise<Map<Thing, Answer>> {
  const answers = new Map<Thing, Answer>();
  const waiting = things.values();
  const walk = async () => {
    for (const thing of waiting) {
      const answer = await ask(thing);
      if (answer !== null) answers.set(thing, answer);
    }
  };
  await Promise.all(Array.from({ length: MARKET_CALLS_AT_ONCE_MAX }, walk));
  if (answers.size < things.length)
    note(round, `${things.length - answers.size} of ${things.length} were left as they were`);
  return answers;
}
