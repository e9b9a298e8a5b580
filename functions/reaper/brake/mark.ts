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
  repositoryId: z.number().nullish(),
});
export type Mark = z.output<typeof Mark>;

/** A runner that got a job. */
export interface Success extends Pick<Mark, 'image' | 'offering' | 'repositoryId'> {
  /** Null: nobody knows whose job it was. */
  readonly repository: string | null;
  readonly atMs: number;
}

export function markOf({ runner, job, ending, version = null }: Waste, atMs: number, config: Config): Mark {
  const { id, repository, repositoryId = null } = job.entry.job;
  const made = madeOf(runner, config);
  return { runner: runner.name, job: id, repository, repositoryId, atMs, ending, ...made, version };
}

/** As runners.yaml names it: one that bakes itself stands for it, and is put aside by itself where it does not boot. */
export function imageOf(labels: readonly string[], config: Config): string | null {
  const understood = parseLabels(labels, null, config);
  return understood.kind === 'ours' ? (understood.requirements.image ?? null) : null;
}

function madeOf({ labels, candidate }: RunnerEntry, config: Config): Pick<Mark, 'offering' | 'image'> {
  const offering = candidate === null ? null : unavailableKeys(candidate, 'offering')[0];
  return { offering: offering ?? null, image: imageOf(labels, config) };
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
  const known = new Map(jobs.map(({ job }) => [job.id, job]));
  return runners.flatMap((runner) => {
    const atMs = gotJobAtMs(runner);
    const { ran, busyWith } = runner;
    const job = ran ?? (busyWith === null ? null : known.get(busyWith));
    const { repository = null, repositoryId = null } = job ?? {};
    return atMs === null ? [] : [{ ...madeOf(runner, config), repository, repositoryId, atMs }];
  });
}
