/** Jobs on runners of ours of which GitHub could not say whose code they are: noted, and asked again by the sweep. */
import * as z from 'zod';
import { FORK_REFUSED, forkLookUp, RUN_UNKNOWN } from '../../../shared/job/forks.ts';
import { amendNote } from '../../../shared/ledger/amend.ts';
import { targetOf } from '../../../shared/names.ts';
import type { Job } from '../../../shared/nouns.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { UNKNOWN_CODE_MAX, UNKNOWN_CODE_MAX_MS } from './limits.ts';

const NOTE = 'unknown-code';

const Question = z.object({
  job: z.custom<Job>((job) => typeof job === 'object' && job !== null),
  runner: z.string(),
  sinceMs: z.number(),
});
type Question = z.output<typeof Question>;

const questionsIn = (text: string | undefined): readonly Question[] =>
  text === undefined ? [] : z.array(Question).parse(JSON.parse(text));

/** Null: it is no fork's, or forks are allowed. An answer that failed is none. */
export async function forkRefusalOf(
  job: Job,
  { config, github, log }: ReaperWorld,
  whyForkRefused = forkLookUp(config, github),
): Promise<typeof FORK_REFUSED | null | 'unknown'> {
  try {
    const because = await whyForkRefused(job);
    if (because === RUN_UNKNOWN) return 'unknown';
    return because === null ? null : FORK_REFUSED;
  } catch (error) {
    log('code.unknown', { job: job.id, error: error instanceof Error ? error.message : 'unknown' });
    return 'unknown';
  }
}

/** Each job once; of very many the newest are asked for. */
export async function noteUnknownCode(job: Job, runner: string, world: ReaperWorld): Promise<void> {
  const { ledger, clock } = world;
  const question = { job, runner, sinceMs: clock.nowMs() };
  await amendNote(ledger.notes, NOTE, (text) => {
    const before = questionsIn(text);
    if (before.some((each) => each.job.id === job.id)) return text ?? '[]';
    return JSON.stringify([...before, question].slice(-UNKNOWN_CODE_MAX));
  });
}

/** What turns out to be a fork's is told; what nobody knows for long is not asked for any more. How many are open. */
export async function askForUnknownCode(
  deadlineMs: number,
  tell: (job: Job, runner: string, because: typeof FORK_REFUSED) => Promise<void>,
  world: ReaperWorld,
): Promise<number> {
  const { ledger, clock, github, config, log } = world;
  const questions = questionsIn((await ledger.notes.read(NOTE))?.entry.text);
  const over = new Set<number>();
  const failures: string[] = [];
  // It asks for each run once.
  const whyForkRefused = forkLookUp(config, github);
  const ask = async ({ job, runner, sinceMs }: Question) => {
    const answer = await forkRefusalOf(job, world, whyForkRefused);
    const isGivenUp = answer === 'unknown' && clock.nowMs() - sinceMs > UNKNOWN_CODE_MAX_MS;
    if (answer === 'unknown' && !isGivenUp) return;
    if (isGivenUp) log('code.given_up', { job: job.id, run: job.runId, repository: job.repository });
    if (answer === FORK_REFUSED) await tell(job, runner, answer);
    over.add(job.id);
  };
  await untilDeadline(
    questions,
    deadlineMs,
    clock,
    (question) => ask(question).catch((error: Error) => void failures.push(error.message)),
    ({ job }) => github.mayAsk('proof', targetOf(job, config).owner),
  );
  if (over.size > 0)
    await amendNote(ledger.notes, NOTE, (text) =>
      JSON.stringify(questionsIn(text).filter(({ job }) => !over.has(job.id))),
    );
  if (failures.length > 0) throw new Error(`${failures.length} could not be told of: ${failures[0]}`);
  return questions.length - over.size;
}
