/** What one job asks of each service, from queued to deleted: counted by the simulators, over the wire. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { buildAll } from '../../build.ts';
import { readRunnersYaml } from '../../cli/shared/runners-yaml.ts';
import { ROOT } from '../../cli/shared/steps.ts';
import { createDemoOrganization, jobPlan, REPOSITORY } from '../../cli/start/demo.ts';
import { leftovers } from '../../cli/start/leftovers.ts';
import { mirrorRunner } from '../../cli/start/mirror.ts';
import { type Loopback, openLoopback } from '../../simulator/loopback.ts';
import type { Bench, Row } from './row.ts';

const GIVE_UP_MS = 60_000;

export const calls: Bench = {
  title: 'One job, queued to deleted: calls by service (without lists of all)',
  async run({ folder }) {
    const config = readRunnersYaml(join(ROOT, 'simulator', 'runners.yaml'));
    if (config === null) throw new Error('simulator/runners.yaml is wrong');
    const bundles = join(folder, 'calls');
    await buildAll(config, bundles);
    const { name: deployment, placements } = config;
    const world = await openLoopback({
      scale: 20,
      seed: 1,
      bundles,
      deployment,
      placements,
    });
    try {
      createDemoOrganization(world.github, deployment);
      await mirrorRunner(world, deployment);
      const before = countsOf(world);
      const jobs = [jobPlan('one', ['arm64'], 60_000)];
      const [job] = world.github.jobsOf(world.github.queueRun({ repository: REPOSITORY, jobs }));
      const untilMs = Date.now() + GIVE_UP_MS;
      while (Date.now() < untilMs && (job?.status !== 'completed' || (await leftovers(world)).length > 0))
        await setTimeout(50);
      return rowsOf(before, countsOf(world));
    } finally {
      await world.close();
    }
  },
};

/** Not for the job, but for all jobs at once: the sweep's lists, the market, the token of an hour. */
const SHARED = /Describe|ListTag|GET |access_tokens/;

/** The ledger's are counted, each with its reason, in test/shared/ledger/one-job.test.ts. */
function countsOf({ ecs, github }: Loopback): Map<string, number> {
  const all = [...prefixed('ECS', ecs.calls), ...prefixed('GitHub', github.calls)];
  return new Map(all.filter(([what]) => !SHARED.test(what)));
}

const prefixed = (service: string, counts: ReadonlyMap<string, number>): [string, number][] =>
  [...counts].map(([what, count]) => [`${service} ${what}`, count]);

function rowsOf(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Row[] {
  const rows = [...after].map(([what, count]) => ({
    what,
    median: count - (before.get(what) ?? 0),
    unit: 'calls' as const,
    runs: 1,
  }));
  return rows.filter(({ median }) => median > 0);
}
