/** GitHub takes calls and says nothing: a launch that did not ask, because another had waited in vain, is put off and not lost. */
import { expect, test } from 'vitest';
import { SILENCE_HEEDED_MS } from '../../../shared/github-limits.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { openWorld, seedRunnerRelease } from '../../world/in-process.ts';

const MINUTE_MS = 60_000;
const SILENT = { kind: 'timeout', effect: 'before', ms: 15_000 } as const;

test.each([
  ['whose code a job runs', /\/actions\/runs\/\d+$/],
  ['a runner’s registration', /generate-jitconfig$/],
])('while it is asked for %s', async (_what, path) => {
  let isSilent = true;
  const world = openWorld({
    github: { faults: (_method, asked) => (isSilent && path.test(asked) ? SILENT : null) },
  });
  await seedRunnerRelease(world);
  const queue = () => {
    const labels = ['self-hosted', 'aliyun', 'arm64'];
    const run = world.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'build', labels }] });
    return world.github.jobsOf(run)[0] as SimJob;
  };
  const linesOf = (job: SimJob, event: string) =>
    world.lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line.event === event && line.job === job.id);

  const asked = queue();
  const isPutOff = () => [...linesOf(asked, 'launch.failed'), ...linesOf(asked, 'launch.waited')].length > 0;
  expect(await world.until(isPutOff, 3 * MINUTE_MS)).toBe(true);
  isSilent = false;
  const unasked = queue();
  await world.pass(5_000);
  expect(linesOf(unasked, 'launch.waited')).toMatchObject([{ because: 'GitHub asks us to slow down' }]);
  const nextTryAtMs = Date.parse(String(linesOf(unasked, 'launch.waited')[0]?.nextTryAt));
  expect(nextTryAtMs - world.clock.nowMs()).toBeLessThanOrEqual(SILENCE_HEEDED_MS);
  expect(await world.until(() => unasked.status === 'completed', 6 * MINUTE_MS)).toBe(true);
  expect((unasked.startedAtMs ?? 0) - unasked.createdAtMs).toBeLessThan(4 * MINUTE_MS);
  expect(await world.until(() => asked.status === 'completed', 15 * MINUTE_MS)).toBe(true);
  world.fc.close();
});

test('of one owner it keeps no other’s jobs waiting, nor its lost deliveries', async () => {
  const asks: string[] = [];
  const world = openWorld({
    config: { repositories: { allow: ['acme/*', 'beta/*'] } },
    github: {
      faults: (_method, asked) => {
        asks.push(asked);
        return /\/beta\b/.test(asked) ? SILENT : null;
      },
    },
  });
  await seedRunnerRelease(world);
  world.github.addOrganization('beta');
  world.github.addRepository('beta/app');
  world.github.addGroup({ organization: 'beta', name: 'ci-runners', repositories: ['beta/app'] });
  world.github.install('beta');
  const queue = (repository: string) => {
    const job = { name: 'build', labels: ['self-hosted', 'aliyun', 'arm64'], durationMs: MINUTE_MS };
    return world.github.jobsOf(world.github.queueRun({ repository, jobs: [job] }))[0] as SimJob;
  };
  for (let n = 0; n < 64; n++) queue('beta/app');
  await world.pass(5 * MINUTE_MS);
  const waits: number[] = [];
  const sinceAsk = asks.length;
  for (let n = 0; n < 6; n++) {
    const job = queue('acme/app');
    await world.until(() => job.status === 'completed', 30 * MINUTE_MS);
    waits.push((job.startedAtMs ?? Number.NaN) - job.createdAtMs);
  }
  if (process.env.FIGURES) process.stdout.write(`${JSON.stringify(waits)}\n`);
  expect(Math.max(...waits)).toBeLessThan(3 * MINUTE_MS);
  expect(asks.slice(sinceAsk).filter((asked) => asked.includes('/hook/deliveries')).length).toBeGreaterThan(
    3,
  );
  world.fc.close();
});
