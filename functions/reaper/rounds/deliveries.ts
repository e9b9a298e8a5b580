/** GitHub does not repeat a delivery by itself: asks for those again that did not arrive. */
import { alertOnce, resolveAlert } from '../../../shared/alert-once.ts';
import { amend } from '../../../shared/ledger/amend.ts';
import type { Note } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import {
  DELIVERIES_KEPT_MS,
  DELIVERY_TRIES_MAX,
  REDELIVERIES_PER_SWEEP_MAX,
} from '../../../shared/limits.ts';
import type { Delivery } from '../../../shared/ports.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';

const CURSOR = 'deliveries';
/** A delivery under way is not in the list yet. */
const OVERLAP_MS = 60_000;
const CURSOR_KEPT_MS = 10 * 60_000;

export interface Redeliveries {
  /** ids of the latest attempts to ask for again */
  readonly ask: readonly string[];
  /** Everything before is settled. */
  readonly cursorMs: number;
}

/**
 * Pure. One guid is one delivery, however often it was attempted. Asked for again: a latest attempt that got no
 * answer (status 0), a 5xx, or Function Compute's own 429 when it is full, which our webhook never says; never what we
 * refused ourselves (any other 4xx); at most three attempts in all.
 */
export function decideRedeliveries(
  deliveries: readonly Delivery[],
  sinceMs: number,
  nowMs: number,
): Redeliveries {
  const attempts = new Map<string, Delivery[]>();
  for (const delivery of deliveries)
    attempts.set(delivery.guid, [...(attempts.get(delivery.guid) ?? []), delivery]);
  const ask: { id: string; firstAtMs: number }[] = [];
  for (const tries of attempts.values()) {
    const byTime = [...tries].sort((a, b) => a.deliveredAtMs - b.deliveredAtMs);
    const [first, last] = [byTime[0], byTime.at(-1)];
    if (first === undefined || last === undefined || tries.length >= DELIVERY_TRIES_MAX || !isLost(last))
      continue;
    ask.push({ id: last.id, firstAtMs: first.deliveredAtMs });
  }
  const oldest = ask.sort((a, b) => a.firstAtMs - b.firstAtMs).slice(0, REDELIVERIES_PER_SWEEP_MAX);
  const settledMs = ask[0]?.firstAtMs ?? nowMs - OVERLAP_MS;
  return { ask: oldest.map(({ id }) => id), cursorMs: Math.max(sinceMs, settledMs) };
}

function isLost({ statusCode, event }: Delivery): boolean {
  return event === 'workflow_job' && (statusCode === 0 || statusCode === 429 || statusCode >= 500);
}

/** How many were asked for. The cursor is in the ledger: an hour of being off loses nothing. */
export async function redeliverLost(deadlineMs: number, world: ReaperWorld): Promise<number> {
  const { ledger, github, clock, log } = world;
  const nowMs = clock.nowMs();
  const held = await ledger.notes.read(CURSOR);
  const sinceMs = Math.max(cursorIn(held, nowMs), nowMs - DELIVERIES_KEPT_MS);
  const { things, complete } = await github.deliveries(sinceMs);
  const { ask } = decideRedeliveries(things, sinceMs, nowMs);
  const failures: string[] = [];
  const gone = new Set<string>();
  const left = await untilDeadline(ask, deadlineMs, clock, async (id) => {
    try {
      if ((await github.redeliver(id)) === 'gone') gone.add(id);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : 'unknown');
    }
  });
  const asked = ask.length - (left?.count ?? 0) - failures.length - gone.size;
  if (ask.length > 0) log('deliveries.asked_again', { asked, failed: failures.length, gone: gone.size });
  // What GitHub repeats no more is settled, too: its jobs are left to the look.
  const settled = new Set(things.filter(({ id }) => gone.has(id)).map(({ guid }) => guid));
  const open = things.filter(({ guid }) => !settled.has(guid));
  const { cursorMs } = decideRedeliveries(open, sinceMs, nowMs);
  if (!complete) tellGap(things, sinceMs, log);
  await tellOfRefused(things, world);
  await keepCursor(held, complete || things.length > 0 ? cursorMs : sinceMs, things.length > 0, world);
  if (failures.length > 0) throw new Error(`${failures.length} deliveries were not repeated: ${failures[0]}`);
  return asked;
}

const REFUSED = 'deliveries-refused';
/** Not over when one from an old address arrives: a deployment ends it. */
export const REFUSED_ADDRESS = 'deliveries-refused-address';
/** By our own answer: none of it passes by itself, and nobody else would tell. */
const WHY_REFUSED: ReadonlyMap<number, string> = new Map([
  [401, 'the webhook secret at GitHub is none that the webhook has'],
  [403, 'they come from addresses that the webhook does not answer (github.hooksOnly): run npm run deploy'],
  [404, 'there is no webhook at the address that the App has: run npm run setup'],
]);

/** The newest says how it stands; but of the addresses that it delivers from GitHub may have new ones beside the old. */
async function tellOfRefused(deliveries: readonly Delivery[], world: ReaperWorld): Promise<void> {
  const byTime = deliveries
    .filter(({ event }) => event === 'workflow_job')
    .sort((a, b) => a.deliveredAtMs - b.deliveredAtMs);
  const newest = byTime.at(-1)?.statusCode ?? 0;
  const isTaken = newest >= 200 && newest < 300;
  if (byTime.some((each) => each.statusCode === 403)) await tellOf(403, REFUSED_ADDRESS, world);
  if (newest !== 403) await tellOf(newest, REFUSED, world);
  if (isTaken) await resolveAlert(REFUSED, world);
}

async function tellOf(statusCode: number, key: string, world: ReaperWorld): Promise<void> {
  const because = WHY_REFUSED.get(statusCode);
  if (because === undefined) return;
  const text = `GitHub's deliveries are refused (${statusCode}) because ${because}. Until then jobs are found late, by looking, and ends are noticed late. Look: npm run doctor`;
  await alertOnce(key, text, world);
}

/** One of a time to come was written by a clock that was far ahead, and says nothing. */
function cursorIn(held: Held<Note> | null, nowMs: number): number {
  const keptMs = Number(held?.entry.text ?? Number.NaN);
  return keptMs <= nowMs ? keptMs : nowMs - 3_600_000;
}

/** While nothing comes, the same empty stretch is asked for again, and nothing need be written. */
async function keepCursor(
  held: Held<Note> | null,
  cursorMs: number,
  hasSeen: boolean,
  { ledger }: ReaperWorld,
): Promise<void> {
  const note = { text: String(cursorMs), untilMs: null };
  if (held === null) await ledger.notes.add(CURSOR, note);
  else if (held.entry.text !== note.text && (hasSeen || cursorMs - Number(held.entry.text) > CURSOR_KEPT_MS))
    await amend(ledger.notes, CURSOR, () => note, held);
}

/** Newest first: a list that was cut lacks the oldest, and would lack them again. What they said is left to the look. */
function tellGap(things: readonly Delivery[], sinceMs: number, log: ReaperWorld['log']): void {
  const seenFromMs = Math.min(...things.map(({ deliveredAtMs }) => deliveredAtMs));
  const to = Number.isFinite(seenFromMs) ? new Date(seenFromMs).toISOString() : null;
  log('deliveries.gap', { seen: things.length, from: new Date(sinceMs).toISOString(), to });
}
