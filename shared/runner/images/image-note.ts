/** What is known of one image that bakes itself: one small note in the ledger, and what may be read from it. Pure, but for `amendImageNote`. */

import { parseJson } from '../../json.ts';
import { amendNote } from '../../ledger/amend.ts';
import type { Note } from '../../ledger/entries.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { BAKED_KEPT, BAKED_KNOWN_MAX } from './image-limits.ts';

/** A build that was decided on: written before it is begun. */
export interface Build {
  readonly name: string;
  readonly recipe: string;
  readonly runnerVersion: string;
  readonly startedAtMs: number;
  /** lower-case clause: why it is baked */
  readonly because: string;
  /** Null: not known to have begun. */
  readonly executionId: string | null;
  readonly step: string;
}

/** `canary`: tried by one job at a time; `good`: what came online; `aside`: of no use, and not used. */
export type BakedState = 'canary' | 'good' | 'aside';

export interface BakedImage {
  readonly name: string;
  readonly recipe: string;
  readonly runnerVersion: string;
  readonly bakedAtMs: number;
  readonly state: BakedState;
  /** region → id; where it is missing, the stock image serves. */
  readonly ids: Readonly<Record<string, string>>;
  readonly good: number;
  readonly bad: number;
  /** lower-case clause: why it is in this state */
  readonly because: string;
  /** When a runner of it last came online since it serves; absent: none is known. */
  readonly onlineAtMs?: number;
  /** Boots since then that did not, by the time of their launch; absent: none. An image that is put aside keeps what it fell by. */
  readonly failed?: readonly BadBoot[];
}

export interface BadBoot {
  readonly runner: string;
  readonly atMs: number;
}

export interface Trial {
  readonly image: string;
  readonly runner: string;
  readonly atMs: number;
}

export interface ImageNote {
  readonly build: Build | null;
  /** The last build, when it failed. */
  readonly failure: {
    readonly recipe: string;
    readonly atMs: number;
    readonly because: string;
    readonly inARow: number;
  } | null;
  readonly trial: Trial | null;
  /** Newest first. */
  readonly images: readonly BakedImage[];
  /** An operator wants one now. */
  readonly isAsked: boolean;
  /** Until then the cloud need not be asked. */
  readonly nextLookMs: number;
  /** Looks in a row in which the cloud gave no answer, or a no. */
  readonly failedLooks: number;
  /** Snapshots of images that are gone, which our role may not delete: region/id. */
  readonly leftovers: readonly string[];
}

export const BLANK_IMAGE_NOTE: ImageNote = {
  ...{ build: null, failure: null, trial: null, images: [] },
  ...{ isAsked: false, nextLookMs: 0, failedLooks: 0, leftovers: [] },
};

const PREFIX = 'baked-image:';
const idOf = (image: string): string => `${PREFIX}${image}`;
type Notes = Pick<Ledger, 'notes'>;

export async function readImageNote(image: string, { notes }: Notes): Promise<ImageNote> {
  return parsed((await notes.read(idOf(image)))?.entry.text);
}

/** By image, of all notes. */
export const imageNotesIn = (
  notes: readonly { readonly id: string; readonly entry: Pick<Note, 'text'> }[],
): ReadonlyMap<string, ImageNote> =>
  new Map(
    notes
      .filter(({ id }) => id.startsWith(PREFIX))
      .map(({ id, entry }) => [id.slice(PREFIX.length), parsed(entry.text)]),
  );

/** `change` is asked anew for each state it meets; what it answers is written only where it is new. */
export async function amendImageNote(
  image: string,
  change: (before: ImageNote) => ImageNote,
  { notes }: Notes,
): Promise<ImageNote> {
  const written = await amendNote(notes, idOf(image), (text) => textOf(change(parsed(text))));
  return parsed(written?.entry.text);
}

const textOf = (note: ImageNote): string => JSON.stringify({ ...note, images: remembered(note.images) });

/** The newest, and whatever became of those that came after: what serves, and what a rollback goes to. */
function remembered(images: readonly BakedImage[]): readonly BakedImage[] {
  const good = images.filter(({ state }) => state === 'good').slice(0, BAKED_KEPT);
  const others = images.filter((each) => !good.includes(each)).slice(0, BAKED_KNOWN_MAX - good.length);
  return images.filter((each) => good.includes(each) || others.includes(each));
}

/** A note of another release may lack what is new. One that cannot be read begins anew: no job waits for that. */
const parsed = (text = ''): ImageNote => ({
  ...BLANK_IMAGE_NOTE,
  ...(parseJson(text) as Partial<ImageNote> | undefined),
});

/** What jobs get; null: the stock image. */
export const servingIn = ({ images }: ImageNote): BakedImage | null =>
  images.find(({ state }) => state === 'good') ?? null;

/** The newest, if it is still to be tried. */
export function canaryIn({ images }: ImageNote): BakedImage | null {
  const newest = images.find(({ state }) => state !== 'aside');
  return newest?.state === 'canary' ? newest : null;
}

export const withImage = (note: ImageNote, name: string, change: Partial<BakedImage>): ImageNote => ({
  ...note,
  images: note.images.map((each) => (each.name === name ? { ...each, ...change } : each)),
});
