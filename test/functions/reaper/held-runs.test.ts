/** Matrices with max-parallel, and concurrency groups of jobs, over the whole system: what they cost, and who waits. */
import { expect, test } from 'vitest';
import { LABELS, MINUTE_MS, matrix, play } from './held-world.ts';

test('six jobs, two at once: surplus runners go after the first minutes, and what is ready waits for a boot', async () => {
  const played = await play(matrix([12, 20, 15, 10, 14, 18], 2), 2);
  // Before: 20 instances and more, and up to 24 minutes for a job that was ready.
  expect(played.instances).toBeLessThanOrEqual(6 + 4);
  expect(played.machineMin).toBeLessThan(played.jobsMin + 6 * 2 + 4 * 7);
  expect(played.longestReadyMin).toBeLessThan(2);
  expect([...new Set(played.conclusions), ...played.alerts]).toEqual(['success']);
});

const figures = (what: object) => {
  if (process.env.FIGURES) process.stdout.write(`${JSON.stringify(what)}\n`);
};

test('the second run of a matrix launches as many as ran at once in the first, and one to see; it costs a tenth more than its jobs', async () => {
  const minutes = Array.from({ length: process.env.FIGURES ? 12 : 6 }, () => 20);
  const first = matrix([6, 6, 6, 6], 2);
  const played = await play(matrix(minutes, 2), 2, { before: first });
  const over = played.machineMin / played.jobsMin - 1;
  figures({ ...played, over });
  expect(played.instances).toBeLessThanOrEqual(minutes.length + 1);
  // Of which a boot is seven hundredths.
  expect(over).toBeLessThan(0.1);
  expect(played.longestReadyMin).toBeLessThan(2);
  expect([...new Set(played.conclusions), ...played.alerts]).toEqual(['success']);
});

test('a job that several runs have one at a time is launched for as its turn comes', async () => {
  const job = { name: 'deploy', labels: LABELS, durationMs: 15 * MINUTE_MS };
  const deploy = { ...job, concurrency: { group: 'deploy', queue: 'max' as const } };
  const runs = Array.from({ length: 5 }, () => ({ repository: 'acme/app', jobs: [deploy] }));
  const played = await play(runs, 1);
  expect(played.instances).toBeLessThanOrEqual(5 + 4);
  expect(played.longestReadyMin).toBeLessThan(2);
  expect([...new Set(played.conclusions), ...played.alerts]).toEqual(['success']);
});

test('of a matrix that was never seen a few are launched for first, so that its surplus costs less than a tenth of its jobs', async () => {
  const played = await play(
    matrix(
      Array.from({ length: 12 }, () => 20),
      2,
    ),
    2,
  );
  const over = played.machineMin / played.jobsMin - 1;
  figures({ ...played, over });
  expect(played.instances).toBeLessThanOrEqual(12 + 2);
  expect(over).toBeLessThan(0.1);
  expect(played.longestReadyMin).toBeLessThan(2);
  expect([...new Set(played.conclusions), ...played.alerts]).toEqual(['success']);
});

test('without max-parallel the rest is launched for as the first begin, once; its next run starts all at once', async () => {
  const jobs = matrix([24, 29, 25, 28, 26, 27, 25, 26, 28, 29, 25, 27]);
  const first = await play(jobs, 12);
  figures(first);
  expect(first.instances).toBeLessThanOrEqual(12);
  // Two boots, and what GitHub and its deliveries take.
  expect(first.longestReadyMin).toBeLessThan(3);
  const next = await play(jobs, 12, { before: jobs });
  figures(next);
  expect(next.longestReadyMin).toBeLessThan(2);
});

test.each([
  ['each over before the next has begun', [0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2]],
  ['the first are over at once', [0.2, 0.2, 0.2, 0.2, 20, 20, 20, 20]],
])('short jobs hold nobody longer than the first of them take: %s', async (_, minutes) => {
  expect((await play(matrix(minutes), 8)).longestReadyMin).toBeLessThan(3.2);
});

test('one that is long holds nobody whom GitHub is merely slow to give a runner', async () => {
  const slow = 3 * MINUTE_MS;
  const played = await play(matrix([40, 5, 5, 5, 5]), 5, {
    wrong: ({ clock, github }) => void clock.after(MINUTE_MS, () => github.pauseAssignment(slow)),
  });
  expect(played.longestReadyMin).toBeLessThan(4 + 4);
  expect(played.alerts).toEqual([]);
});

test('one that another workflow’s job holds by its concurrency group is launched for when that ends', async () => {
  const concurrency = { group: 'production', queue: 'max' as const };
  const run = (name: string, minutes: number) => ({
    ...{ repository: 'acme/app', workflow: name },
    jobs: [{ name, labels: LABELS, durationMs: minutes * MINUTE_MS, concurrency }],
  });
  const played = await play([run('deploy-a', 40), run('deploy-b', 5)], 1);
  // Before, with 95 minutes: five machines of no use, two alerts, and no machine for a day.
  expect(played.instances).toBeLessThanOrEqual(2 + 5);
  // A run that has not changed is looked at each quarter of an hour; then there is a boot.
  expect(played.longestReadyMin).toBeLessThan(18);
  expect([...new Set(played.conclusions), ...played.alerts]).toEqual(['success']);
});
