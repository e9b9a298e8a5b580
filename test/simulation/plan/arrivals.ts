/** Who asks for what, and when: the workloads. */
import type { Concurrency, Strategy } from '../../../simulator/github/runs/plans.ts';
import type { Random } from '../../../simulator/random.ts';

export type Fate =
  /** Ours: it must run. */
  | 'runs'
  /** Has our base labels, and asks for what cannot be: it must be explained. */
  | 'refused'
  /** Asks for what may be, and is nowhere available. */
  | 'unservable'
  /** Somebody else's, though our runners may fit it. */
  | 'foreign'
  /** GitHub calls it queued for ever, and gives it to nobody. */
  | 'lost'
  /** Ours, of a repository whose new name nobody has allowed yet: it may run, or be refused. */
  | 'renamed'
  /** Ours, of a repository that went where nobody lets us ask: it may run, or never end. */
  | 'away';

export interface PlannedJob {
  readonly name: string;
  readonly labels: readonly string[];
  readonly durationMs: number;
  readonly needs?: readonly string[];
  readonly environmentGate?: boolean;
  readonly fails?: boolean;
  readonly strategy?: Strategy;
  readonly concurrency?: Concurrency;
}

export interface Arrival {
  readonly atMs: number;
  readonly repository: string;
  readonly fate: Fate;
  readonly jobs: readonly PlannedJob[];
  /** Default: one of its own. */
  readonly branch?: string;
  /** The head commit lives in this fork. */
  readonly fork?: string;
  readonly concurrency?: Concurrency;
  /** Of a run that GitHub lost: it did so long before. */
  readonly lostForMs?: number;
}

/** Allowed; served by the group but not allowed; and one where the App is not installed. */
export const ALLOWED = ['acme/app', 'acme/lib'] as const;
export const STRANGER = 'acme/stranger';
export const DARK = 'acme/dark';
/** What the second of those allowed may be called later; the last is another organisation's. */
export const RENAMED = 'acme/library';
export const TRANSFERRED = 'beta/lib';
/** Where the same may go, and our App is not. */
export const AWAY = 'gamma/lib';
/** Allowed, in an organisation of its own. */
export const SISTER = 'beta/one';
/** Sooner or later. */
export const isAllowed = (name: string): boolean =>
  [...ALLOWED, SISTER, RENAMED, TRANSFERRED].some((each) => each === name);

export const BASE = ['self-hosted', 'aliyun'];
export const OURS: readonly (readonly string[])[] = [
  [...BASE, 'arm64'],
  [...BASE, 'arm64'],
  [...BASE, 'amd64'],
  [...BASE, 'arm64', '4cpu'],
  [...BASE, 'amd64', '4-16cpu'],
  [...BASE, 'amd64', 'on-demand'],
  ['Self-Hosted', 'Aliyun', 'ARM64', 'Linux'],
  [...BASE, 'big', 'amd64'],
  [...BASE, 'arm64', 'disk-60gb'],
];
const REFUSED = [[...BASE, 'arm46'], BASE, [...BASE, 'arm64', '8cpu', '16cpu'], [...BASE, 'windows']];
const FOREIGN = [['self-hosted'], ['self-hosted', 'arm64'], ['ubuntu-latest'], ['self-hosted', 'linux']];

type Workload = (random: Random, forMs: number) => Arrival[];

export function drawArrivals(random: Random, forMs: number, isBig: boolean): Arrival[] {
  if (isBig) return [matrixOf(random, forMs, 256)];
  const workload = random.pick([quiet, quiet, bursts, matrix, chains, office]);
  const arrivals = [...workload(random, forMs), ...strangers(random, forMs)];
  return arrivals.sort((a, b) => a.atMs - b.atMs);
}

function durationOf(random: Random): number {
  const [min, max] = random.pick([
    [5, 60],
    [60, 300],
    [60, 300],
    [300, 1_200],
  ] as const);
  return random.whole(min, max) * 1000;
}

export function job(random: Random, name: string, labels = random.pick(OURS)): PlannedJob {
  const isGated = random.chance(0.05);
  return {
    name,
    labels,
    durationMs: durationOf(random),
    ...(isGated ? { environmentGate: true } : {}),
  };
}

/** In one run: a matrix has 256 at most, and a run may have several. */
export const manyJobs = (count: number, atMs: number, durationMs = 60_000): Arrival => ({
  ...{ atMs, repository: ALLOWED[0], fate: 'runs' },
  jobs: times(count, (n) => ({
    name: `part ${Math.floor(n / 200)} (${n % 200})`,
    labels: OURS[0] ?? BASE,
    durationMs,
  })),
});

export const arrival = (random: Random, atMs: number, jobs: readonly PlannedJob[]): Arrival => ({
  atMs: Math.round(atMs),
  repository: random.pick(ALLOWED),
  fate: 'runs',
  jobs,
});

export const times = <Thing>(count: number, make: (n: number) => Thing): Thing[] =>
  Array.from({ length: count }, (_, n) => make(n));

const quiet: Workload = (random, forMs) =>
  times(random.whole(1, 4), () => arrival(random, random.next() * forMs, [job(random, 'build')]));

const bursts: Workload = (random, forMs) =>
  times(random.whole(1, 3), () => random.next() * forMs).flatMap((atMs) =>
    times(random.whole(4, 12), () => arrival(random, atMs + random.whole(0, 2_000), [job(random, 'build')])),
  );

const matrix: Workload = (random, forMs) => [matrixOf(random, forMs, random.whole(10, 30))];

function matrixOf(random: Random, forMs: number, size: number): Arrival {
  const labels = random.pick(OURS);
  const jobs = times(size, (n) => ({ ...job(random, `test (${n})`, labels), durationMs: 60_000 }));
  return arrival(random, random.next() * forMs * 0.3, jobs);
}

const chains: Workload = (random, forMs) =>
  times(random.whole(1, 4), () => {
    const first = { ...job(random, 'build'), durationMs: random.whole(5, 120) * 1000 };
    const tests = times(random.whole(1, 4), (n) => ({ ...job(random, `test ${n}`), needs: ['build'] }));
    const last = { ...job(random, 'publish'), needs: tests.map(({ name }) => name) };
    return arrival(random, random.next() * forMs * 0.5, [first, ...tests, last]);
  });

/** A day in miniature: more and more, a pause at noon, more, then quiet. */
const office: Workload = (random, forMs) =>
  times(random.whole(8, 20), () => {
    const hour = random.pick([0.1, 0.2, 0.3, 0.35, 0.6, 0.65, 0.7, 0.8]);
    return arrival(random, (hour + random.next() * 0.1) * forMs, [job(random, 'build')]);
  });

const strangers: Workload = (random, forMs) => {
  const of = (fate: Fate, repository: string, labels: readonly string[]): Arrival => ({
    atMs: Math.round(random.next() * forMs),
    repository,
    fate,
    jobs: [job(random, 'other', labels)],
  });
  const refused = random.chance(0.3) ? [of('refused', random.pick(ALLOWED), random.pick(REFUSED))] : [];
  const covered = random.chance(0.3)
    ? times(random.whole(1, 4), () => of('foreign', random.pick(ALLOWED), random.pick(FOREIGN)))
    : [];
  const elsewhere = random.chance(0.25)
    ? times(random.whole(1, 3), () => of('foreign', random.pick([STRANGER, DARK]), random.pick(OURS)))
    : [];
  return [...refused, ...covered, ...elsewhere];
};
