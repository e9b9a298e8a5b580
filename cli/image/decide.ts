/** What an operator changes of an image that bakes itself: pure. */
import type { ImageNote } from '../../shared/runner/images/image-note.ts';
import { canaryIn, servingIn, withImage } from '../../shared/runner/images/image-note.ts';

export type Change =
  | { readonly kind: 'changed'; readonly note: ImageNote; readonly text: string }
  | { readonly kind: 'refused'; readonly because: string };

const BY_OPERATOR = 'an operator said so';

/** Without waiting for the rest of its three jobs. */
export function promoted(note: ImageNote): Change {
  const canary = canaryIn(note);
  if (canary === null)
    return { kind: 'refused', because: 'There is no new image that is still being tried.' };
  const change = { state: 'good', because: BY_OPERATOR } as const;
  return {
    kind: 'changed',
    note: { ...withImage(note, canary.name, change), trial: null },
    text: `${canary.name} serves from now on.`,
  };
}

/** To the good one before; a new one that is being tried is given up, too. */
export function rolledBack(note: ImageNote): Change {
  const canary = canaryIn(note);
  const serving = servingIn(note);
  const left = canary ?? serving;
  if (left === null)
    return { kind: 'refused', because: 'There is no image to go back from: the stock image serves.' };
  const next = {
    ...withImage(note, left.name, { state: 'aside', because: BY_OPERATOR, failed: [] }),
    trial: null,
  };
  const before = servingIn(next);
  return {
    kind: 'changed',
    note: next,
    text: `${left.name} is put aside; ${before === null ? 'the stock image' : before.name} serves from now on.`,
  };
}

export function asked(note: ImageNote): Change {
  if (note.build !== null)
    return { kind: 'refused', because: `${note.build.name} is being built: ${note.build.step}.` };
  return {
    kind: 'changed',
    note: { ...note, isAsked: true },
    text: 'It is asked for: the next sweep begins it, within a minute.',
  };
}
