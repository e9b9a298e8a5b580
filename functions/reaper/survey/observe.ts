/** One observation for each runner that any of the three sides knows: pure. */

import type { Config } from '../../../shared/config/config.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { BOOT_MAX_CUSTOM_MS, INSTANCE_VISIBLE_MS } from '../../../shared/limits.ts';
import { isOfOtherHost, isRunnerName, placeOf, TAG, targetOf } from '../../../shared/names.ts';
import type { Instance, JobId, Registration, Target } from '../../../shared/nouns.ts';
import { bootMaxOf } from '../../../shared/runner/boot-max.ts';
import { START_VISIBLE_MS } from '../../../shared/warm/limits.ts';
import type { Standing } from '../events/held.ts';
import { whyNotOurs } from '../own-instance.ts';
import { isStopped } from './machine-status.ts';
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
  /** No job waits for it, and it waits for one; after matching. */
  readonly isWarm?: boolean;
  /** The job that it is busy with has an entry: nobody has heard of its end. */
  readonly isJobOpen: boolean;
  /** How long its boot may take. */
  readonly bootMaxMs: number;
}

export function observe(survey: Survey, config: Config): Observation[] {
  const held = heldByName(survey);
  const instances = byName(splitInstances(survey, held, config.name).own);
  const registrations = new Map<string, Seen[]>();
  for (const each of survey.registrations.filter(({ name }) => isRunnerName(config.name, name)))
    registrations.set(each.name, [...(registrations.get(each.name) ?? []), each]);
  const open = new Set(survey.jobs.map(({ entry }) => entry.job.id));
  const names = new Set([...held.keys(), ...instances.keys(), ...registrations.keys()]);
  return [...names].map((name) => {
    const ours = held.get(name) ?? null;
    const seen = (instances.get(name) ?? []).map((each) => sinceItsStart(each, ours?.entry ?? null, survey));
    return {
      name,
      held: ours,
      instances: seen,
      registration: registrationOf(ours?.entry ?? null, registrations.get(name) ?? [], config),
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

/**
 * A list may be older than the start of a stopped machine: what it shows as stopped is on its way then, or its job has
 * begun already. One that retires is deleted either way, as soon as ECS lets us.
 */
function sinceItsStart(instance: Instance, entry: RunnerEntry | null, { atMs }: Survey): Instance {
  const { startedAtMs, state } = entry ?? {};
  if (startedAtMs === undefined || state === 'retiring' || !isStopped(instance)) return instance;
  if (atMs - startedAtMs > START_VISIBLE_MS) return instance;
  return { ...instance, status: 'Starting' };
}

type Seen = Survey['registrations'][number];

/** By GitHub's id; while that is not known, where it would be. A name may be taken by anybody elsewhere. */
function registrationOf(entry: RunnerEntry | null, named: readonly Seen[], config: Config): Seen | null {
  if (entry === null || entry.repository === '') return named[0] ?? null;
  if (isOfOtherHost(entry, config)) return null;
  if (entry.runnerId !== null) return named.find(({ id }) => id === entry.runnerId) ?? null;
  return named.find(({ target }) => placeOf(target) === placeOf(targetOf(entry, config))) ?? null;
}

/** With our tag, and not of our making: told to a person, and otherwise left alone. */
export interface Stranger {
  readonly instance: Instance;
  /** a clause: what it lacks of what we make */
  readonly because: string;
}

export function strangersIn(survey: Survey, config: Config): readonly Stranger[] {
  return splitInstances(survey, heldByName(survey), config.name).strangers;
}

const heldByName = ({ runners }: Survey): ReadonlyMap<string, Held<RunnerEntry>> =>
  new Map(runners.map((each) => [each.entry.name, each]));

function splitInstances(
  { instances, networks }: Survey,
  held: ReadonlyMap<string, Held<RunnerEntry>>,
  deployment: string,
) {
  const own: Instance[] = [];
  const strangers: Stranger[] = [];
  for (const instance of instances) {
    const entry = held.get(instance.tags[TAG.name] ?? '')?.entry ?? null;
    const because = whyNotOurs(instance, entry, networks, deployment);
    if (because === null) own.push(instance);
    else strangers.push({ instance, because });
  }
  return { own, strangers };
}

function byName(instances: readonly Instance[]): Map<string, Instance[]> {
  const found = new Map<string, Instance[]>();
  for (const instance of instances) {
    const name = instance.tags[TAG.name];
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), instance]);
  }
  return found;
}
