/**
 * The ledger as one sweep reads it: in three lists, not row by row. What others write meanwhile is met by the condition
 * of our own write: it is refused, and what is there then is read.
 */
import type { Capacity, CapacityView, Entries, Ledger, Listed } from '../../shared/ledger/ledger.ts';
import { LEDGER_SCAN_MAX } from '../../shared/limits.ts';

export async function ledgerOfSweep(ledger: Ledger): Promise<Ledger> {
  const notes = remembering(ledger.notes);
  const checks = remembering(ledger.checks);
  const refusals = remembering(ledger.refusals);
  const reruns = remembering(ledger.reruns);
  const capacity = resting(ledger.capacity);
  const listed = await ledger.together('notes', LEDGER_SCAN_MAX);
  if (listed.complete) notes.remember(listed.note);
  return {
    ...ledger,
    ...{ notes, checks, refusals, reruns, capacity },
    jobs: {
      ...ledger.jobs,
      async list(max) {
        const { job, check, capacity: row, complete } = await ledger.together('jobs', max);
        if (complete) checks.remember(check);
        capacity.remember(row);
        // Before these there may be more of another kind than a list holds.
        return complete ? { things: job, complete } : ledger.jobs.list(max);
      },
    },
    runners: {
      ...ledger.runners,
      async list(max) {
        const { runner, refusal, rerun, complete } = await ledger.together('runners', max);
        if (complete) refusals.remember(refusal);
        if (complete) reruns.remember(rerun);
        return complete ? { things: runner, complete } : ledger.runners.list(max);
      },
    },
  };
}

interface Remembering<Id, Entry> extends Entries<Id, Entry> {
  /** All that there are. */
  remember(all: readonly Listed<Entry>[]): void;
}

function remembering<Id extends string | number, Entry>(entries: Entries<Id, Entry>): Remembering<Id, Entry> {
  let known: Map<string, Listed<Entry>> | null = null;
  /** Others write it, too, or our write did not come back: it has to be read. */
  const unclear = new Set<string>();

  /** Null: the condition did not hold. */
  async function written<Answer>(id: Id, write: () => Promise<Answer>, entry: (answer: Answer) => unknown) {
    const key = String(id);
    unclear.add(key);
    const answer = await write();
    const now = entry(answer) as Omit<Listed<Entry>, 'id'> | 'gone' | null;
    if (now === null) return answer;
    unclear.delete(key);
    if (now === 'gone') known?.delete(key);
    else known?.set(key, { id: key, ...now });
    return answer;
  }

  return {
    remember(all) {
      known = new Map(all.map((each) => [each.id, each]));
      unclear.clear();
    },
    async read(id) {
      const key = String(id);
      return known === null || unclear.has(key) ? entries.read(id) : (known.get(key) ?? null);
    },
    add: (id, entry) =>
      written(
        id,
        () => entries.add(id, entry),
        (held) => held,
      ),
    replace: (id, held, next) =>
      written(
        id,
        () => entries.replace(id, held, next),
        (now) => now,
      ),
    remove: (id, held) =>
      written(
        id,
        () => entries.remove(id, held),
        (isGone) => (isGone ? 'gone' : null),
      ),
    async list(max) {
      if (known === null || unclear.size > 0 || known.size > max) return entries.list(max);
      const things = [...known.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
      return { things, complete: true };
    },
  };
}

interface Resting extends Capacity {
  remember(row: CapacityView | null): void;
}

/** A row at rest is not read again, and there is nothing to set right in it; else each call is made. */
function resting(capacity: Capacity): Resting {
  let rest: CapacityView | null = null;
  const awake = <Asked extends unknown[], Answer>(call: (...asked: Asked) => Answer) => {
    return (...asked: Asked): Answer => {
      rest = null;
      return call(...asked);
    };
  };
  return {
    remember(row) {
      rest = row?.isAtRest === true ? row : null;
    },
    take: awake(capacity.take),
    mintAgain: awake(capacity.mintAgain),
    unassign: awake(capacity.unassign),
    writeOff: awake(capacity.writeOff),
    handBack: awake(capacity.handBack),
    handBackAll: awake(capacity.handBackAll),
    reprice: awake(capacity.reprice),
    stop: awake(capacity.stop),
    view: async () => rest ?? capacity.view(),
    async setWaiting(waiting) {
      if (rest !== null && waiting === null) return;
      rest = null;
      await capacity.setWaiting(waiting);
    },
    async recount(nowMs) {
      if (rest === null) await capacity.recount(nowMs);
    },
  };
}
