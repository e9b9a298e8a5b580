/** What goes wrong around runners that live: each function brings one failure about, by what the world itself can do. */
import { REPOSITORY } from '../../cli/start/demo.ts';
import { createAdapters } from '../../shared/adapters/adapters.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseEnvironment } from '../../shared/config/environment.ts';
import { runnerNameOf, TAG } from '../../shared/names.ts';
import type { JobId, RunnerName } from '../../shared/nouns.ts';
import type { Machine } from '../../simulator/ecs/machine.ts';
import type { SimJob } from '../../simulator/github/index.ts';
import { OPERATOR_KEY } from '../../simulator/loopback.ts';
import { build } from '../shared/ledger/builders.ts';
import { type Harness, once } from './harness.ts';

/** Of a job's first launch. */
export const firstRunnerOf = ({ id }: SimJob): RunnerName => runnerNameOf('ci', 'arm64', id as JobId, 1);

/** Of all of a job's launches, as `didTo` takes it. */
export const runnersOf = (job: SimJob): string => firstRunnerOf(job).slice(0, -1);

function machineOf({ world }: Harness, runner: string): Machine {
  const found = world.ecs.alive().find(({ tags }) => tags.get(TAG.name) === runner);
  if (found === undefined) throw new Error(`${runner} has no machine`);
  return found;
}

const registrationOf = ({ world }: Harness, runner: string) =>
  world.github.runners().find(({ name }) => name === runner);

/** The runner that has it, once the ledger says so. */
async function runnerOf({ ledger }: Harness, job: SimJob): Promise<RunnerName> {
  const name = () => (job.runner?.name ?? '') as RunnerName;
  const busyWith = async () => (await ledger.runners.read(name()))?.entry.busyWith;
  await once(`${job.plan.name} runs`, async () => job.runner !== null && (await busyWith()) === job.id);
  return name();
}

/** Minted late, for a job that was over by then: a registration, and nothing else. */
export async function registerAlone({ world, ledger }: Harness, config: Config): Promise<RunnerName> {
  const name = 'ci-runner-arm64-spot-77-1' as RunnerName;
  const job = build.job(77, { createdAtMs: world.clock.nowMs() });
  await ledger.history.merge({ job, outcome: 'success' });
  const environment = parseEnvironment('launcher', world.environment());
  const key = {
    accessKeyId: OPERATOR_KEY,
    accessKeySecret: world.secrets.operatorSecret,
    securityToken: null,
  };
  const { github } = createAdapters(
    config,
    environment,
    () => key,
    () => undefined,
  );
  const owner = REPOSITORY.split('/')[0] ?? '';
  const target = { owner, repository: null, installationId: null };
  const minted = await github.mint(target, { name, labels: ['self-hosted', 'aliyun', 'arm64', '4cpu'] });
  if (minted.kind !== 'minted') throw new Error(JSON.stringify(minted));
  return name;
}

/** Two runners that GitHub gives nothing to, until told otherwise. */
export async function playUnserved(harness: Harness, ...labels: readonly string[]): Promise<SimJob[]> {
  const { github } = harness.world;
  github.behaviour.deaf = 1;
  const jobs = labels.map((label) => harness.play(label, `arm64 ${label}`, 5));
  await once('they are registered', () => jobs.every((job) => registrationOf(harness, firstRunnerOf(job))));
  github.behaviour.deaf = 0;
  return jobs;
}

/**
 * Offline in one sweep, back in the next; then GitHub gives it no job for minutes. Where sweeps take so long that it is
 * given up before it was seen back, the same is done to the next runner of its job.
 */
export async function flicker(harness: Harness, job: SimJob): Promise<void> {
  for (let launch = 1; launch <= LAUNCHES_MAX; launch++) {
    const runner = runnerNameOf('ci', 'arm64', job.id as JobId, launch);
    await once('it is registered', () => registrationOf(harness, runner) !== undefined);
    const registration = registrationOf(harness, runner) as { isDeaf: boolean; isOnline: boolean };
    registration.isDeaf = true;
    await once('it is idle', () => harness.didTo(runner, 'online'));
    registration.isOnline = false;
    const isSeen = (verdict: string) => harness.didTo(runner, verdict) || harness.didTo(runner, 'remove');
    await once('it is doubted', () => isSeen('sight'));
    registration.isOnline = true;
    await once('it is seen back, or given up', () => isSeen('unsight'));
    if (harness.didTo(runner, 'unsight')) return;
  }
}

const LAUNCHES_MAX = 3;

/** Its job begins, and until a sweep has seen the runner busy, no list of GitHub's tells of the job. */
export async function startUnheard(
  harness: Harness,
  job: SimJob,
  lists: { areRefused: boolean },
): Promise<void> {
  const runner = firstRunnerOf(job);
  await once('it is idle', () => harness.didTo(runner, 'online'));
  lists.areRefused = true;
  const registration = registrationOf(harness, runner);
  if (registration !== undefined) registration.isDeaf = false;
  harness.world.github.pauseAssignment(0);
  await once('a sweep sees it busy', () => harness.didTo(runner, 'busy'));
  lists.areRefused = false;
}

export async function takeBack(harness: Harness, job: SimJob): Promise<void> {
  harness.world.ecs.interrupt(machineOf(harness, await runnerOf(harness, job)).id);
}

/** In the console, by a person. */
export async function deleteBehindUs(harness: Harness, job: SimJob): Promise<void> {
  const { id, region } = machineOf(harness, await runnerOf(harness, job));
  harness.world.ecs.call(region, 'DeleteInstance', { RegionId: region, InstanceId: id, Force: 'true' });
}

/** Its runner comes for nothing. */
export async function cancelWhileBooting(harness: Harness, job: SimJob): Promise<void> {
  await once('its runner is coming', () => registrationOf(harness, firstRunnerOf(job)) !== undefined);
  harness.world.github.cancelJob(job);
}

/** @see https://github.com/actions/runner/issues/4617 */
export async function consumeRegistration(harness: Harness, job: SimJob): Promise<void> {
  const registration = registrationOf(harness, await runnerOf(harness, job));
  if (registration !== undefined) registration.isListed = false;
}

/** @see https://github.com/actions/runner/issues/4422 */
export async function hideBusy(harness: Harness, job: SimJob): Promise<void> {
  const registration = registrationOf(harness, await runnerOf(harness, job));
  if (registration !== undefined) registration.isBusyHidden = true;
}

export async function forget(harness: Harness, job: SimJob): Promise<RunnerName> {
  const { runners } = harness.ledger;
  const name = await runnerOf(harness, job);
  const held = await runners.read(name);
  if (held !== null) await runners.remove(name, held);
  return name;
}

/** A person sets the tag while the job runs, in the console. */
export async function keepMachine(harness: Harness, job: SimJob): Promise<Machine> {
  const machine = machineOf(harness, await runnerOf(harness, job));
  (machine.tags as Map<string, string>).set(TAG.keep, 'look at its disk');
  return machine;
}

/** …and takes it off again, when the sweep has left the machine alone for the first time. */
export async function keepForAWhile(harness: Harness, job: SimJob): Promise<void> {
  const machine = await keepMachine(harness, job);
  // Not by its entry's state: that is written before the tag is looked at.
  const isLeft = () =>
    harness.lines.some(({ event, instance }) => event === 'instance.kept' && instance === machine.id);
  await once('it was left alone', isLeft);
  (machine.tags as Map<string, string>).delete(TAG.keep);
}

/** A crash between the two writes of an end: `history` has its row, and its entry lives. */
export async function leaveInBothTables(harness: Harness, job: SimJob): Promise<void> {
  const { jobs, history } = harness.ledger;
  const read = () => jobs.read(job.id as never);
  await once('it has an entry', async () => (await read()) !== null);
  const held = await read();
  const row = () => history.read(job.createdAtMs, job.id as never);
  await once('its end is kept', async () => (await row())?.outcome === 'success' && (await read()) === null);
  if (held !== null) await jobs.add(held.entry.job.id, held.entry);
}
