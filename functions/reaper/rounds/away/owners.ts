/** Owners who turn the App away: it was removed, or suspended. */
import * as z from 'zod';
import { isTurnedAway } from '../../../../shared/budget.ts';
import { parseJson } from '../../../../shared/json.ts';
import { amendNote } from '../../../../shared/ledger/amend.ts';
import { LOOK_REPOSITORIES_MAX, UNANSWERED_MAX_MS } from '../../../../shared/limits.ts';
import type { Job } from '../../../../shared/nouns.ts';
import { forgetRepositories, type KnownRepository, knownRepositories, ownerOf } from '../../survey/known.ts';
import type { ReaperWorld } from '../../world.ts';

const NOTE = 'owners-away';
const Owners = z.record(z.string(), z.object({ sinceMs: z.number(), lastMs: z.number() }));

/** Refusals further apart are two slips, and nobody knows what was in between; or than two turns of the look, a sweep a minute. */
const APART_MAX_MS = 30 * 60_000;
const apartMs = (known: number): number =>
  Math.max(APART_MAX_MS, 2 * Math.ceil(known / LOOK_REPOSITORIES_MAX) * 60_000);

/** One sweep's; `known`: how many repositories are looked at in turn. Each owner is noted with when that began and was last so, until it ends or nothing there is known. */
export async function openAway(known: number, world: ReaperWorld) {
  const { ledger, clock, log } = world;
  const nowMs = clock.nowMs();
  const text = (await ledger.notes.read(NOTE))?.entry.text ?? '{}';
  const before = new Map(Object.entries(Owners.safeParse(parseJson(text)).data ?? {}));
  const after = new Map(before);
  const gone = new Set<string>();
  return {
    answered: ({ repository }: KnownRepository) => void after.delete(ownerOf(repository)),
    /** Null, and forgotten, when that lasts: it was no outage, and nobody's mistake for a moment. Else thrown on. */
    nullIfLong(error: unknown, { repository }: KnownRepository): null {
      if (!isTurnedAway(error)) throw error;
      const owner = ownerOf(repository);
      const noted = before.get(owner);
      const isSame = noted !== undefined && nowMs - noted.lastMs <= apartMs(known);
      const sinceMs = isSame ? noted.sinceMs : nowMs;
      after.set(owner, { sinceMs, lastMs: nowMs });
      if (nowMs - sinceMs < UNANSWERED_MAX_MS) throw error;
      log('repository.gone', { repository });
      gone.add(repository);
      return null;
    },
    async keep(jobs: readonly Pick<Job, 'repository'>[]): Promise<void> {
      if (after.size === 0 && before.size === 0) return;
      if (gone.size > 0) await forgetRepositories(gone, world);
      const there = [...(await knownRepositories(world)), ...jobs];
      const owners = new Set(there.map(({ repository }) => ownerOf(repository)));
      const left = [...after].filter(([owner]) => owners.has(owner));
      await amendNote(ledger.notes, NOTE, () => JSON.stringify(Object.fromEntries(left)));
    },
  };
}
