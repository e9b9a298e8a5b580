/** One simulated instance, what it is and what was seen of it when. */
import type { SimClock } from '../clock.ts';
import type { InstanceType } from './region/catalogue.ts';

export type Status = 'Pending' | 'Starting' | 'Running' | 'Stopping' | 'Stopped';

/** What RunInstances fixed, but for the user data for good. */
export interface Order {
  readonly region: string;
  readonly zone: string;
  readonly type: InstanceType;
  readonly name: string | null;
  readonly tags: ReadonlyMap<string, string>;
  readonly releaseAtMs: number | null;
  readonly strategy: 'NoSpot' | 'SpotWithPriceLimit' | 'SpotAsPriceGo';
  readonly priceLimit: number | null;
  readonly protectedHours: number;
  readonly vSwitch: string;
  readonly vpc: string;
  readonly securityGroup: string;
  readonly imageId: string;
  readonly disk: { readonly category: string; readonly level: string; readonly sizeGiB: number };
  readonly bandwidthOut: number;
  readonly needsTokens: boolean;
  readonly keyPair: string | null;
  readonly resourceGroup: string | null;
  readonly userData: string;
}

export interface Machine extends Omit<Order, 'releaseAtMs' | 'userData'> {
  readonly id: string;
  /** place in creation order; pages are cut by it */
  readonly number: number;
  readonly createdAtMs: number;
  /** Newest last; a null status is the end. Lists show what held a while ago. */
  readonly history: { readonly atMs: number; readonly status: Status | null }[];
  readonly lag: { readonly listMs: number; readonly findMs: number };
  recyclingAtMs: number | null;
  /** ModifyInstanceAutoReleaseTime moves it. */
  releaseAtMs: number | null;
  cancelRelease: () => void;
  console: string;
  /** Appointments that end with the instance. */
  readonly pending: Set<() => void>;
  booted: Booted | null;
  /** Connections of Session Manager's, which end with the boot. */
  readonly sessions: Set<() => void>;
  /** Decoded; another only while it is Stopped. */
  userData: string;
  /** When it was stopped in economical mode, and when it was started again. */
  readonly rests: { readonly fromMs: number; untilMs: number | null }[];
}

/** What the machine's inside is given; a driver plays, or really runs, what happens there. */
export interface BootedMachine {
  readonly id: string;
  readonly region: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly cpu: number;
  readonly memoryGiB: number;
  readonly arch: 'amd64' | 'arm64';
  /** decoded */
  readonly userData: string;
  /** CNY an hour at the moment of boot; null: not a spot instance */
  readonly spotPrice: number | null;
  readonly clock: SimClock;
  /** One line for the serial console. */
  console(line: string): void;
  /** The machine powers itself off: Stopping, then Stopped. */
  stop(): void;
  /** As `instance/spot/termination-time` of the metadata: null while all is well. */
  terminationAtMs(): number | null;
}

export interface Booted {
  /** The instance is stopped, released or deleted. */
  end(): void;
  /** It was asked to stop, as by its power button. Absent: it ends at once. */
  powerOff?(): void;
  /** The market takes it back: `terminationAtMs` has just become known. */
  notice?(): void;
  /** A shell for a person, as Session Manager opens one. Absent: the machine has no agent. */
  shell?(screen: ShellScreen): Shell;
  /** A shell script, as root, by Cloud Assistant's agent. Absent: the machine has no agent. */
  command?(script: string): Promise<CommandResult> | CommandResult;
}

/** Where a shell draws. */
export interface ShellScreen {
  write(bytes: Uint8Array): void;
  ended(): void;
}

export interface Shell {
  input(bytes: Uint8Array): void;
  resize(rows: number, columns: number): void;
  /** Whoever was at it is gone: nothing of it stays. */
  end(): void;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
}

export interface BootDriver {
  /** Called when the instance reaches Running. */
  boot(machine: BootedMachine): Booted;
}

/** Boots nothing: the machine is Running and silent. */
export const silentDriver: BootDriver = { boot: () => ({ end: () => {} }) };

/** null: gone; undefined: not there yet. */
export function statusAt(machine: Machine, atMs: number): Status | null | undefined {
  return machine.history.findLast((change) => change.atMs <= atMs)?.status;
}

export function statusNow(machine: Machine): Status | null {
  return machine.history.at(-1)?.status ?? null;
}

export function endedAtMs(machine: Machine): number | null {
  const last = machine.history.at(-1);
  return last?.status === null ? last.atMs : null;
}

export function isSpot(machine: Pick<Order, 'strategy'>): boolean {
  return machine.strategy !== 'NoSpot';
}

/** Its cores are somebody else's meanwhile. */
export const isResting = ({ rests }: Machine): boolean => rests.at(-1)?.untilMs === null;
