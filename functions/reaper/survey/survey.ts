/** Looks at the cloud, then at GitHub, then at the ledger. In this order: an entry precedes its instance, so what the ledger does not know then is really unknown. */

import { inParallel } from '../../../shared/in-parallel.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { LEDGER_SCAN_MAX, SWEEP_PARALLEL_MAX } from '../../../shared/limits.ts';
import { placeOf } from '../../../shared/names.ts';
import type { Instance, Listing, Registration, Target } from '../../../shared/nouns.ts';
import { type Networks, ownNetworks, rememberNetworks } from '../own-instance.ts';
import type { ReaperWorld } from '../world.ts';
import { tellOfLooks } from './failed-looks.ts';
import { regionsToSurvey } from './known.ts';
import { attempt, type Look } from './look.ts';
import { askSingly } from './single.ts';
import { withTagged } from './tagged.ts';
import { rememberPlaces, targetsToSurvey } from './targets.ts';

export interface Survey {
  /** When the first look-up began: an entry younger than this may be missing on the other sides. */
  readonly atMs: number;
  readonly instances: readonly Instance[];
  readonly instancesComplete: boolean;
  /** Regions whose instances were listed in full. */
  readonly wholeRegions: ReadonlySet<string>;
  readonly registrations: readonly (Registration & { readonly target: Target })[];
  readonly registrationsComplete: boolean;
  /** Where runners register, listed in full: an organisation, or owner/name of a repository; in lower case. */
  readonly wholeTargets: ReadonlySet<string>;
  /** Those that gave no list at all. */
  readonly silentTargets: ReadonlySet<string>;
  /** Runners that were asked about alone: what is not among the registrations is not registered. */
  readonly singly: ReadonlySet<string>;
  readonly jobs: readonly Held<JobEntry>[];
  readonly runners: readonly Held<RunnerEntry>[];
  readonly ledgerComplete: boolean;
  /** Instance ids that the cloud says do not exist, each looked up by id after the ledger was read. */
  readonly gone: ReadonlySet<string>;
  readonly networks: Networks;
}

/** Of a sweep, for GitHub's lists of runners: who is not asked by then was not seen. */
const GITHUB_LISTS_MS = 45_000;

export async function survey(world: ReaperWorld): Promise<Survey> {
  const atMs = world.clock.nowMs();
  const looks = new Map<string, string | null>();
  const look: Look = async (what, ask) => {
    const { listing, failure } = await attempt(what, ask, world);
    looks.set(what, failure);
    return listing;
  };
  const regions = await regionsToSurvey(world);
  const inRegions = await inParallel(regions, SWEEP_PARALLEL_MAX, (region) =>
    look(`instances of ${region}`, () => world.instances.list(region)),
  );
  const instances = await withTagged(regions, joined(inRegions), look, world);
  const targets = await targetsToSurvey(world);
  const answered = new Set<Target>();
  const atTargets = await inParallel(targets, SWEEP_PARALLEL_MAX, (target) =>
    look(runnersOf(target), async () => {
      const listing = await registrationsOf(target, atMs + GITHUB_LISTS_MS, world);
      answered.add(target);
      return listing;
    }),
  );
  const registrations = joined(atTargets);
  const runners = await world.ledger.runners.list(LEDGER_SCAN_MAX);
  const jobs = await world.ledger.jobs.list(LEDGER_SCAN_MAX);
  const named = (isOf: (_: Target, at: number) => boolean) => new Set(targets.filter(isOf).map(placeOf));
  const singles = await askSingly(
    runners.things,
    registrations.things,
    named((target, at) => answered.has(target) && atTargets[at]?.complete === false),
    world,
  );
  // Everybody whom the lists left out was asked about alone: nothing is missing.
  if (singles.open === 0) for (const target of answered) looks.set(runnersOf(target), null);
  const wholeRegions = new Set(regions.filter((_, at) => inRegions[at]?.complete));
  await rememberPlaces(runners.things, wholeRegions, world);
  const gone = await lookUpMissing(runners.things, instances.things, look, world);
  await tellOfLooks(looks, runners.things, world);
  await rememberNetworks(world);
  return {
    atMs,
    instances: instances.things,
    instancesComplete: instances.complete,
    wholeRegions,
    registrations: [...registrations.things, ...singles.found],
    registrationsComplete: registrations.complete,
    wholeTargets: named((_, at) => atTargets[at]?.complete === true),
    silentTargets: named((target) => !answered.has(target)),
    singly: singles.answered,
    ...{ jobs: jobs.things, runners: runners.things },
    ledgerComplete: jobs.complete && runners.complete,
    gone,
    networks: await ownNetworks(world),
  };
}

const runnersOf = ({ repository, owner }: Target): string => `runners of ${repository ?? owner}`;

async function registrationsOf(
  target: Target,
  deadlineMs: number,
  { github, clock }: ReaperWorld,
): Promise<Listing<Registration & { target: Target }>> {
  if (clock.nowMs() >= deadlineMs) throw new Error('GitHub was too slow for its turn to come');
  const { things, complete } = await github.registrations(target);
  return { things: things.map((registration) => ({ ...registration, target })), complete };
}

function joined<Thing>(listings: readonly Listing<Thing>[]): Listing<Thing> {
  return {
    things: listings.flatMap(({ things }) => things),
    complete: listings.every(({ complete }) => complete),
  };
}

/** A list may lag; only the look-up by id says that an instance does not exist. */
async function lookUpMissing(
  runners: readonly Held<RunnerEntry>[],
  listed: readonly Instance[],
  look: Look,
  { instances }: ReaperWorld,
): Promise<ReadonlySet<string>> {
  const seen = new Set(listed.map(({ id }) => id));
  const missing = new Map<string, string[]>();
  for (const { entry } of runners) {
    const { instanceId, region } = entry;
    if (instanceId === null || region === null || seen.has(instanceId)) continue;
    missing.set(region, [...(missing.get(region) ?? []), instanceId]);
  }
  const gone = await inParallel([...missing], SWEEP_PARALLEL_MAX, async ([region, ids]) => {
    const found = await look(`instances by id in ${region}`, async () => ({
      things: await instances.find(region, ids),
      complete: true,
    }));
    const existing = new Set(found.things.map(({ id }) => id));
    return found.complete ? ids.filter((id) => !existing.has(id)) : [];
  });
  return new Set(gone.flat());
}
