/** How images that bake themselves are shown. */
import { canaryIn, type ImageNote, servingIn } from '../../shared/runner/images/image-note.ts';
import type { Removed } from '../../shared/runner/images/remove-images.ts';
import { toIsoOrNull } from '../shared/format.ts';

export function linesOf(name: string, note: ImageNote): string[] {
  const serves = servingIn(note)?.name ?? 'the stock image';
  const { build, failure } = note;
  return [
    `${name}: ${serves} serves${canaryIn(note) === null ? '' : `; ${canaryIn(note)?.name} is tried by one job at a time`}`,
    ...note.images.map(
      ({ name: image, state, runnerVersion, bakedAtMs, ids, good, bad, because }) =>
        `  ${state.padEnd(6)}  ${image}  runner ${runnerVersion}  ${toIsoOrNull(bakedAtMs)}  in ${Object.keys(ids).join(', ') || 'no region'}  ${good} online, ${bad} not: ${because}`,
    ),
    ...(build === null
      ? []
      : [
          `  ${build.step.toLowerCase()}  ${build.name}  since ${toIsoOrNull(build.startedAtMs)}: ${build.because}`,
        ]),
    ...(failure === null
      ? []
      : [
          `  the last build failed ${failure.inARow} times, at ${toIsoOrNull(failure.atMs)}: ${failure.because}`,
        ]),
    ...(note.isAsked ? ['  a bake is asked for'] : []),
    ...note.leftovers.map((each) => `  left over: snapshot ${each}; npm run image -- prune ${name}`),
  ];
}

/** What stays is a person's to look at: in the console it says why. */
export function lineOf({ kind, id, region, name, outcome }: Removed): string {
  const what = kind === 'image' ? `image ${name} (${id})` : `snapshot ${id}`;
  if (outcome === 'gone') return `${what} in ${region} is gone`;
  return `${what} in ${region} stays, because ECS does not delete it: look at it in the console`;
}

export const jsonOf = (name: string, note: ImageNote) => ({
  image: name,
  serving: servingIn(note)?.name ?? null,
  canary: canaryIn(note)?.name ?? null,
  ...note,
});
