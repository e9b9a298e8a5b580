/** A look-up that fails in sweep after sweep proves nothing absent, and nobody would know: a person is told. */
import { alertOnce } from '../../../shared/alert-once.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { FAILED_LOOKS_MAX, LOOK_FAILURES_MIN } from '../../../shared/limits.ts';
import { isOfOtherHost } from '../../../shared/names.ts';
import type { ReaperWorld } from '../world.ts';

const ID = 'failed-looks';

/** What was looked at in this sweep, such as `instances of cn-hangzhou`, with why that failed; null: it did not. */
export type Looks = ReadonlyMap<string, string | null>;

/** Of GitHub nothing needs to be heard for what the cloud says: docs/decisions/absence.md. */
const untilThen = (what: string): string =>
  what.startsWith('runners of ')
    ? 'Until that works, machines there end by themselves, and a launch without a machine gives its slot back after an hour. Registrations that are left behind are removed by GitHub after a day.'
    : 'Until that works, nothing there is taken for gone: slots stay taken, and instances may stay.';

export async function tellOfLooks(
  looks: Looks,
  runners: readonly Held<RunnerEntry>[],
  world: ReaperWorld,
): Promise<void> {
  await countFailedLooks(looks, world);
  await tellOfOtherHosts(runners, world);
}

/** What was not looked at keeps its count. */
async function countFailedLooks(looks: Looks, world: ReaperWorld): Promise<void> {
  const { notes } = world.ledger;
  const held = await notes.read(ID);
  const before: Record<string, number> = held === null ? {} : JSON.parse(held.entry.text);
  const after = countsAfter(before, looks);
  const note = { text: JSON.stringify(after), untilMs: null };
  if (held === null && Object.keys(after).length > 0) await notes.add(ID, note);
  else if (held !== null && held.entry.text !== note.text) await notes.replace(ID, held, note);
  for (const [what, count] of Object.entries(after)) {
    const because = looks.get(what);
    if (count < LOOK_FAILURES_MIN || !because) continue;
    const text = `The ${what} could not be looked at in the last ${count} sweeps, the last time because ${because}. ${untilThen(what)} Run: npm run doctor`;
    await alertOnce(`look-${what}`, text, world);
  }
}

/** Runners of ours at a host that is in runners.yaml no more: nobody can be asked about them. */
async function tellOfOtherHosts(runners: readonly Held<RunnerEntry>[], world: ReaperWorld): Promise<void> {
  const hosts = runners.flatMap(({ entry }) =>
    isOfOtherHost(entry, world.config) ? [entry.registeredAt?.host ?? ''] : [],
  );
  for (const host of new Set(hosts)) {
    const text = `There are runners of ours at ${host}, which is not the host in runners.yaml (github.baseUrl), so nobody can ask about them. Their machines end by themselves, and their slots come back then. If the change was a mistake, take it back and deploy.`;
    await alertOnce(`host-${host}`, text, world);
  }
}

/** Pure. */
function countsAfter(before: Readonly<Record<string, number>>, looks: Looks): Record<string, number> {
  const kept = Object.entries(before).filter(([what]) => !looks.has(what));
  const failed = [...looks].flatMap(([what, because]) =>
    because === null ? [] : [[what, (before[what] ?? 0) + 1] as const],
  );
  return Object.fromEntries([...failed, ...kept].slice(0, FAILED_LOOKS_MAX));
}
