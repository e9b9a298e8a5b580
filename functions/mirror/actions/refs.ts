/** Which commits of an action are kept, from what its repository advertises: pure. */

/** Of an action without a ref: so many of its newest majors, each at its own tag and at its newest version. */
const MAJORS_MAX = 2;

/** A tag, and the commit that it names in the end. */
export interface Tag {
  readonly name: string;
  readonly sha: string;
}

/** Named in full: nothing need be looked up. */
export const isCommit = (ref: string | null): ref is string => ref !== null && /^[0-9a-f]{40}$/.test(ref);

/** Empty: it has none of that name. `advertised` is git's (gitprotocol-http, "Smart Server Response"). */
export function commitsOf(advertised: string, ref: string | null): readonly string[] {
  if (isCommit(ref)) return [ref];
  const tags = tagsIn(advertised);
  if (ref !== null) return tags.filter(({ name }) => name === ref).map(({ sha }) => sha);
  return [...new Set(newest(tags).map(({ sha }) => sha))];
}

/** An annotated tag is named twice: itself, and with `^{}` what it stands for. */
export function tagsIn(advertised: string): Tag[] {
  const found = new Map<string, string>();
  for (const [, sha = '', name = '', peeled] of advertised.matchAll(
    /([0-9a-f]{40}) refs\/tags\/([^\s^]+)(\^\{\})?\n/g,
  ))
    if (peeled !== undefined || !found.has(name)) found.set(name, sha);
  return [...found].map(([name, sha]) => ({ name, sha }));
}

function newest(tags: readonly Tag[]): Tag[] {
  const versions = tags
    .flatMap((tag) => {
      const version = /^v(\d+)(?:\.(\d+)\.(\d+))?$/.exec(tag.name);
      if (version === null) return [];
      const [major = 0, ...rest] = version
        .slice(1)
        .map((each) => (each === undefined ? undefined : Number(each)));
      return [
        { tag, major: major ?? 0, isMajor: rest[0] === undefined, rest: rest.map((each) => each ?? 0) },
      ];
    })
    .sort((one, other) => compare([other.major, ...other.rest], [one.major, ...one.rest]));
  const majors = [...new Set(versions.map(({ major }) => major))].slice(0, MAJORS_MAX);
  return majors.flatMap((major) => {
    const of = versions.filter((each) => each.major === major);
    return [of.find(({ isMajor }) => isMajor), of.find(({ isMajor }) => !isMajor)].flatMap((each) =>
      each === undefined ? [] : [each.tag],
    );
  });
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((each, index) => each !== other[index]);
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}
