/** What is written down of a runner of no use, and of one that got a job, so that many can be compared. */
import * as z from 'zod';
import { unavailableKeys } from '../../../shared/advisor/rank.ts';
import type { Config } from '../../../shared/config/config.ts';
import { parseLabels } from '../../../shared/job/labels.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import { ENDINGS, type Waste } from './endings.ts';

export const Mark = z.object({
  runner: z.string(),
  job: z.number(),
  repository: z.string(),
  atMs: z.number(),
  ending: z.enum(ENDINGS),
  offering: z.string().nullable(),
  image: z.string().nullable(),
  version: z.string().nullable(),
});
export type Mark = z.output<typeof Mark>;

/** A runner that got a job. */
export interface Success extends Pick<Mark, 'image' | 'offering'> {
  /** Null: nobody knows whose job it was. */
  readonly repository: string | null;
  readonly atMs: number;
}

export function markOf({ runner, job, ending, version = null }: Waste, atMs: number, config: Config): Mark {
  const { id, repository } = job.entry.job;
  return { runner: runner.name, job: id, repository, atMs, ending, ...madeOf(runner, config), version };
}

function madeOf(runner: RunnerEntry, config: Config): Pick<Mark, 'offering' | 'image'> {
  const { labels, repository, candidate } = runner;
  const understood = parseLabels(labels, repository, config);
  const offering = candidate === null ? null : unavailableKeys(candidate, 'offering')[0];
  const named = understood.kind === 'ours' ? understood.requirements.image : null;
  return { offering: offering ?? null, image: runner.image ?? named };
}

/** When one of ours got a job, at the earliest, as far as its entry tells; null: it had none. One that waited was online long before. */
export function gotJobAtMs({ state, stateAtMs, ran, onlineAtMs, takenAtMs }: RunnerEntry): number | null {
  if (state === 'busy') return stateAtMs;
  return ran === null ? null : Math.max(onlineAtMs ?? 0, takenAtMs ?? 0, ran.createdAtMs);
}

/** Runners that got a job, with whose it was: they are given to others than they were launched for. */
export function successesIn(
  runners: readonly RunnerEntry[],
  jobs: readonly JobEntry[],
  config: Config,
): readonly Success[] {
  const repositories = new Map(jobs.map(({ job }) => [job.id, job.repository]));
  return runners.flatMap((runner) => {
    const atMs = gotJobAtMs(runner);
    const { ran, busyWith } = runner;
    const repository = ran?.repository ?? (busyWith === null ? null : repositories.get(busyWith));
    return atMs === null ? [] : [{ ...madeOf(runner, config), repository: repository ?? null, atMs }];
  });
}
