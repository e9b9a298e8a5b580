/** Runners for no job, each with an end of its own: their entries first, then the launcher is asked, then they are followed. */
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import { LEASE_MS } from '../../shared/limits.ts';
import { warmNameOf } from '../../shared/names.ts';
import type { RunnerName } from '../../shared/nouns.ts';
import type { Queue } from '../../shared/ports.ts';
import { bootMaxMs } from '../../shared/runner/boot-max.ts';
import { askForRunner, firstEntry } from '../../shared/warm/ask.ts';
import { CREATED, noteCreated, readCreated } from '../../shared/warm/created.ts';
import type { Pool } from '../../shared/warm/pools.ts';
import type { Operator } from '../shared/operator.ts';

export interface CreateWorld {
  readonly operator: Pick<Operator, 'config' | 'ledger' | 'clock'>;
  readonly queue: Pick<Queue, 'launch'>;
  /** Told of each step once. */
  readonly say: (runner: Created) => void;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Created {
  readonly name: RunnerName;
  readonly untilMs: number;
  /** As it was seen last; null: it is gone, or never was. */
  readonly entry: RunnerEntry | null;
  /** Lower-case clause: why there is none; null: it is there, or comes. */
  readonly failure: string | null;
}

export interface Order {
  readonly pool: Pool;
  readonly forMs: number;
  readonly count: number;
}

/** As they are when each is online, or is known not to come, or when it has taken longer than it may. */
export async function create(order: Order, world: CreateWorld): Promise<readonly Created[]> {
  const { clock, ledger } = world.operator;
  const beganMs = clock.nowMs();
  const untilMs = beganMs + order.forMs;
  await noteCreated(untilMs, ledger);
  const asked: Created[] = [];
  for (let at = 0; at < order.count; at++) asked.push(await ask(order, at, untilMs, world));
  const { image } = order.pool.requirements;
  const giveUpMs = beganMs + LEASE_MS + bootMaxMs(image, world.operator.config);
  return follow(asked, giveUpMs, world);
}

/** Names that the sweep gives to pools count from 0 in each second. */
const FIRST = 500;

/** Should the launcher never hear of it, the sweep closes it. */
async function ask(
  { pool, count }: Order,
  at: number,
  untilMs: number,
  { operator: { config, ledger, clock }, queue, say }: CreateWorld,
): Promise<Created> {
  const nowMs = clock.nowMs();
  const name = warmNameOf(config.name, pool.requirements.arch, Math.floor(nowMs / 1000), FIRST + at);
  const asked = { ...firstEntry(name, pool, nowMs), warm: CREATED, waitsUntilMs: untilMs };
  const { held, error } = await askForRunner(asked, { ledger, queue });
  const failure = held === null ? whyNone(error, count) : null;
  const created = { name, untilMs, entry: held?.entry ?? null, failure };
  say(created);
  return created;
}

const whyNone = (error: string | null, count: number): string =>
  error === null
    ? `somebody else asked for ${count} in this second: ask again`
    : `the launcher could not be asked: ${error}`;

const LOOK_MS = 3_000;

async function follow(
  asked: readonly Created[],
  giveUpMs: number,
  world: CreateWorld,
): Promise<readonly Created[]> {
  const { operator, say, sleep } = world;
  let seen = asked;
  while (!seen.every(isSettled) && operator.clock.nowMs() < giveUpMs) {
    await sleep(LOOK_MS);
    seen = await Promise.all(seen.map((each) => (isSettled(each) ? each : lookAt(each, world))));
    for (const [at, now] of seen.entries()) if (stepOf(now) !== stepOf(asked[at] as Created)) say(now);
    asked = seen;
  }
  return seen;
}

/** Pure: it waits for a job or has one, or nothing more is to come. */
export const isSettled = ({ entry, failure }: Created): boolean =>
  failure !== null || entry?.state === 'idle' || entry?.state === 'busy';

const stepOf = ({ entry, failure }: Created): string => failure ?? entry?.state ?? '';

async function lookAt(created: Created, { operator: { ledger } }: CreateWorld): Promise<Created> {
  const { name } = created;
  const entry = (await ledger.runners.read(name))?.entry ?? null;
  if (entry?.state === 'retiring') return { ...created, entry, failure: entry.because };
  if (entry !== null) return { ...created, entry };
  const { failed } = await readCreated(ledger);
  const because = failed.find(({ runner }) => runner === name)?.because ?? 'it was given up';
  return { ...created, entry: null, failure: because };
}
