/** Images that bake themselves: what became of a canary's runners each sweep; the cloud is asked once an hour. */
import { alertOnce, resolveAlert } from '../../../../shared/alert-once.ts';
import { SWEEP_FAILURES_MIN } from '../../../../shared/limits.ts';
import { bakedNames, type Recipe, recipeFor } from '../../../../shared/runner/images/bake.ts';
import type { CloudImage } from '../../../../shared/runner/images/image-builder.ts';
import { BUILD_LOOK_MS, IMAGE_LOOK_MS } from '../../../../shared/runner/images/image-limits.ts';
import {
  amendImageNote,
  type ImageNote,
  readImageNote,
} from '../../../../shared/runner/images/image-note.ts';
import { type Removed, removeSpare } from '../../../../shared/runner/images/remove-images.ts';
import { parseRunnerRelease, RUNNER_RELEASE_NOTE } from '../../../../shared/runner/release.ts';
import type { Survey } from '../../survey/survey.ts';
import type { ReaperWorld } from '../../world.ts';
import { decideBuild, followBuild } from './build.ts';
import { keptNames, spareImages } from './decide.ts';
import { judgeServing, judgeTrial } from './judge.ts';
import { idsOf } from './own.ts';

/** How many are built at the moment. Costs nothing where no image bakes itself. */
export async function tendImages(seen: Survey, deadlineMs: number, world: ReaperWorld): Promise<number> {
  let building = 0;
  const failures: string[] = [];
  for (const name of bakedNames(world.config)) {
    try {
      const note = await tendImage(name, seen, deadlineMs, world);
      building += Number(note.build !== null);
    } catch (error) {
      const because = error instanceof Error ? error.message : 'unknown';
      failures.push(`${name}: ${because}`);
      await tellIfLasting(name, because, world);
    }
  }
  if (failures.length > 0) throw new Error(failures.join('; '));
  return building;
}

/** One failure may be transient; a right that is missing is a person's to give. */
async function tellIfLasting(name: string, because: string, world: ReaperWorld): Promise<void> {
  const change = (before: ImageNote) => ({ ...before, failedLooks: before.failedLooks + 1 });
  const { failedLooks } = await amendImageNote(name, change, world.ledger);
  if (failedLooks < SWEEP_FAILURES_MIN) return;
  await alertOnce(
    `image-${name}-look`,
    `The image ${name} could not be looked after ${failedLooks} times, the last time because of this: ${because.slice(0, 300)}. Jobs go on with what there is, or with the stock image. Deploy, so that the reaper has its rights; then: npm run doctor`,
    world,
  );
}

async function tendImage(
  name: string,
  seen: Survey,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<ImageNote> {
  const nowMs = world.clock.nowMs();
  const tried = await judgeTrial(name, await readImageNote(name, world.ledger), seen, world);
  const note = await judgeServing(name, tried, seen, world);
  // What there is no time for is due in the next sweep, too.
  if (nowMs > deadlineMs || (nowMs < note.nextLookMs && !note.isAsked)) return note;
  // Before anything is asked: what fails is asked again in its own time, not each minute.
  await amendImageNote(name, (before) => ({ ...before, nextLookMs: nowMs + BUILD_LOOK_MS }), world.ledger);
  const looked = await look(name, seen, deadlineMs, world);
  const nextLookMs = nowMs + (looked.build === null ? IMAGE_LOOK_MS : BUILD_LOOK_MS);
  if (note.failedLooks > 0) await resolveAlert(`image-${name}-look`, world);
  return amendImageNote(name, (before) => ({ ...before, nextLookMs, failedLooks: 0 }), world.ledger);
}

async function look(name: string, seen: Survey, deadlineMs: number, world: ReaperWorld): Promise<ImageNote> {
  const { config, ledger } = world;
  const recipe = await readRecipe(name, world);
  const listed: CloudImage[] = [];
  let isWhole = true;
  for (const { region } of config.placements) {
    if (world.clock.nowMs() > deadlineMs) throw new Error('there was no time to list the images');
    const { things, complete } = await world.images.images(region);
    listed.push(...things);
    isWhole &&= complete;
  }
  await hardenNew(name, listed, world);
  let now = await amendImageNote(name, (before) => withIds(before, listed, isWhole), ledger);
  if (recipe !== null) {
    now = await decideBuild(name, recipe, now, world);
    now = await followBuild(name, recipe, now, listed, world);
  }
  await keepHouse(name, now, listed, seen, world);
  return now;
}

/** Null, and said where it is looked for: nothing can be built now. */
async function readRecipe(name: string, world: ReaperWorld): Promise<Recipe | null> {
  const { ledger, config, clock, bakeScripts } = world;
  const held = await ledger.notes.read(RUNNER_RELEASE_NOTE);
  const release = held === null ? null : parseRunnerRelease(held.entry.text);
  if (release !== null) return recipeFor(name, release, config, bakeScripts);
  const because = 'the mirror has no runner release yet: npm run mirror';
  const failure = { recipe: '', atMs: clock.nowMs(), because, inARow: 1 };
  const change = (before: ImageNote) => (before.isAsked ? { ...before, isAsked: false, failure } : before);
  await amendImageNote(name, change, ledger);
  return null;
}

/** Where the operator has hardened metadata, as is the rule: an image that is made of a snapshot takes it only when told. */
async function hardenNew(name: string, listed: readonly CloudImage[], world: ReaperWorld): Promise<void> {
  if (world.config.images[name]?.metadata === 'any') return;
  for (const { image, isAvailable, isHardened, region, id } of listed)
    if (image === name && isAvailable && !isHardened) await world.images.harden(region, id);
}

/** Copies come late, and what a person deleted is gone: where it is missing, the stock image serves. */
function withIds(note: ImageNote, listed: readonly CloudImage[], isWhole: boolean): ImageNote {
  const images = note.images.map((image) => {
    const ids = idsOf(image.name, image.ids, listed);
    return { ...image, ids: isWhole ? ids : { ...image.ids, ...ids } };
  });
  return { ...note, images };
}

/** What stays because our role may not is named to the operator. */
async function keepHouse(
  name: string,
  note: ImageNote,
  listed: readonly CloudImage[],
  seen: Survey,
  world: ReaperWorld,
): Promise<void> {
  if (!seen.ledgerComplete) return;
  const runners = seen.runners.map(({ entry }) => entry);
  const spare = spareImages(name, note, keptNames(note, runners), listed, world.clock.nowMs());
  if (spare.length + note.leftovers.length === 0) return;
  const tell = ({ id, region, outcome }: Removed) =>
    world.log('image.removed', { image: name, region, id, outcome });
  const left = await removeSpare({ name, spare, listed }, world.images, world.ledger, tell);
  const alert = `image-${name}-snapshots`;
  if (left.length === 0) return resolveAlert(alert, world);
  await alertOnce(
    alert,
    `${left.length} snapshots of images ${name} that are gone could not be deleted by our role, and go on costing. Run: npm run image -- prune ${name}`,
    world,
  );
}
