/** Boots real Linux systems: systemd, cloud-init and our user data in a container with a network of its own. */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BootDriver, BootedMachine, Shell, ShellScreen } from '../ecs/index.ts';
import { run } from './commands.ts';
import { type ControlGroup, controlGroup } from './control-group.ts';
import { CLOUD_INIT_STATUS, cloudInitErrors, readFrom, writeInto } from './disk.ts';
import { addressOf, addressV6Of, CLOUD_ADDRESS, cutCable, networkFiles } from './network.ts';
import { openPty } from './pty.ts';
import { containers, type Hardware, leaderOf, POWER_OFF_MAX_MS, type Running, shellIn } from './system.ts';

export interface MachineDriverOptions {
  /** Of the next machine: the folder of `rootFilesystem`, before it disks of machines that it was made of, the last one first; as an overlay has them. */
  readonly image: () => string;
  /** For the disks of machines, which hold what they changed. */
  readonly folder: string;
  /** Files that this machine's disk has beyond the image, by path; null: one that it lacks. */
  readonly files?: (machine: BootedMachine) => Readonly<Record<string, string | null>>;
  /** Names that the machines resolve to the simulated cloud. */
  readonly hosts: readonly string[];
  /** Default: containers. */
  readonly hardware?: Hardware;
  /** The machine at this address is gone. */
  readonly onGone?: (address: string) => void;
}

export interface MachineDriver extends BootDriver {
  machines(): readonly RunningMachine[];
  at(address: string): RunningMachine | null;
  /** Ends all that still run. */
  close(): Promise<void>;
}

export interface RunningMachine {
  readonly facts: BootedMachine;
  readonly address: string;
  readonly isRunning: boolean;
  /** A folder: what it changed of its image. */
  readonly disk: string;
  /** A file that was written there; '' when there is none. Also after its end. */
  read(inside: string): string;
  /** What the host or cloud-init, in any of its stages so far, could not do: nothing, on a machine that booted well. */
  bootErrors(): readonly string[];
  /** A shell command as root inside, its output. */
  shell(command: string): Promise<string>;
  cutCable(): Promise<void>;
}

export function machineDriver(options: MachineDriverOptions): MachineDriver {
  const machines: Started[] = [];
  return {
    boot(facts) {
      const before = machines.findLast((each) => each.facts.id === facts.id) ?? null;
      const machine = new Started(facts, before ?? machines.length + 1, options);
      machines.push(machine);
      const started = before === null ? machine.start() : before.gone.then(() => machine.start());
      started.catch((error: unknown) => machine.fail(error));
      return { end: () => machine.end(), powerOff: () => machine.powerOff(), shell: machine.terminal };
    },
    machines: () => machines,
    at: (address) => machines.findLast((each) => each.addresses.includes(address)) ?? null,
    async close() {
      for (const machine of machines) machine.end();
      await Promise.all(machines.map((machine) => machine.gone));
    },
  };
}

class Started implements RunningMachine {
  readonly facts: BootedMachine;
  readonly address: string;
  readonly addresses: readonly string[];
  readonly disk: string;
  readonly #number: number;
  readonly #isNew: boolean;
  readonly #options: MachineDriverOptions;
  readonly #hardware: Hardware;
  #running: Running | null = null;
  #group: ControlGroup | null = null;
  #hasEnded = false;
  readonly #failures: string[] = [];
  #tellGone: () => void = () => {};
  readonly gone: Promise<void> = new Promise((resolve) => {
    this.#tellGone = resolve;
  });

  /** `before`: its last boot, whose disk and address it has; or the number of a new one. */
  constructor(facts: BootedMachine, before: Started | number, options: MachineDriverOptions) {
    const number = typeof before === 'number' ? before : before.#number;
    this.facts = facts;
    this.address = addressOf(number);
    this.addresses = [this.address, addressV6Of(number)];
    this.#number = number;
    this.#isNew = typeof before === 'number';
    this.#options = options;
    this.#hardware = options.hardware ?? containers;
    this.disk = join(options.folder, facts.id, 'upper');
  }

  get #process(): ChildProcess | null {
    return this.#running?.process ?? null;
  }

  get isRunning(): boolean {
    return this.#process !== null && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  async start(): Promise<void> {
    const [work, root] = [join(this.disk, '../work'), join(this.disk, '../root')];
    for (const folder of [this.disk, work, root]) mkdirSync(folder, { recursive: true });
    if (this.#isNew) this.#write();
    const layers = `lowerdir=${this.#options.image()},upperdir=${this.disk},workdir=${work}`;
    await run('mount', '-t', 'overlay', 'overlay', '-o', layers, root);
    await this.#hardware.plugIn(this.#number);
    if (this.#hasEnded) return this.#cleanUp();
    const group = controlGroup(this.facts.id);
    this.#group = group;
    const place = { name: this.facts.id, number: this.#number, door: group.door, root, disk: this.disk };
    this.#running = await this.#hardware.start(place);
    const child = this.#running.process;
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) =>
        this.facts.console(line),
      );
    child.on('close', async () => {
      await this.#running?.keep().catch((error: unknown) => this.#note(`its disk: ${String(error)}`));
      this.#cleanUp().catch((error: unknown) =>
        this.#note(`the host could not clean up after it: ${String(error)}`),
      );
      if (!this.#hasEnded) this.facts.stop();
    });
  }

  /** The host could not start it: it has no process, whose end would tell. */
  fail(error: unknown): void {
    this.#note(`the host could not start it: ${String(error)}`);
    this.facts.stop();
    this.#tellGone();
  }

  #note(failure: string): void {
    this.#failures.push(failure);
    this.facts.console(failure);
  }

  end(): void {
    this.#hasEnded = true;
    // Not the supervisor alone: a system outlives that as an orphan.
    this.#group?.kill();
    if (this.isRunning) this.#process?.kill('SIGKILL');
  }

  /** The button, as StopInstance presses it: what does not heed it loses its power. */
  powerOff(): void {
    this.#hasEnded = true;
    const cut = setTimeout(() => this.end(), POWER_OFF_MAX_MS);
    void this.gone.then(() => clearTimeout(cut));
    this.#running?.press().catch(() => this.end());
  }

  async #cleanUp(): Promise<void> {
    try {
      this.#options.onGone?.(this.address);
      await this.#group?.remove();
      await run('umount', '--lazy', join(this.disk, '../root'));
      await this.#hardware.unplug(this.#number);
    } finally {
      this.#tellGone();
    }
  }

  #write(): void {
    const hosts = this.#options.hosts.map((name) => `${CLOUD_ADDRESS} ${name}\n`).join('');
    writeInto(this.disk, {
      '/etc/hosts': `127.0.0.1 localhost ${this.facts.id}\n${hosts}`,
      ...networkFiles(this.#number),
      ...this.#options.files?.(this.facts),
    });
  }

  read(inside: string): string {
    return readFrom(this.disk, inside);
  }

  bootErrors(): readonly string[] {
    return [...this.#failures, ...cloudInitErrors(this.read(CLOUD_INIT_STATUS))];
  }

  shell = (command: string): Promise<string> => shellIn(this.#process, command);
  terminal = (screen: ShellScreen): Shell => openPty(leaderOf(this.#process), screen);
  cutCable = (): Promise<void> => cutCable(this.#number);
}
