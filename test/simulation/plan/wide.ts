/** More than one placement, one organisation and short jobs: drawn after all else, so that known seeds stay as they are. */
import type { Random } from '../../../simulator/random.ts';
import { ALLOWED, type Arrival, type Fate, SISTER } from './arrivals.ts';
import { NARROW, type Wide } from './plan.ts';

/** Of the profile `kernel`, which is for one repository. */
export const KERNEL_REPOSITORY = ALLOWED[1];
export const KERNEL_RUNNERS = 2;

const ARM = ['self-hosted', 'aliyun', 'arm64'];
const MINUTE_MS = 60_000;

/** In half of all seeds nothing of it. */
export function drawWide(
  random: Random,
  forMs: number,
  isBig: boolean,
): { readonly wide: Wide; readonly arrivals: readonly Arrival[] } {
  if (isBig || random.chance(0.5)) return { wide: NARROW, arrivals: [] };
  const hasLongJobs = random.chance(0.1);
  const wide: Wide = {
    ...NARROW,
    second: random.chance(0.3) ? random.pick(['order', 'price'] as const) : null,
    hasSister: random.chance(0.3),
    hasKernel: random.chance(0.3),
    quietRepositories: random.chance(0.2) ? random.pick([30, 90]) : 0,
    lifetime: hasLongJobs ? '6h' : null,
  };
  const some = (count: number, make: () => Arrival): Arrival[] => Array.from({ length: count }, make);
  const one = (fate: Fate, repository: string, labels: readonly string[], minutes: number): Arrival => ({
    atMs: Math.round(random.next() * forMs),
    repository,
    fate,
    jobs: [{ name: 'build', labels, durationMs: Math.round(minutes * MINUTE_MS) }],
  });
  const arrivals = [
    ...(wide.hasSister
      ? some(random.whole(1, 4), () => one('runs', SISTER, ARM, 1 + random.next() * 4))
      : []),
    ...(wide.hasKernel ? kernelJobs(random, some, one) : []),
    ...(hasLongJobs
      ? some(random.whole(1, 2), () => one('runs', ALLOWED[0], ARM, random.whole(60, 240)))
      : []),
    ...(random.chance(0.2) ? [mistyped(random, forMs)] : []),
  ];
  return { wide, arrivals };
}

/** In CNY: the dearest job of all costs 4.3 at most, and what costs more than a bound is never launched. */
export function drawLater(random: Random): Pick<Wide, 'spendPerHour' | 'spendPerDay' | 'isOwnHost'> {
  const [hour, day] = [random.pick([4.5, 8, 20]), random.pick([8, 25])];
  const bound = random.chance(0.15) ? random.pick(['hour', 'day', 'both'] as const) : null;
  return {
    spendPerHour: bound === null || bound === 'day' ? null : hour,
    spendPerDay: bound === null || bound === 'hour' ? null : day,
    isOwnHost: random.chance(0.1),
  };
}

/** Those of the other repository must not be run for, whatever they are given. */
function kernelJobs(
  random: Random,
  some: (count: number, make: () => Arrival) => Arrival[],
  one: (fate: Fate, repository: string, labels: readonly string[], minutes: number) => Arrival,
): Arrival[] {
  const labels = [...ARM, 'kernel'];
  return [
    ...some(random.whole(1, 4), () => one('runs', KERNEL_REPOSITORY, labels, 1 + random.next() * 4)),
    ...some(random.whole(0, 2), () => one('refused', ALLOWED[0], labels, 1)),
  ];
}

/** A matrix that asks for a type which nobody sells: it costs nothing, and must stop nobody. */
function mistyped(random: Random, forMs: number): Arrival {
  const labels = [...ARM, 'ecs.c99.2xlarge'];
  const jobs = Array.from({ length: random.whole(3, 60) }, (_, n) => ({
    ...{ name: `test (${n})`, labels, durationMs: MINUTE_MS },
  }));
  return {
    atMs: Math.round(random.next() * forMs * 0.5),
    repository: random.pick(ALLOWED),
    fate: 'refused',
    jobs,
  };
}

/** Pull requests from a fork, with labels that runners of ours have: refused, and yet GitHub may give them to one. */
export function drawForks(random: Random, forMs: number): readonly Arrival[] {
  if (!random.chance(0.2)) return [];
  return Array.from({ length: random.whole(1, 4) }, () => ({
    atMs: Math.round(random.next() * forMs),
    repository: random.pick(ALLOWED),
    fate: 'refused' as const,
    fork: 'somebody/app',
    jobs: [{ name: 'build', labels: ARM, durationMs: random.whole(1, 5) * MINUTE_MS }],
  }));
}
