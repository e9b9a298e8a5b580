/** What notes of things learned from jobs have in common. Pure. */
import { createHash } from 'node:crypto';

export const digest = (...words: readonly string[]): string =>
  createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 12);
