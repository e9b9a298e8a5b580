/** What boots say of an image: of a new one that is tried, and of those that serve. */
import { alertOnce, resolveAlert } from '../../../../shared/alert-once.ts';
import {
  amendImageNote,
  type BakedImage,
  type ImageNote,
} from '../../../../shared/runner/images/image-note.ts';
import type { Survey } from '../../survey/survey.ts';
import type { ReaperWorld } from '../../world.ts';
import { afterTrial, trialEnd } from './decide.ts';
import { afterBoots } from './demote.ts';

export async function judgeTrial(
  name: string,
  note: ImageNote,
  seen: Survey,
  world: ReaperWorld,
): Promise<ImageNote> {
  const { trial } = note;
  const runner = seen.runners.find(({ entry }) => entry.name === trial?.runner)?.entry;
  const end = trialEnd(note, runner, seen.instances, world.clock.nowMs());
  if (trial === null || end === undefined) return note;
  const isSame = (each: ImageNote) => each.trial?.runner === trial.runner && each.trial.image === trial.image;
  const next = await amendImageNote(
    name,
    (before) => (isSame(before) ? afterTrial(before, end) : before),
    world.ledger,
  );
  const tried = next.images.find((each) => each.name === trial.image);
  world.log('image.tried', { image: trial.image, runner: trial.runner, end, state: tried?.state ?? null });
  if (tried?.state === 'good') {
    await resolveAlert(keyOf(name, 'aside'), world);
    await resolveAlert(keyOf(name, 'broken'), world);
  }
  if (tried?.state === 'aside') await tellAside(keyOf(name, 'aside'), name, tried, world);
  return next;
}

/** In each sweep, because a boot that failed is forgotten with its runner. */
export async function judgeServing(
  name: string,
  note: ImageNote,
  seen: Survey,
  world: ReaperWorld,
): Promise<ImageNote> {
  const runners = seen.runners.map(({ entry }) => entry);
  const judge = (before: ImageNote) => afterBoots(before, runners, seen.instances);
  if (JSON.stringify(judge(note)) === JSON.stringify(note)) return note;
  const next = await amendImageNote(name, judge, world.ledger);
  for (const image of next.images.filter((each) => hasFallen(each, note))) {
    world.log('image.broken', { image: image.name, because: image.because });
    await tellAside(keyOf(name, 'broken'), name, image, world);
  }
  return next;
}

const hasFallen = ({ name, state }: BakedImage, { images }: ImageNote): boolean =>
  state === 'aside' && images.some((before) => before.name === name && before.state === 'good');

/** One of its own for what served: it is told also while a new one that is of no use stands. */
const keyOf = (name: string, what: 'aside' | 'broken'): string => `image-${name}-${what}`;

const tellAside = (key: string, name: string, image: BakedImage, world: ReaperWorld): Promise<void> =>
  alertOnce(
    key,
    `The image ${image.name} is put aside because ${image.because}. Jobs go on with the last good one, or with the stock image. What a machine of it said last: npm run explain -- JOB; all of them: npm run image -- show ${name}`,
    world,
  );
