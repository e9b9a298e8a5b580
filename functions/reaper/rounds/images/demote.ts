/** Images that serve are judged by their boots as new ones are: what served well may break. Pure. */
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Instance } from '../../../../shared/nouns.ts';
import { SERVING_BAD_MAX } from '../../../../shared/runner/images/image-limits.ts';
import { type BakedImage, type ImageNote, withImage } from '../../../../shared/runner/images/image-note.ts';
import { bootEnd, SILENT } from './decide.ts';

type Machines = readonly Pick<Instance, 'id' | 'isRecycling'>[];

/** The note as it is where nothing new is known. */
export function afterBoots(note: ImageNote, runners: readonly RunnerEntry[], instances: Machines): ImageNote {
  return note.images
    .filter(({ state }) => state === 'good')
    .reduce((next, image) => withImage(next, image.name, judged(image, runners, instances)), note);
}

/** In a row: none came online since the first of them was launched. A runner is seen in many sweeps, and counts once. */
function judged(
  image: BakedImage,
  runners: readonly RunnerEntry[],
  instances: Machines,
): Partial<BakedImage> {
  const boots = runners
    .filter((runner) => runner.image === image.name)
    .map((runner) => ({ runner, end: bootEnd(runner, instances) }));
  const online = boots.filter(({ end }) => end === 'good').map(({ runner }) => onlineAtMs(runner));
  const lastAtMs = Math.max(image.onlineAtMs ?? 0, ...online);
  const bad = boots
    .filter(({ end, runner }) => (end === 'bad' || end === 'silent') && runner.createdAtMs > lastAtMs)
    .map(({ runner }) => ({ runner: runner.name as string, atMs: runner.createdAtMs }));
  const names = new Set(bad.map(({ runner }) => runner));
  const before = (image.failed ?? []).filter(({ runner, atMs }) => atMs > lastAtMs && !names.has(runner));
  const failed = [...before, ...bad];
  const isSilent = boots.some(({ end, runner }) => end === 'silent' && names.has(runner.name));
  const seen = {
    ...(lastAtMs > 0 ? { onlineAtMs: lastAtMs } : {}),
    ...(image.failed === undefined && failed.length === 0 ? {} : { failed }),
  };
  if (!isSilent && failed.length < SERVING_BAD_MAX) return seen;
  const because = isSilent ? SILENT : `${failed.length} runners of it in a row did not come online`;
  return { ...seen, state: 'aside', because };
}

const onlineAtMs = ({ onlineAtMs: atMs, state, stateAtMs, createdAtMs }: RunnerEntry): number =>
  atMs ?? (state === 'busy' ? stateAtMs : createdAtMs);
