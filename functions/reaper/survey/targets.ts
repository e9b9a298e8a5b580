/** Where at GitHub there may be runners of ours. */
import { amendNote } from '../../../shared/ledger/amend.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { LEDGER_SCAN_MAX, TARGETS_IN_TURN_MAX } from '../../../shared/limits.ts';
import { isOfOtherHost, placeOf, targetOf } from '../../../shared/names.ts';
import type { Target } from '../../../shared/nouns.ts';
import type { ReaperWorld } from '../world.ts';
import { type KnownRepository, knownRepositories, ownerOf, ownersOf, rememberRegions } from './known.ts';

/** Where runners register by what runners.yaml says, and where those are registered that we have, whatever it said then. */
export async function targetsToSurvey(world: ReaperWorld): Promise<readonly Target[]> {
  const known = await knownRepositories(world);
  const isWide = world.config.github.scope === 'organization';
  const all = isWide ? [...ofOwners(known, world), ...(await elsewhere(world))] : await inTurn(known, world);
  return once(all);
}

const once = (targets: readonly Target[]): readonly Target[] => [
  ...new Map(targets.map((each) => [placeOf(each), each])).values(),
];

/** Owners of the allow-list, and of repositories that it allowed. */
function ofOwners(known: readonly KnownRepository[], world: ReaperWorld): readonly Target[] {
  const owners = [...ownersOf(world), ...known.map(({ repository }) => ownerOf(repository))];
  return once(owners.map((owner) => ({ owner, repository: null, installationId: null })));
}

const ELSEWHERE = 'runners-elsewhere';

/** Where the last sweep had runners of another scope, or of owners who are in runners.yaml no more. */
async function elsewhere({ ledger }: ReaperWorld): Promise<readonly Target[]> {
  return JSON.parse((await ledger.notes.read(ELSEWHERE))?.entry.text ?? '[]') as Target[];
}

/** What the next sweep has to look at. */
export async function rememberPlaces(
  runners: readonly Held<RunnerEntry>[],
  wholeRegions: ReadonlySet<string>,
  world: ReaperWorld,
): Promise<void> {
  await rememberRegions(runners, wholeRegions, world);
  await rememberElsewhere(runners, world);
}

/** Written only when that says something new: the next sweep does not read all runners for it. */
async function rememberElsewhere(runners: readonly Held<RunnerEntry>[], world: ReaperWorld): Promise<void> {
  if (world.config.github.scope === 'repository') return;
  const today = new Set(ofOwners(await knownRepositories(world), world).map(placeOf));
  const others = placesOf(runners, world).filter((target) => !today.has(placeOf(target)));
  const text = JSON.stringify(others);
  if (text !== JSON.stringify(await elsewhere(world)))
    await amendNote(world.ledger.notes, ELSEWHERE, () => text);
}

const placesOf = (runners: readonly Held<RunnerEntry>[], { config }: ReaperWorld): readonly Target[] =>
  once(
    runners
      .filter(({ entry }) => entry.repository !== '' && !isOfOtherHost(entry, config))
      .map(({ entry }) => targetOf(entry, config)),
  );

/** Places of runners and jobs, and a few more repositories in turn. */
async function inTurn(known: readonly KnownRepository[], world: ReaperWorld): Promise<readonly Target[]> {
  const { ledger, clock, config } = world;
  const runners = await ledger.runners.list(LEDGER_SCAN_MAX);
  const jobs = await ledger.jobs.list(LEDGER_SCAN_MAX);
  const alive = [
    ...jobs.things.map(({ entry }) => targetOf(entry.job, config)),
    ...placesOf(runners.things, world),
  ];
  const places = new Set(alive.map(placeOf));
  const others = known.filter(({ repository }) => !places.has(repository.toLowerCase()));
  const minute = Math.floor(clock.nowMs() / 60_000);
  const from = others.length === 0 ? 0 : (minute * TARGETS_IN_TURN_MAX) % others.length;
  const few = [...others.slice(from), ...others.slice(0, from)].slice(0, TARGETS_IN_TURN_MAX);
  return [...alive, ...few.map((each) => targetOf(each, config))];
}
