/** A launch from an image that we baked, where there is one; the stock image is always behind it. */

import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { RunOutcome, RunRequest } from '../../../shared/ports.ts';
import {
  amendImageNote,
  canaryIn,
  type ImageNote,
  readImageNote,
  servingIn,
  withImage,
} from '../../../shared/runner/images/image-note.ts';
import type { LauncherWorld } from '../world.ts';

/** What is to be tried in one walk. */
export interface Baked {
  /** Of the image in `runners.yaml`. */
  readonly of: string;
  readonly name: string;
  /** By region; those that ECS refused are taken out. */
  readonly ids: Map<string, string>;
}

type World = Pick<LauncherWorld, 'config' | 'clock' | 'ledger' | 'log' | 'instances'>;

/**
 * A new image is given to one runner at a time: who writes itself into the note has it. A machine that is prepared, to be
 * stopped, tries none: it is not online for hours. Null: the stock image.
 */
export async function chooseBaked(
  image: string,
  { name: runner, standby }: Pick<RunnerEntry, 'name' | 'standby'>,
  world: World,
): Promise<Baked | null> {
  const { config, clock, ledger } = world;
  if (config.images[image]?.bake === undefined) return null;
  let note = await readImageNote(image, ledger);
  if (standby == null && isFree(note))
    note = await amendImageNote(image, (before) => claimed(before, runner, clock.nowMs()), ledger);
  const { trial } = note;
  const isOurs = trial?.runner === runner;
  const chosen = isOurs ? note.images.find(({ name }) => name === trial.image) : servingIn(note);
  return chosen ? { of: image, name: chosen.name, ids: new Map(Object.entries(chosen.ids)) } : null;
}

function isFree(note: ImageNote): boolean {
  const canary = canaryIn(note);
  return note.trial === null && canary !== null && Object.keys(canary.ids).length > 0;
}

function claimed(note: ImageNote, runner: string, atMs: number): ImageNote {
  const canary = canaryIn(note);
  return isFree(note) && canary !== null ? { ...note, trial: { image: canary.name, runner, atMs } } : note;
}

/** With the name of the image that the machine was, or may have been, made from; null: the stock image. */
export async function runFrom(
  baked: Baked | null,
  region: string,
  requestFor: (image: string | null) => RunRequest,
  world: World,
): Promise<{ readonly outcome: RunOutcome; readonly image: string | null }> {
  const imageId = baked?.ids.get(region);
  if (baked === null || imageId === undefined)
    return { outcome: await world.instances.run(requestFor(null)), image: null };
  const outcome = await world.instances.run({ ...requestFor(baked.name), imageId });
  if (!isAboutImage(outcome)) return { outcome, image: baked.name };
  baked.ids.delete(region);
  world.log('image.refused', { image: baked.name, region, code: 'code' in outcome ? outcome.code : '' });
  // Until the next look finds it there, nobody else need try.
  await amendImageNote(baked.of, (note) => withoutRegion(note, baked.name, region, imageId), world.ledger);
  return { outcome: await world.instances.run(requestFor(null)), image: null };
}

function withoutRegion(note: ImageNote, name: string, region: string, imageId: string): ImageNote {
  const image = note.images.find((each) => each.name === name);
  if (image?.ids[region] !== imageId) return note;
  const { [region]: _, ...ids } = image.ids;
  return withImage(note, name, { ids });
}

/** A definite no for which another image may be the remedy. */
function isAboutImage(outcome: RunOutcome): boolean {
  if (outcome.kind === 'image') return true;
  const isDefinite = outcome.kind === 'refused' || outcome.kind === 'unavailable';
  return isDefinite && /Image|^InvalidSystemDiskSize/.test(outcome.code);
}
