/**
 * Deletes what no runner and no rollback needs, with the operator's own key: also snapshots that the reaper's role may not, and
 * what was left where it looks no more: by an image that bakes no more, or in a region that was taken out.
 */
import { keptNames, spareImages } from '../../functions/reaper/rounds/images/decide.ts';
import { regionsInUse } from '../../functions/reaper/survey/known.ts';
import { LEDGER_SCAN_MAX } from '../../shared/limits.ts';
import { bakedNames, bakeryOf } from '../../shared/runner/images/bake.ts';
import type { CloudImage, ImageBuilder } from '../../shared/runner/images/image-builder.ts';
import {
  amendImageNote,
  BLANK_IMAGE_NOTE,
  type ImageNote,
  readImageNote,
} from '../../shared/runner/images/image-note.ts';
import { type Removed, removeSpare } from '../../shared/runner/images/remove-images.ts';
import type { Operator } from '../shared/operator.ts';
import { lineOf } from './text.ts';

type World = Pick<Operator, 'config' | 'clock' | 'ledger'>;
type Say = (line: string) => void;

export async function prune(name: string, images: ImageBuilder, world: World, say: Say): Promise<number> {
  const { config, ledger } = world;
  const isBaked = bakedNames(config).includes(name);
  const note = await readImageNote(name, ledger);
  if (!isBaked && (await isBuilding(note, images, world, say))) return 1;
  const runners = await ledger.runners.list(LEDGER_SCAN_MAX);
  if (!runners.complete) throw new Error('Not all runners could be read: nothing was deleted.');
  const entries = runners.things.map(({ entry }) => entry);
  const listed = await listedIn(await regionsOf(note, world), images);
  const isPlaced = ({ region }: CloudImage) => config.placements.some((each) => each.region === region);
  const serves = isBaked ? note : BLANK_IMAGE_NOTE;
  const spareOf = (some: readonly CloudImage[], kept: ImageNote, nowMs: number) =>
    spareImages(name, serves, keptNames(kept, entries), some, nowMs);
  const spare = [
    ...spareOf(listed.filter(isPlaced), serves, isBaked ? world.clock.nowMs() : LONG_AFTER_MS),
    ...spareOf(
      listed.filter((each) => !isPlaced(each)),
      BLANK_IMAGE_NOTE,
      LONG_AFTER_MS,
    ),
  ];
  const removed: Removed[] = [];
  await removeSpare({ name, spare, listed }, images, ledger, (each) => {
    removed.push(each);
    say(lineOf(each));
  });
  if (removed.length === 0) say('There was nothing to delete.');
  const isDone = removed.every(({ outcome }) => outcome === 'gone');
  const isLeft = listed.some((each) => each.image === name && !spare.includes(each));
  if (!isBaked && isDone && !isLeft)
    await amendImageNote(name, ({ leftovers }) => ({ ...BLANK_IMAGE_NOTE, leftovers }), ledger);
  return isDone ? 0 : 1;
}

/** Where nothing is baked any more, none is a build's that is only now told of. */
const LONG_AFTER_MS = Number.POSITIVE_INFINITY;

/** Of one that bakes no more nobody follows the build. */
async function isBuilding({ build }: ImageNote, images: ImageBuilder, { config }: World, say: Say) {
  if (build === null) return false;
  const { region } = bakeryOf(config);
  const isUnderWay = (await images.progress(region, build.name))?.kind === 'runs';
  if (isUnderWay) say(`The build ${build.name} in ${region} is under way: run this again when it is done.`);
  else await images.forget(region, build.name);
  return isUnderWay;
}

/** Of placements, and of those that were taken out of runners.yaml, as long as anything tells of them. */
async function regionsOf({ images, leftovers }: ImageNote, world: World): Promise<readonly string[]> {
  const placed = world.config.placements.map(({ region }) => region);
  const used = (await regionsInUse(world)).keys();
  const noted = [...images.flatMap(({ ids }) => Object.keys(ids)), ...leftovers.map(regionIn)];
  return [...new Set([...placed, ...used, ...noted])];
}

const regionIn = (leftover: string): string => leftover.split('/')[0] as string;

async function listedIn(regions: readonly string[], images: ImageBuilder): Promise<readonly CloudImage[]> {
  const found = await Promise.all(regions.map((region) => images.images(region)));
  return found.flatMap(({ things }) => [...things]);
}
