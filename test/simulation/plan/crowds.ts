/** Who asks for what where one thing is to be seen. */
import type { Random } from '../../../simulator/random.ts';
import { ALLOWED, type Arrival, arrival, BASE, job, OURS, times } from './arrivals.ts';

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
 * In every other plan cheap jobs come faster than the money lets them go, and a dear one among them; else jobs of half an hour
 * leave too little for a dear one, and enough for cheap ones.
 */
export function drawTight(random: Random, forMs: number): Arrival[] {
  const isStream = random.chance(0.5);
  const of = (atMs: number, repository: string, labels: readonly string[], minutes: number): Arrival => ({
    ...{ atMs: Math.round(atMs), repository, fate: 'runs' },
    jobs: [{ name: 'build', labels, durationMs: Math.round(minutes * 60_000) }],
  });
  const usual = [...BASE, 'arm64'];
  const dear = of(random.whole(6, 9) * 60_000, ALLOWED[1], [...BASE, 'big', 'amd64'], 2);
  const stream = () =>
    times(Math.floor(forMs / 30_000), (n) => of(n * 30_000, ALLOWED[0], usual, 2 + 3 * random.next()));
  const behind = () => [
    ...times(6, () => of(random.next() * 20_000, ALLOWED[0], usual, random.whole(25, 30))),
    ...times(8, (n) => of(10 * 60_000 + n * 120_000, ALLOWED[0], [...usual, '4cpu'], 1)),
  ];
  return [...(isStream ? stream() : behind()), dear].sort((a, b) => a.atMs - b.atMs);
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
