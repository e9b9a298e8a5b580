/** What a placement or an image lacks until a person acts: remembered, and told. */
import { unavailableKeys } from '../../shared/advisor/rank.ts';
import { alertOnce } from '../../shared/alert-once.ts';
import type { Config } from '../../shared/config/config.ts';
import { UNAVAILABLE_PLACE_MS } from '../../shared/limits.ts';
import type { Candidate } from '../../shared/nouns.ts';
import { explainRefusal } from './explain-refusal.ts';
import type { LauncherWorld } from './world.ts';

interface Told {
  readonly code: string;
  readonly advice?: string;
}

/** Once a day for each region. */
export async function tellOfPlacement(region: string, { code, advice }: Told, world: LauncherWorld) {
  const text = `No instance can be launched in ${region} (${code}): ${advice}`;
  await alertOnce(`placement-${region}-${code}`, text, world);
}

/** No offering of that placement will do with this image; jobs with other images go there as before. The keys that are out. */
export async function withoutImage(
  candidate: Candidate,
  image: string,
  { code, advice }: Told,
  world: LauncherWorld,
): Promise<readonly string[]> {
  const { ledger, clock, config } = world;
  const untilMs = clock.nowMs() + UNAVAILABLE_PLACE_MS;
  const keys = (['spot', 'on-demand'] as const).flatMap((capacityType) =>
    unavailableKeys({ ...candidate, capacityType }, 'placement'),
  );
  for (const key of keys)
    await ledger.unavailable.remember(`${prefixOf(image, config)}${key}`, untilMs, explainRefusal(code));
  const text = `The image ${image} cannot be launched in ${candidate.region} (${code}): ${advice}`;
  await alertOnce(`image-${image}-${candidate.region}-${code}`, text, world);
  return keys;
}

/** What is unavailable to a job of this image: for all, and where its image was refused. */
export function unavailableWith(
  image: string,
  unavailable: ReadonlyMap<string, string>,
  config: Config,
): ReadonlyMap<string, string> {
  const prefix = prefixOf(image, config);
  const refused = [...unavailable].filter(([key]) => key.startsWith(prefix));
  return new Map([...unavailable, ...refused.map(([key, why]) => [key.slice(prefix.length), why] as const)]);
}

/** As it is written now: when the operator has changed it, nothing is known of it any more. */
function prefixOf(image: string, { images }: Config): string {
  const { id, family, metadata } = images[image] ?? {};
  return `image:${image}/${id ?? family ?? ''}/${metadata ?? ''}:`;
}
