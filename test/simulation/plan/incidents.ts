/** What happens in the world by itself, at a moment that the seed draws. */

import { configOf } from '../../world/in-process.ts';
import { THEIRS } from '../../world/strangers.ts';
import { brownOut, fleetComes, somebodyAsks } from './around-us.ts';
import { RENAMED, TRANSFERRED } from './arrivals.ts';
import { commonConfig } from './deployed.ts';
import { arrivalOf, matrixOf, shortJob } from './made-runs.ts';
import { goesAway, isRenamed, losesRuns, somebodyKeeps } from './people.ts';
import type { IncidentName } from './plan.ts';
import type { Simulation } from './simulation.ts';

/** Each does nothing, and says false, where there is nothing that it could happen to. */
type Incident = (simulation: Simulation, share: number, ms: number) => boolean;

function picked<Thing>(from: readonly Thing[], share: number): Thing | undefined {
  return from[Math.floor(share * from.length)];
}

const LABELS_OF_OTHERS = ['self-hosted', 'aliyun', 'arm64', 'amd64', 'linux', '4cpu', 'big'];

export const INCIDENTS = {
  'a job is cancelled': ({ world, jobs }, share) => {
    const job = picked(
      jobs().filter(({ status }) => status !== 'completed'),
      share,
    );
    if (job !== undefined) world.github.cancelJob(job);
    return job !== undefined;
  },
  'a run is cancelled': ({ world, jobs }, share) => {
    const live = jobs().filter(({ status }) => status !== 'completed');
    const job = picked(live, share);
    if (job !== undefined) world.github.cancelRun(job.run);
    return job !== undefined;
  },
  'an instance is taken back': ({ world }, share) => {
    const machine = picked(
      world.ecs.alive().filter(({ name }) => name !== THEIRS),
      share,
    );
    if (machine !== undefined) world.ecs.interrupt(machine.id);
    return machine !== undefined;
  },
  'a zone sells nothing': ({ world, later }, share, ms) => {
    const region = world.ecs.region('cn-hangzhou');
    const zone = picked(region.zones, share) as string;
    const sell = (left: number | null) => {
      for (const type of region.types.keys()) world.ecs.setStock(zone, type, left);
    };
    sell(0);
    later(ms, () => sell(null));
    return true;
  },
  'the quota is small': ({ world, later }, _share, ms) => {
    world.ecs.setQuota({ vcpusPerFamily: 32, instances: 8 });
    later(ms, () => world.ecs.setQuota({ vcpusPerFamily: 10_000, instances: 5_000 }));
    return true;
  },
  'GitHub is out': ({ world, later }, _share, ms) => {
    world.github.setOutage(true);
    later(ms / 3, () => world.github.setOutage(false));
    return true;
  },
  'GitHub assigns no jobs': ({ world }, _share, ms) => {
    world.github.pauseAssignment(Math.round(ms / 3));
    return true;
  },
  'the App is uninstalled, and installed again': ({ world, later, installation }, _share, ms) => {
    const { id } = installation.now;
    world.github.uninstall(id);
    later(ms / 4, () => {
      installation.now = world.github.install('acme', installation.repositories);
    });
    return true;
  },
  'all functions are off': ({ world, later, off }, _share, ms) => {
    const { faults } = world.fc;
    faults.killAfterMs = () => 0;
    off.now = true;
    later(ms, () => {
      faults.killAfterMs = null;
      off.now = false;
    });
    return true;
  },
  'the operator lowers the limits': (simulation) => deploy(simulation, { runners: 1 }),
  'the operator leaves two zones': (simulation) => deploy(simulation, {}, { k: 'vsw-cn-hangzhou-k' }),
  "another's runner waits for jobs": ({ addForeignRunner }, share) => {
    addForeignRunner(LABELS_OF_OTHERS, share);
    return true;
  },
  'ECS answers no question': ({ faults, later }, _share, ms) => {
    faults.setListsOut(true);
    later(ms, () => faults.setListsOut(false));
    return true;
  },
  // Such as for the runner's version, in a brown-out: online for some seconds, and given nothing.
  'GitHub refuses our runners': ({ world, faults, later }, share, ms) => {
    faults.setRefusing(Math.round(2_000 + 90_000 * share));
    world.github.pauseAssignment(ms);
    later(ms, () => faults.setRefusing(null));
    return true;
  },
  'a matrix with max-parallel comes': ({ arrive }, share) => {
    arrive(matrixOf(4 + Math.floor(share * 6), { maxParallel: 1 + Math.floor(share * 3), failFast: false }));
    return true;
  },
  'deployments of one concurrency group come': ({ arrive, later }, share) => {
    const concurrency = { group: 'deploy', queue: share < 0.7 ? ('max' as const) : ('single' as const) };
    for (let n = 0; n < 3; n++)
      later(n * 20_000, () => arrive(arrivalOf([{ ...shortJob('deploy'), concurrency }])));
    return true;
  },
  'a matrix fails fast when its machine is taken back': ({ world, arrive, later }, share, ms) => {
    const run = arrive(matrixOf(4, {}, 5 * 60_000));
    later(120_000 + ms / 5, () => {
      const names = world.github.jobsOf(run).map(({ runner }) => runner?.name);
      const machines = world.ecs.alive().filter(({ tags }) => names.includes(tags.get('ci-runner-name')));
      const machine = picked(machines, share);
      if (machine !== undefined) world.ecs.interrupt(machine.id);
    });
    return true;
  },
  'a newer run takes the place of one': ({ arrive, later }, share, ms) => {
    const more = { branch: 'main', concurrency: { group: 'main', cancelInProgress: true } };
    const build = () => arrive(arrivalOf([{ ...shortJob('build'), durationMs: 180_000 }], more));
    build();
    later(ms * share, build);
    return true;
  },
  'somebody tags a machine as ours': ({ world, addStranger }, share) => {
    const before = world.ecs.alive().length;
    addStranger(share);
    return world.ecs.alive().length > before;
  },
  'GitHub mints nothing': (simulation, _share, ms) => brownOut(simulation, /generate-jitconfig/, ms),
  'GitHub lists nothing': (simulation, _share, ms) =>
    brownOut(simulation, /^GET .*(runners|runs|jobs)\b/, ms),
  'GitHub has no records': (simulation, _share, ms) => brownOut(simulation, /^GET .*\/jobs\/\d+/, ms),
  'the App is suspended': ({ world, later, installation }, _share, ms) => {
    if (!world.github.suspend(installation.now.id)) return false;
    later(ms, () => {
      installation.now = world.github.install('acme', installation.repositories);
    });
    return true;
  },
  'a right at ECS is missing': ({ faults, later }, share, ms) => {
    faults.setMissingRight(picked(RIGHTS, share) ?? null);
    later(ms, () => faults.setMissingRight(null));
    return true;
  },
  "others' runners come and go": (simulation, _share, ms) => fleetComes(simulation, ms),
  'somebody asks for runners': (simulation, share, ms) => somebodyAsks(simulation, share, ms),
  'GitHub loses runs': (simulation, share) => losesRuns(simulation, share),
  'a repository is renamed': (simulation, _share, ms) => isRenamed(simulation, RENAMED, ms),
  'a repository is transferred': (simulation, _share, ms) =>
    simulation.plan.wide.hasSister && isRenamed(simulation, TRANSFERRED, ms),
  'a repository goes where the App is not': goesAway,
  'a person keeps a machine': (simulation, share, ms) => somebodyKeeps(simulation, share, ms),
  'jobs with the label debug come': ({ arrive }, share) => {
    const job = shortJob('build');
    const labels = [...job.labels, 'debug'];
    for (let n = 0; n < 1 + Math.floor(share * 3); n++) arrive(arrivalOf([{ ...job, labels, fails: true }]));
    return true;
  },
} satisfies Record<IncidentName, Incident>;

const RIGHTS = ['DescribeInstances', 'DeleteInstance', 'RunInstances', 'GetInstanceConsoleOutput'];

function deploy({ world, plan, names }: Simulation, limits: object, zones?: object): boolean {
  const region = { region: 'cn-hangzhou', securityGroup: 'sg-cn-hangzhou' };
  const common = commonConfig(plan, names.also);
  const next = { ...common, limits: { ...common.limits, ...limits } };
  world.state.config = configOf(zones === undefined ? next : { ...next, placements: [{ ...region, zones }] });
  return true;
}
