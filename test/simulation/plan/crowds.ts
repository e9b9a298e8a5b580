/** Who asks for what where one thing is to be seen. */
import type { Random } from '../../../simulator/random.ts';
import { ALLOWED, type Arrival, arrival, BASE, job, OURS, SISTER, times } from './arrivals.ts';

/** One repository floods us with jobs that nothing fits, and another has a job now and then. */
export function drawCrowd(random: Random, forMs: number): Arrival[] {
  const labels = [...BASE, 'arm64', '128cpu'];
  const flood = times(random.whole(1, 3), (n) => ({
    ...{ atMs: n * 60_000, repository: ALLOWED[0], fate: 'unservable' as const },
    jobs: times(random.whole(20, 60), (m) => job(random, `wide (${m})`, labels)),
  }));
  const honest = times(Math.floor(forMs / 120_000), (n) => ({
    ...arrival(random, 150_000 + n * 120_000, [{ ...job(random, 'build', OURS[0]), durationMs: 90_000 }]),
    repository: ALLOWED[1],
  }));
  return [...flood, ...honest].filter(({ atMs }) => atMs < forMs);
}

/**
 * In every other plan machines of a usual price, of two repositories, are wanted faster than the money lets them go, and a dear
 * one among them; else jobs of half an hour leave too little for a dear one, and enough for cheap ones. CNY an hour.
 */
export function drawTight(random: Random, forMs: number) {
  const of = (atMs: number, repository: string, labels: readonly string[], minutes: number): Arrival => ({
    ...{ atMs: Math.round(atMs), repository, fate: 'runs' },
    jobs: [{ name: 'build', labels, durationMs: Math.round(minutes * 60_000) }],
  });
  // 1.11 CNY an hour, and 1.64 until it is known what was bought.
  const steady = [...BASE, 'arm64', 'on-demand'];
  // 2.71.
  const dear = of(random.whole(10, 13) * 60_000, ALLOWED[1], [...BASE, 'big', 'amd64'], 2);
  const stream = times(Math.floor(forMs / 100_000), (n) =>
    of(n * 100_000, n % 2 === 0 ? ALLOWED[0] : SISTER, steady, random.whole(6, 12)),
  );
  const behind = [
    ...times(5, () => of(random.next() * 20_000, ALLOWED[0], steady, random.whole(25, 30))),
    ...times(4, (n) => of((14 + 4 * n) * 60_000, ALLOWED[0], [...BASE, 'arm64', '4cpu'], 1)),
  ];
  const [spendPerHour, others] = random.chance(0.5) ? [4.6, stream] : [8, behind];
  return { spendPerHour, arrivals: [...others, dear].sort((a, b) => a.atMs - b.atMs) };
}

/** Some of them before we came. */
export function drawLost(random: Random, forMs: number): Arrival[] {
  const lost = (atMs: number, lostForMs: number): Arrival => ({
    ...{ atMs, repository: ALLOWED[0], fate: 'lost', lostForMs },
    jobs: [{ name: 'lost', labels: OURS[0] ?? BASE, durationMs: 60_000 }],
  });
  const honest = times(Math.floor(forMs / 120_000), (n) => ({
    ...arrival(random, n * 120_000, [{ ...job(random, 'build', OURS[0]), durationMs: 90_000 }]),
  }));
  const old = times(random.whole(1, 20), () => lost(0, 30 * 3_600_000));
  const fresh = times(random.whole(1, 4), () => lost(random.whole(0, 10) * 60_000, 0));
  return [...old, ...fresh, ...honest].sort((a, b) => a.atMs - b.atMs);
}
