/** Sweeps of which only the start of what is due is played: who is told that a job waits, and when. */
import { startDue } from '../../../../../functions/reaper/rounds/due.ts';
import type { JobEntry, RunnerEntry } from '../../../../../shared/ledger/entries.ts';
import { build, held } from '../../../../shared/ledger/builders.ts';
import { START_MS } from '../../../../world/in-process.ts';
import { openReaper } from '../../fixture.ts';

export const MINUTE_MS = 60_000;

export const due = (some: Partial<JobEntry> = {}) =>
  build.jobEntry(1, { firstTryAtMs: START_MS, nextTryAtMs: START_MS, ...some });

/** `most`: so many runners the ledger tells of. `isRead`: its row of slots was, when the sweep began. */
export function sweeper(config: object = {}, most = 1_000, isRead = true) {
  const each = openReaper({ config });
  const { world, alerts } = each;
  const told = () => alerts.filter((text) => /has waited for \d+ minutes/.test(text));
  const { capacity, runners } = world.ledger;
  /** `repair`: what a sweep does between its looks and its launches. */
  const sweepAll = async (jobs: readonly JobEntry[], because: string | null, repair = async () => {}) => {
    const uncovered = jobs.map((entry) => ({ entry, rev: 'r' }));
    const { things, complete } = await runners.list(most);
    const found = {
      before: isRead ? await capacity.view() : null,
      runners: things,
      ledgerComplete: complete,
    };
    await repair();
    const braked = { uncovered, mayStart: () => true, because };
    await startDue(braked, found, world.clock.nowMs() + MINUTE_MS, world);
    await each.pass(MINUTE_MS);
  };
  const sweep = (entry: JobEntry, because: string | null = null, ...more: JobEntry[]) =>
    sweepAll([entry, ...more], because);
  /** A runner with a slot; without an instance its launch has come to nothing so far. */
  const launch = async (
    id: number,
    instanceId: string | null = `i-${id}`,
    profile: string | null = null,
    some: Partial<RunnerEntry> = {},
  ) => {
    await runners.add(build.runnerName(id), build.runnerEntry(id, { instanceId, profile, ...some }));
    await capacity.take(build.slot(id, { profile }), build.limits(), world.clock.nowMs());
  };
  const close = async (id: number) => {
    const name = build.runnerName(id);
    await runners.remove(name, held(await runners.read(name)));
    await capacity.handBack(name);
  };
  return { ...each, told, sweep, sweepAll, launch, close };
}
