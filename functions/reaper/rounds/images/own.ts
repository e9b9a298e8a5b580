/** Which images are what a build of ours made: pure. Names and tags prove nothing: anybody who makes images may write ours. */
import type { BuildProgress, CloudImage } from '../../../../shared/runner/images/image-builder.ts';

/**
 * By the id that Image Builder says, and in other regions by that one's whole name, which ends in the id of its execution:
 * of its copies it says nothing. `region`: of the build.
 */
export function resultsOf(
  progress: Pick<BuildProgress, 'imageId'> | null,
  region: string,
  listed: readonly CloudImage[],
): readonly CloudImage[] {
  const made = listed.find(
    (each) => each.isAvailable && each.region === region && each.id === progress?.imageId,
  );
  if (made === undefined) return [];
  const ids = idsOf(made.name, { [region]: made.id }, listed);
  return listed.filter((each) => ids[each.region] === each.id);
}

/** By region. Copies come late; but where one is known no other takes its place, and of two of one name nobody knows which it is. */
export function idsOf(
  name: string,
  known: Readonly<Record<string, string>>,
  listed: readonly CloudImage[],
): Readonly<Record<string, string>> {
  const there = listed.filter((each) => each.isAvailable && each.name === name);
  const regions = [...new Set(there.map(({ region }) => region))];
  const found = regions.flatMap((region) => {
    const ids = there.filter((each) => each.region === region).map(({ id }) => id);
    const id = known[region] ?? (ids.length === 1 ? ids[0] : undefined);
    return id !== undefined && ids.includes(id) ? [[region, id] as const] : [];
  });
  return Object.fromEntries(found);
}
