/** Which image serves, when one is baked anew, and what is kept: pure. */
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import { LEASE_MS } from '../../../../shared/limits.ts';
import type { Instance } from '../../../../shared/nouns.ts';
import type { Recipe } from '../../../../shared/runner/images/bake.ts';
import type { BuildProgress, CloudImage } from '../../../../shared/runner/images/image-builder.ts';
import {
  BAKED_KEPT,
  BUILD_MAX_MS,
  BUILD_RETRY_MAX_MS,
  BUILD_RETRY_MS,
  CANARY_BAD_MAX,
  CANARY_GOOD_MIN,
  STRAY_IMAGE_MS,
} from '../../../../shared/runner/images/image-limits.ts';
import {
  type BakedImage,
  canaryIn,
  type ImageNote,
  withImage,
} from '../../../../shared/runner/images/image-note.ts';
import { NEVER_ONLINE, STOPPED_WITHOUT_JOB } from '../../repair/diagnose.ts';

/** lower-case clause: why it is to be baked now; null: it is not. */
export function whyBake(
  note: ImageNote,
  recipe: Pick<Recipe, 'hash' | 'runnerVersion'>,
  everyMs: number,
  nowMs: number,
): string | null {
  const { build, failure, images, isAsked } = note;
  if (build !== null) return null;
  if (isAsked) return 'an operator asked for it';
  if (failure?.recipe === recipe.hash && nowMs - failure.atMs < retryMs(failure.inARow)) return null;
  const [newest] = images;
  if (newest === undefined) return 'there is none yet';
  // One that served well and broke is baked anew: the new one has to show what it is worth all the same.
  const isThere = ({ state, ids, failed = [] }: BakedImage) =>
    state === 'aside' ? failed.length === 0 : Object.keys(ids).length > 0;
  const ofRecipe = images.find((each) => each.recipe === recipe.hash && isThere(each));
  // One that was put aside is not better for being baked at once again.
  if (ofRecipe === undefined)
    return newest.runnerVersion === recipe.runnerVersion
      ? 'what it is made of has changed, or it is gone'
      : `the runner ${recipe.runnerVersion} is out`;
  return nowMs - ofRecipe.bakedAtMs >= everyMs ? 'its time is over' : null;
}

const retryMs = (inARow: number): number =>
  Math.min(BUILD_RETRY_MAX_MS, BUILD_RETRY_MS * 2 ** Math.max(0, inARow - 1));

/** What one runner of a canary came to; undefined: that is still open. */
export type TrialEnd = 'good' | 'bad' | 'silent' | 'void';

export function trialEnd(
  note: ImageNote,
  runner: RunnerEntry | undefined,
  instances: readonly Pick<Instance, 'id' | 'isRecycling'>[],
  nowMs: number,
): TrialEnd | undefined {
  const { trial } = note;
  if (trial === null) return undefined;
  // Taken back by its launcher, or closed while nobody looked.
  if (runner === undefined) return nowMs - trial.atMs > LEASE_MS ? 'void' : undefined;
  if (runner.instanceId !== null && runner.image !== trial.image) return 'void';
  return bootEnd(runner, instances);
}

/** What one boot says of its image; `silent`: it failed without a line in its console; undefined: that is still open. */
export function bootEnd(
  runner: RunnerEntry,
  instances: readonly Pick<Instance, 'id' | 'isRecycling'>[],
): TrialEnd | undefined {
  if (isKnownOnline(runner)) return 'good';
  return runner.state === 'retiring' ? retiredAs(runner, instances) : undefined;
}

/** The image's fault only where nothing else ended it. */
function retiredAs(
  runner: RunnerEntry,
  instances: readonly Pick<Instance, 'id' | 'isRecycling'>[],
): TrialEnd {
  const isTakenBack = instances.some(({ id, isRecycling }) => id === runner.instanceId && isRecycling);
  const isItsOwn = runner.because === NEVER_ONLINE || runner.because === STOPPED_WITHOUT_JOB;
  if (!isItsOwn || isTakenBack || runner.isUnwanted) return 'void';
  return runner.isSilent ? 'silent' : 'bad';
}

const isKnownOnline = ({ onlineAtMs, state, ran, busyWith }: RunnerEntry): boolean =>
  onlineAtMs !== null || state === 'idle' || state === 'busy' || ran !== null || busyWith !== null;

/** Stands after "is put aside because". */
export const SILENT = 'a machine of it did not write one line to its console';

/** By evidence alone: promoted after so many, put aside after so many. */
export function afterTrial(note: ImageNote, end: TrialEnd): ImageNote {
  const tried = note.images.find(({ name }) => name === note.trial?.image);
  const over = { ...note, trial: null };
  if (tried === undefined || tried.state !== 'canary' || end === 'void') return over;
  const good = tried.good + Number(end === 'good');
  const bad = tried.bad + Number(end !== 'good');
  if (bad >= CANARY_BAD_MAX || end === 'silent')
    return withImage(over, tried.name, {
      ...{ good, bad, state: 'aside' },
      because: end === 'silent' ? SILENT : `${bad} runners of it did not come online`,
    });
  if (good >= CANARY_GOOD_MIN)
    return withImage(over, tried.name, {
      ...{ good, bad, state: 'good' },
      because: `${good} runners of it came online in time`,
    });
  return withImage(over, tried.name, { good, bad });
}

/** A build came to its end, or will not. `found`: its image in each region. */
export function afterBuild(
  note: ImageNote,
  progress: BuildProgress | null,
  found: readonly CloudImage[],
  nowMs: number,
): ImageNote {
  const { build } = note;
  if (build === null) return note;
  const failed = whyFailed(progress, build.startedAtMs, found.length, nowMs);
  if (failed !== null) {
    const inARow = note.failure?.recipe === build.recipe ? note.failure.inARow + 1 : 1;
    const failure = { recipe: build.recipe, atMs: nowMs, because: failed, inARow };
    return { ...note, build: null, failure };
  }
  if (progress?.kind !== 'built') return { ...note, build: { ...build, step: progress?.step ?? build.step } };
  const image = {
    ...{ name: found[0]?.name ?? build.name, recipe: build.recipe, runnerVersion: build.runnerVersion },
    ...{ bakedAtMs: nowMs, state: 'canary' as const, good: 0, bad: 0 },
    ids: Object.fromEntries(found.map(({ region, id }) => [region, id])),
    because: `it is new: ${build.because}`,
  };
  return { ...note, build: null, failure: null, images: [image, ...note.images] };
}

function whyFailed(
  progress: BuildProgress | null,
  startedAtMs: number,
  found: number,
  nowMs: number,
): string | null {
  if (progress?.kind === 'failed') return `${progress.step}: ${progress.because ?? 'without a reason'}`;
  if (nowMs - startedAtMs <= BUILD_MAX_MS) return null;
  if (progress?.kind === 'built')
    return found === 0 ? 'it ended well, and its image is nowhere to be seen' : null;
  return `it is not done after ${BUILD_MAX_MS / 3_600_000} hours`;
}

/** Their names: what serves and what a rollback goes to, a canary, and what a runner was made from. */
export function keptNames(
  note: ImageNote,
  runners: readonly Pick<RunnerEntry, 'image'>[],
): ReadonlySet<string> {
  const good = note.images.filter(({ state }) => state === 'good').slice(0, BAKED_KEPT);
  const names = [...good, canaryIn(note)].flatMap((image) => (image === null ? [] : [image.name]));
  return new Set([...names, ...runners.flatMap(({ image }) => image ?? [])]);
}

/** What is to be deleted: ours by its tags, kept for nothing, and of no build that is under way. */
export function spareImages(
  image: string,
  note: ImageNote,
  kept: ReadonlySet<string>,
  listed: readonly CloudImage[],
  nowMs: number,
): readonly CloudImage[] {
  const known = new Set(note.images.map(({ name }) => name));
  return listed.filter(
    (each) =>
      each.image === image &&
      !kept.has(each.name) &&
      !(note.build !== null && each.name.startsWith(`${note.build.name}_`)) &&
      (known.has(each.name) || nowMs - each.createdAtMs > STRAY_IMAGE_MS),
  );
}
