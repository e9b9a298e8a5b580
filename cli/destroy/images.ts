/** Images that baked themselves go with the deployment, their snapshots and what is being built: those that carry its tags, and no other. */
import type { CloudImage, ImageBuilder } from '../../shared/runner/images/image-builder.ts';
import {
  type Removed,
  removeImages,
  removeSnapshots,
  snapshotsOf,
} from '../../shared/runner/images/remove-images.ts';
import { lineOf } from '../image/text.ts';

export type Images = Pick<
  ImageBuilder,
  'images' | 'remove' | 'removeSnapshot' | 'builds' | 'cancel' | 'progress' | 'forget'
>;
type Say = (line: string) => void;

export interface Build {
  readonly region: string;
  readonly name: string;
}

export const imagesIn = (regions: readonly string[], images: Images): Promise<CloudImage[]> =>
  inEach(regions, 'images', (region) => images.images(region));

export const buildsIn = (regions: readonly string[], images: Images): Promise<Build[]> =>
  inEach(regions, 'builds of images', async (region) => {
    const { things, complete } = await images.builds(region);
    return { things: things.map((name) => ({ region, name })), complete };
  });

async function inEach<Thing>(
  regions: readonly string[],
  what: string,
  list: (region: string) => Promise<{ readonly things: readonly Thing[]; readonly complete: boolean }>,
): Promise<Thing[]> {
  const listed = await Promise.all(regions.map(list));
  if (listed.some(({ complete }) => !complete))
    throw new Error(`Not all ${what} could be listed: nothing was removed.`);
  return listed.flatMap(({ things }) => [...things]);
}

const STOP_LOOKS_MAX = 60;
const STOP_PAUSE_MS = 10_000;

/** A build that goes on would make an image, and machines of its own, after all is gone. False: one goes on. */
export async function stopBuilds(
  builds: readonly Build[],
  images: Images,
  { say, sleep }: { readonly say: Say; readonly sleep: (ms: number) => Promise<void> },
): Promise<boolean> {
  let isDone = true;
  for (const { region, name } of builds) {
    say(`the build ${name} in ${region} is told to stop`);
    const because = await stopOne(region, name, images, sleep);
    if (because === null) {
      await images.forget(region, name);
      say(`the build ${name} is gone`);
    } else {
      isDone = false;
      say(
        `the build ${name} goes on${because === '' ? '' : ` (${because})`}. Cancel it in the console of Image Builder, or wait; then run npm run destroy again.`,
      );
    }
  }
  return isDone;
}

/** Null: it has ended. Else the last refusal's code, '' for none. */
async function stopOne(
  region: string,
  name: string,
  images: Images,
  sleep: (ms: number) => Promise<void>,
): Promise<string | null> {
  let because = '';
  for (let look = 0; look < STOP_LOOKS_MAX; look++) {
    if ((await images.progress(region, name))?.kind !== 'runs') return null;
    because = (await images.cancel(region, name)) ?? '';
    await sleep(STOP_PAUSE_MS);
  }
  return because;
}

/** What ECS keeps is named: a person looks after it. */
export async function removeAllImages(found: readonly CloudImage[], images: Images, say: Say): Promise<void> {
  const tell = (removed: Removed) => say(lineOf(removed));
  const kept = await removeImages(found, images, tell);
  await removeSnapshots(found.filter((each) => !kept.includes(each)).flatMap(snapshotsOf), images, tell);
}
