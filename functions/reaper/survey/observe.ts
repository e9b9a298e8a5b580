/** One observation for each runner that any of the three sides knows: pure. */

import type { Config } from '../../../shared/config/config.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { BOOT_MAX_CUSTOM_MS, INSTANCE_VISIBLE_MS } from '../../../shared/limits.ts';
import { isRunnerName, TAG } from '../../../shared/names.ts';
import type { Instance, JobId, Registration, Target } from '../../../shared/nouns.ts';
import { bootMaxOf } from '../../../shared/runner/boot-max.ts';
import type { Standing } from '../events/held.ts';
import type { Survey } from './survey.ts';

export interface Observation {
  readonly name: string;
  readonly held: Held<RunnerEntry> | null;
  /** One, unless something went very wrong. */
  readonly instances: readonly Instance[];
  readonly registration: (Registration & { readonly target: Target }) | null;
  /** The ledger knows an instance, and the cloud says that it does not exist. */
  readonly isGone: boolean;
  /** The job that it is meant for, while that waits; after matching. */
  readonly waiting: JobEntry | null;
  /** GitHub holds that job back; after matching. */
  readonly standing?: Standing | null;
  /** The job that it is busy with has an entry: nobody has heard of its end. */
  readonly isJobOpen: boolean;
  /** How long its boot may take. */
  readonly bootMaxMs: number;
}

export function observe(survey: Survey, config: Config): Observation[] {
  const held = new Map(survey.runners.map((each) => [each.entry.name as string, each]));
  const instances = byName(survey.instances);
  const registrations = new Map(
    survey.registrations
      .filter(({ name }) => isRunnerName(config.name, name))
      .map((each) => [each.name, each]),
  );
  const open = new Set(survey.jobs.map(({ entry }) => entry.job.id));
  const names = new Set([...held.keys(), ...instances.keys(), ...registrations.keys()]);
  return [...names].map((name) => {
    const ours = held.get(name) ?? null;
    const seen = instances.get(name) ?? [];
    return {
      name,
      held: ours,
      instances: seen,
      registration: registrations.get(name) ?? null,
      isGone: ours !== null && seen.length === 0 && isGone(ours.entry, survey),
      waiting: null,
      bootMaxMs: ours?.entry.state === 'booting' ? bootMaxOf(ours.entry, config) : BOOT_MAX_CUSTOM_MS,
      isJobOpen: isJobOpen(ours?.entry.busyWith ?? null, open, survey),
    };
  });
}

/** Jobs are read after runners, and a job's entry precedes what its runner says of it: one that is missing has ended. */
function isJobOpen(job: JobId | null, open: ReadonlySet<JobId>, { ledgerComplete }: Survey): boolean {
  return job !== null && (open.has(job) || !ledgerComplete);
}

/** A young instance may be missing from every list. */
function isGone({ instanceId, stateAtMs, state }: RunnerEntry, { gone, atMs }: Survey): boolean {
  if (instanceId === null || !gone.has(instanceId)) return false;
  return state === 'retiring' || state === 'busy' || atMs - stateAtMs > INSTANCE_VISIBLE_MS;
}

function byName(instances: readonly Instance[]): Map<string, Instance[]> {
  const found = new Map<string, Instance[]>();
  for (const instance of instances) {
    const name = instance.tags[TAG.name];
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), instance]);
  }
  return found;
}
