/** What functions tell each other of GitHub: one small note for each owner, written seldom. */

import { type CodeMemory, codeMemory } from './code-note.ts';
import { GITHUB_NOTE_KEPT_MS, HOLD_MAX_MS, RUNNER_GROUP_KEPT_MS } from './github-limits.ts';
import { amendNote } from './ledger/amend.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Clock } from './ports.ts';

export interface GitHubNote {
  /** Runner groups by name, and when each was looked up. */
  readonly groups: Readonly<Record<string, { readonly id: number; readonly atMs: number }>>;
  /** Until then GitHub wants to be left alone; 0: it does not. */
  readonly heldUntilMs: number;
  /** Calls an hour, as GitHub last said; null: it did not yet. */
  readonly limit: number | null;
  /** In eighths of an even pace, as the sweep last saw it. */
  readonly level: number;
  /** The lowest level of each of the last days, by UTC date. */
  readonly lows: Readonly<Record<string, number>>;
}

const BLANK: GitHubNote = { groups: {}, heldUntilMs: 0, limit: null, level: 8, lows: {} };
const idOf = (owner: string): string => `github:${owner.toLowerCase()}`;

type Notes = Pick<Ledger, 'notes'>;

export async function readGitHubNote(owner: string, { notes }: Notes): Promise<GitHubNote> {
  return parsed((await notes.read(idOf(owner)))?.entry.text);
}

/** Writes only what is new. */
export async function amendGitHubNote(
  owner: string,
  change: (before: GitHubNote) => GitHubNote,
  { notes }: Notes,
): Promise<void> {
  await amendNote(notes, idOf(owner), (text) => JSON.stringify(change(parsed(text))));
}

/** A note of another release may lack what is new. */
function parsed(text: string | undefined): GitHubNote {
  if (text === undefined) return BLANK;
  return { ...BLANK, ...(JSON.parse(text) as Partial<GitHubNote>) };
}

/** The same as the adapter asks for it, kept for a moment: a cold launcher need not ask GitHub. */
export interface GitHubMemory {
  /** Null: nobody looked it up lately. */
  groupId(owner: string, name: string): Promise<number | null>;
  keepGroupId(owner: string, name: string, id: number): Promise<void>;
  /** False: it was not known anyway. */
  forgetGroupId(owner: string, name: string): Promise<boolean>;
  /** Until when GitHub wants to be left alone; 0: it does not. */
  heldUntilMs(owner: string): Promise<number>;
  hold(owner: string, untilMs: number): Promise<void>;
  readonly code: CodeMemory;
}

/** Pure. Of one from further in the future nothing is left: a wrong clock wrote it, GitHub's hour is the longest wait there is. */
const holdIn = ({ heldUntilMs }: GitHubNote, nowMs: number): number =>
  heldUntilMs - nowMs > HOLD_MAX_MS ? 0 : heldUntilMs;

/** Pure. The longer hold counts. */
export const laterHold = (note: GitHubNote, untilMs: number, nowMs: number): number =>
  Math.max(holdIn(note, nowMs), untilMs);

/** What differs by less is the same news. */
const TOLD_MS = 5_000;

export function memoryIn(ledger: Pick<Ledger, 'notes'>, clock: Clock): GitHubMemory {
  const known = new Map<string, { readonly note: GitHubNote; readonly atMs: number }>();
  const read = async (owner: string): Promise<GitHubNote> => {
    const before = known.get(owner);
    if (before !== undefined && clock.nowMs() - before.atMs < GITHUB_NOTE_KEPT_MS) return before.note;
    const note = await readGitHubNote(owner, ledger);
    known.set(owner, { note, atMs: clock.nowMs() });
    return note;
  };
  const amend = async (owner: string, change: (note: GitHubNote) => GitHubNote): Promise<void> => {
    await amendGitHubNote(owner, change, ledger);
    known.delete(owner);
  };
  return {
    code: codeMemory(ledger, clock),
    async groupId(owner, name) {
      const group = (await read(owner)).groups[name.toLowerCase()];
      const isFresh = group !== undefined && clock.nowMs() - group.atMs < RUNNER_GROUP_KEPT_MS;
      return isFresh ? group.id : null;
    },
    // In a burst all learn the same at once: what another has written already is not written again.
    keepGroupId: (owner, name, id) =>
      amend(owner, (note) => {
        const [key, nowMs] = [name.toLowerCase(), clock.nowMs()];
        const told = note.groups[key];
        const isTold = told?.id === id && nowMs - told.atMs < TOLD_MS;
        return isTold ? note : { ...note, groups: { ...note.groups, [key]: { id, atMs: nowMs } } };
      }),
    async forgetGroupId(owner, name) {
      const isKnown = (await read(owner)).groups[name.toLowerCase()] !== undefined;
      if (isKnown)
        await amend(owner, (note) => {
          const { [name.toLowerCase()]: _, ...groups } = note.groups;
          return { ...note, groups };
        });
      return isKnown;
    },
    heldUntilMs: async (owner) => holdIn(await read(owner), clock.nowMs()),
    hold: (owner, untilMs) =>
      amend(owner, (note) => {
        const heldUntilMs = laterHold(note, untilMs, clock.nowMs());
        return Math.abs(heldUntilMs - note.heldUntilMs) < TOLD_MS ? note : { ...note, heldUntilMs };
      }),
  };
}
