/** A shell on the machine of a runner: whose it is, whether one can get onto it, and how it ended. */
import type { OpenChannel } from '../../shared/adapters/ecs/terminal/channel.ts';
import { startSession } from '../../shared/adapters/ecs/terminal/start.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import type { Instance } from '../../shared/nouns.ts';
import { ecsOf, machineOf, type Operator } from '../shared/operator.ts';
import { type ConverseWorld, converse } from './converse.ts';
import { codeOf, hasHungUp, lastWord, type Now, whyNotRunning } from './text.ts';

export type ConnectWorld = Pick<
  Operator,
  'config' | 'clock' | 'ledger' | 'instances' | 'callEcs' | 'pause'
> & {
  readonly channelTo: (url: string) => OpenChannel;
  readonly converse: ConverseWorld;
  /** One sentence of ours, for standard error. */
  readonly tell: (text: string) => void;
};

/** Gives the exit code. */
export async function connect(entry: RunnerEntry, world: ConnectWorld): Promise<number> {
  const { tell } = world;
  const refuse = (text: string): 1 => {
    tell(text);
    return 1;
  };
  if (entry.instanceId === null)
    return refuse(`${entry.name} has no machine yet. Say it again when npm run list shows one.`);
  const machine = await machineOf(entry, world);
  if (typeof machine === 'string') return refuse(machine);
  const because = whyNotRunning(entry, machine);
  if (because !== null) return refuse(because);
  const started = await startSession(machine.region, machine.id, ecsOf(world));
  if (started.kind === 'refused')
    return refuse(`There is no way onto the machine of ${entry.name}, because ${started.because}.`);
  tell(
    `A shell on ${machine.id}, the machine of ${entry.name}: exit leaves it, and so do three minutes without a key.`,
  );
  const ended = await converse(world.channelTo(started.url), world.converse);
  const now = ended.kind === 'lost' ? await stateOf(machine, world) : null;
  // Who has hung up reads nothing.
  if (!hasHungUp(ended)) tell(lastWord(ended, entry, now));
  return codeOf(ended);
}

/** What the cloud says of a machine is a moment old. */
const LOOKS_MAX = 3;
const LOOK_AGAIN_MS = 2_000;

/** Null: it runs, or nobody could say. */
async function stateOf({ id, region }: Instance, world: ConnectWorld): Promise<Now> {
  try {
    for (let looks = 1; ; looks++) {
      const [instance] = await world.instances.find(region, [id]);
      if (instance === undefined) return 'gone';
      if (instance.status !== 'Running') return instance.status;
      if (looks === LOOKS_MAX) return null;
      await world.pause(LOOK_AGAIN_MS);
    }
  } catch {
    // What it was is not known: the sentence says so.
    return null;
  }
}
