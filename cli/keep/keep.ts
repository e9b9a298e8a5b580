/**
 * Keeps a machine, in the order of what it costs to fail between two steps: the ledger first, which the sweep heeds, then
 * the cloud's own release time, then the machine itself. Each step may be done again, and so may all.
 */
import { runOnMachine } from '../../shared/adapters/ecs/assistant/command.ts';
import { moveReleaseTime } from '../../shared/adapters/ecs/release-time.ts';
import { amend } from '../../shared/ledger/amend.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import { RELEASE_MARGIN_MS } from '../../shared/limits.ts';
import type { Instance } from '../../shared/nouns.ts';
import { ecsOf, machineOf, type Operator } from '../shared/operator.ts';
import { keptEntry, letGoEntry, whyNotKept } from './decide.ts';
import { keepScript } from './keep-script.ts';

export type KeepWorld = Pick<Operator, 'config' | 'clock' | 'ledger' | 'instances' | 'callEcs' | 'pause'>;

export type Kept =
  | { readonly kind: 'refused'; readonly because: string }
  | {
      readonly kind: 'kept' | 'let-go';
      readonly entry: RunnerEntry;
      /** When the cloud itself releases it. */
      readonly releaseAtMs: number | null;
      /** What did not work, one sentence each. */
      readonly failures: readonly string[];
    };

export async function keep(named: RunnerEntry, untilMs: number, world: KeepWorld): Promise<Kept> {
  const { ledger, clock } = world;
  const { stop = null } = await ledger.capacity.view();
  const because = whyNotKept(named, untilMs, { nowMs: clock.nowMs(), stop });
  if (because !== null) return { kind: 'refused', because };
  const instance = await machineOf(named, world);
  if (typeof instance === 'string') return { kind: 'refused', because: instance };
  let refusal: string | null = `${named.name} is gone by now.`;
  const written = await amend(ledger.runners, named.name, (now) => {
    refusal = whyNotKept(now, untilMs, { nowMs: clock.nowMs(), stop });
    return refusal === null ? keptEntry(now, untilMs, clock.nowMs()) : undefined;
  });
  if (written === null || refusal !== null)
    return { kind: 'refused', because: refusal ?? `${named.name} is gone by now.` };
  const { entry } = written;
  const releaseAtMs = Math.max(entry.releaseAtMs ?? 0, untilMs + RELEASE_MARGIN_MS);
  const done = await carryOut(entry, instance, { releaseAtMs, untilMs }, world);
  return { kind: 'kept', entry, ...done };
}

/** Its lifetime holds again, as if nobody had kept it. */
export async function letGo(named: RunnerEntry, world: KeepWorld): Promise<Kept> {
  const { ledger, clock } = world;
  const written = await amend(ledger.runners, named.name, (now) => letGoEntry(now, clock.nowMs()));
  if (written === null) return { kind: 'refused', because: `${named.name} is gone by now.` };
  const { entry } = written;
  const instance = await machineOf(entry, world);
  // There is nothing left to be told.
  if (typeof instance === 'string') return { kind: 'let-go', entry, releaseAtMs: null, failures: [] };
  const releaseAtMs = entry.releaseAtMs ?? clock.nowMs();
  return { kind: 'let-go', entry, ...(await carryOut(entry, instance, { releaseAtMs, untilMs: 0 }, world)) };
}

interface Wanted {
  readonly releaseAtMs: number;
  /** 0: it is kept no more. */
  readonly untilMs: number;
}

async function carryOut(
  { name }: RunnerEntry,
  instance: Instance,
  wanted: Wanted,
  world: KeepWorld,
): Promise<{ readonly releaseAtMs: number | null; readonly failures: readonly string[] }> {
  const failures: string[] = [];
  const releaseAtMs = await moveRelease(instance, wanted, failures, world);
  if (instance.status !== 'Running') {
    if (wanted.untilMs > 0) failures.push(`The machine of ${name} is ${instance.status}: its disk is kept.`);
    return { releaseAtMs, failures };
  }
  const ran = await runOnMachine(instance.region, instance.id, keepScript(wanted.untilMs), ecsOf(world));
  if (ran.kind === 'ran' && ran.exitCode === 0) return { releaseAtMs, failures };
  const why =
    ran.kind === 'not-run' ? ran.because : (WHY_NOT[ran.exitCode] ?? `its script ended with ${ran.exitCode}`);
  const what =
    wanted.untilMs > 0
      ? 'the machine powers itself off at the end of its job or of its lifetime, and only its disk is kept'
      : 'the machine stays as long as it was told before, unless the sweep deletes it first';
  failures.push(`The machine could not be told, because ${why}: ${what}.`);
  return { releaseAtMs, failures };
}

/** As `keepScript` exits. */
const WHY_NOT: Readonly<Record<number, string>> = {
  3: 'it was launched by a release that cannot be kept running',
  4: 'it is powering off already',
};

/** Never to before now; nothing is asked for where it stands. */
async function moveRelease(
  instance: Instance,
  { releaseAtMs, untilMs }: Wanted,
  failures: string[],
  world: KeepWorld,
): Promise<number | null> {
  const isEnough = untilMs > 0 && instance.releaseAtMs !== null && instance.releaseAtMs >= releaseAtMs;
  if (isEnough) return instance.releaseAtMs;
  const moved = await moveReleaseTime(instance.region, instance.id, releaseAtMs, ecsOf(world));
  if (moved.kind === 'moved') return moved.releaseAtMs;
  const why = moved.kind === 'gone' ? 'it is gone' : moved.because;
  failures.push(`The cloud’s release time could not be moved, because ${why}.`);
  return moved.kind === 'gone' ? null : instance.releaseAtMs;
}
