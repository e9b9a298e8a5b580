/** An event looks for held jobs only in a repository where there are some: this note costs it one read. */
import { HELD_NOTE_MS } from '../github-limits.ts';
import type { Job } from '../nouns.ts';
import { amend } from './amend.ts';
import type { Note } from './entries.ts';
import type { Ledger } from './ledger.ts';

type Notes = Pick<Ledger, 'notes'>;

const noteId = ({ repository }: Pick<Job, 'repository'>): string => `held:${repository}`;

/** Half of its time is long enough not to say it again for each job. */
export async function noteHeld(
  job: Job,
  nowMs: number,
  { notes }: Notes,
  forMs = HELD_NOTE_MS,
): Promise<void> {
  const id = noteId(job);
  const note = { text: '', untilMs: nowMs + forMs };
  const held = await notes.read(id);
  if (held === null && (await notes.add(id, note)) !== null) return;
  const amended = ({ untilMs }: Note) => (note.untilMs - (untilMs ?? 0) < forMs / 2 ? undefined : note);
  await amend(notes, id, amended, held ?? undefined);
}

export async function mayBeHeld(job: Job, nowMs: number, { notes }: Notes): Promise<boolean> {
  const note = await notes.read(noteId(job));
  return note !== null && (note.entry.untilMs ?? 0) >= nowMs;
}
