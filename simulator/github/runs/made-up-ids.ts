/** Ids of what the simulator has no record of: the same for the same name. */

export const idOf = (text: string, from: number): number =>
  [...text].reduce((id, letter) => (id * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003, from);

/** Of a repository that is nobody's here. */
export const forkRecord = (fullName: string) => ({
  id: FORK_IDS + idOf(fullName, 0),
  full_name: fullName,
  fork: true,
});

const FORK_IDS = 1_000_000_000;
