/** Launches off, triggers off, machines gone, registrations gone: in this order, by what it costs to be late. */
import { type Ended, endMachines, type IsMeant } from '../../functions/reaper/stop/end-machines.ts';
import type { FunctionKind } from '../../shared/config/environment.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import { stopping } from '../../shared/ledger/stop.ts';
import { ABSENT_LOOKS_MIN } from '../../shared/limits.ts';
import { isOfOtherHost, targetOf } from '../../shared/names.ts';
import type { Operator } from '../shared/operator.ts';
import { STOP_LOOK_MS, STOP_MAX_MS } from './limits.ts';

export interface StopWorld {
  readonly operator: Pick<Operator, 'config' | 'clock' | 'log' | 'ledger' | 'instances' | 'github'>;
  /** How many triggers it changed. Null: there are none to be switched. */
  readonly switchTriggers: ((kinds: readonly FunctionKind[], isOn: boolean) => Promise<number>) | null;
  readonly say: (line: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
}

/** What is to be stopped. */
export type Target =
  | { readonly kind: 'all' }
  | { readonly kind: 'repository'; readonly repository: string }
  | { readonly kind: 'runner'; readonly name: string };

export interface Stopped {
  /** Machines of which it is not proved that they are gone. */
  readonly machines: number;
  /** Registrations that GitHub still has. */
  readonly registrations: number;
  /** What did not work, one clause each. */
  readonly failures: readonly string[];
}

export async function stop(target: Target, world: StopWorld): Promise<Stopped> {
  const { say } = world;
  const failures: string[] = [];
  if (target.kind !== 'runner') await refuseLaunches(target, world);
  if (target.kind === 'all') await off(['webhook'], failures, world);
  const ended = await untilGone(meantBy(target), reasonFor(target), world);
  failures.push(...ended.failures);
  if (ended.machines > 0) say(`${ended.machines} machines are left. ${LEFT}`);
  // Until none is left, each sweep ends them, too.
  else if (target.kind === 'all') await off(['reaper', 'mirror'], failures, world);
  const registrations = await removeRegistrations(ended.entries, failures, world);
  return { machines: ended.machines, registrations, failures };
}

const LEFT =
  'Each is released at the end of its lifetime at the latest; each sweep, and this command, try again.';

const reasonFor = ({ kind }: Target): string =>
  kind === 'runner' ? 'the operator asked for it' : 'the operator has stopped it';

function meantBy(target: Target): IsMeant {
  switch (target.kind) {
    case 'all':
      return () => true;
    case 'repository':
      return ({ repository }) => repository.toLowerCase() === target.repository.toLowerCase();
    case 'runner':
      return ({ name }) => name === target.name;
  }
}

/** One write: from then on no launch is given a slot, and none makes a machine without one. */
async function refuseLaunches(
  target: Exclude<Target, { kind: 'runner' }>,
  { operator: { ledger, clock }, say }: StopWorld,
): Promise<void> {
  const repository = target.kind === 'repository' ? target.repository : null;
  await ledger.capacity.stop((before) => stopping(before, repository, clock.nowMs()), clock.nowMs());
  say(`Launches are refused from now on${repository === null ? '' : `, for ${repository}`}.`);
}

/** What cannot be switched off is told, and stops nothing else: the mark alone holds all launches. */
async function off(kinds: readonly FunctionKind[], failures: string[], world: StopWorld): Promise<void> {
  if (world.switchTriggers === null) return;
  try {
    await world.switchTriggers(kinds, false);
    world.say(`Off: the triggers of ${kinds.join(' and ')}.`);
  } catch (error) {
    failures.push(
      `the triggers of ${kinds.join(' and ')} are on (nothing is launched all the same): ${reasonOf(error)}`,
    );
  }
}

/** Empty answers in a row, with no launch under way from before, prove it; a list may lag. */
async function untilGone(isMeant: IsMeant, because: string, world: StopWorld): Promise<Ended> {
  const { operator, say, sleep } = world;
  const untilMs = operator.clock.nowMs() + STOP_MAX_MS;
  const all = new Map<string, RunnerEntry>();
  let [said, empty] = ['', 0];
  for (;;) {
    const ended = await endMachines(isMeant, because, operator);
    for (const entry of ended.entries) all.set(entry.name, entry);
    const line = countOf(ended);
    if (line !== said) say(line);
    said = line;
    empty = isOver(ended) ? empty + 1 : 0;
    if (empty >= ABSENT_LOOKS_MIN || operator.clock.nowMs() > untilMs)
      return { ...ended, entries: [...all.values()] };
    await sleep(STOP_LOOK_MS);
  }
}

const isOver = ({ machines, launches, failures }: Ended): boolean =>
  machines === 0 && launches === 0 && failures.length === 0;

function countOf({ machines, launches, failures }: Ended): string {
  const coming =
    launches === 0 ? '' : `, ${launches} launches from before may make one yet (five minutes at most)`;
  const unknown = failures.length === 0 ? '' : `; not all could be looked at: ${failures[0]}`;
  return `${machines} machines left${coming}${unknown}`;
}

/** Without its machine a registration runs nothing. GitHub out of reach: sweeps remove them after a resume, or GitHub itself within a day. */
async function removeRegistrations(
  entries: readonly RunnerEntry[],
  failures: string[],
  { operator: { github, config }, say }: StopWorld,
): Promise<number> {
  const registered = entries.filter((entry) => entry.runnerId !== null && !isOfOtherHost(entry, config));
  let removed = 0;
  for (const entry of registered) {
    try {
      const outcome = await github.removeRunner(targetOf(entry, config), entry.runnerId as number);
      if (outcome !== 'busy') removed++;
    } catch (error) {
      // The next would wait as long.
      failures.push(`registrations are left at GitHub: ${reasonOf(error)}`);
      break;
    }
  }
  const left = registered.length - removed;
  if (left > 0) say(`${left} registrations are left at GitHub; none has a machine, so none runs a job.`);
  return left;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');
