/** Writes down that a runner is to be retired: on condition of what was decided on. */
import { amend } from '../../shared/ledger/amend.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { decideRetirement, type Retirement, retiredEntry } from './decide.ts';

/** What it has become meanwhile is decided anew. */
export async function markRetired(
  { name, busyWith }: RunnerEntry,
  force: boolean,
  { runners, jobs }: Pick<Ledger, 'runners' | 'jobs'>,
  nowMs: number,
): Promise<Retirement> {
  const job = busyWith === null ? null : ((await jobs.read(busyWith))?.entry.job ?? null);
  const gone = { kind: 'already', text: `${name} is gone by now.` } as const;
  const decided: Retirement[] = [gone];
  await amend(runners, name, (now) => {
    const plan = decideRetirement(now, force);
    decided.push(plan);
    return plan.kind === 'retire' ? retiredEntry(now, force, nowMs, job) : undefined;
  });
  return decided.at(-1) ?? gone;
}
