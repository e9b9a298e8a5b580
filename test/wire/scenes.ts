/** What goes wrong around runners that live: each scene brings one thing about, by what the world itself can do. */
import { REPOSITORY } from '../../cli/start/scene.ts';
import { createAdapters } from '../../shared/adapters/adapters.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseEnvironment } from '../../shared/config/environment.ts';
import { runnerNameOf, TAG } from '../../shared/names.ts';
import type { JobId, RunnerName } from '../../shared/nouns.ts';
import type { Machine } from '../../simulator/ecs/machine.ts';
import type { SimJob } from '../../simulator/github/index.ts';
import { OPERATOR_KEY } from '../../simulator/loopback.ts';
import { once, type Stage } from './stage.ts';

/** Of a job's first launch. */
export const firstRunnerOf = ({ id }: SimJob): RunnerName => runnerNameOf('ci', 'arm64', id as JobId, 1);

/** Of all of a job's launches, as `didTo` takes it. */
export const runnersOf = (job: SimJob): string => firstRunnerOf(job).slice(0, -1);

function machineOf({ world }: Stage, runner: string): Machine {
  const found = world.ecs.alive().find(({ tags }) => tags.get(TAG.name) === runner);
  if (found === undefined) throw new Error(`${runner} has no machine`);
  return found;
}

const registrationOf = ({ world }: Stage, runner: string) =>
  world.github.runners().find(({ name }) => name === runner);

/** The runner that has it, once the ledger says so. */
async function runnerOf({ ledger }: Stage, job: SimJob): Promise<RunnerName> {
  const name = () => (job.runner?.name ?? '') as RunnerName;
  const busyWith = async () => (await ledger.runners.read(name()))?.entry.busyWith;
  await once(`${job.plan.name} runs`, async () => job.runner !== null && (await busyWith()) === job.id);
  return name();
}

/** Minted by somebody who died before any entry was kept: a registration, and nothing else. */
export async function registerAlone({ world }: Stage, config: Config): Promise<RunnerName> {
  const name = 'ci-runner-arm64-spot-77-1' as RunnerName;
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
export async function playUnserved(stage: Stage, ...labels: readonly string[]): Promise<SimJob[]> {
  const { github } = stage.world;
  github.behaviour.deaf = 1;
  const jobs = labels.map((label) => stage.play(label, `arm64 ${label}`, 5));
  await once('they are registered', () => jobs.every((job) => registrationOf(stage, firstRunnerOf(job))));
  github.behaviour.deaf = 0;
  return jobs;
}

/**
 * Offline in one sweep, back in the next; then GitHub gives it no job for minutes. Where sweeps take so long that it is
 * given up before it was seen back, the same is done to the next runner of its job.
 */
export async function flicker(stage: Stage, job: SimJob): Promise<void> {
  for (let launch = 1; launch <= LAUNCHES_MAX; launch++) {
    const runner = runnerNameOf('ci', 'arm64', job.id as JobId, launch);
    await once('it is registered', () => registrationOf(stage, runner) !== undefined);
    const registration = registrationOf(stage, runner) as { isDeaf: boolean; isOnline: boolean };
    registration.isDeaf = true;
    await once('it is idle', () => stage.didTo(runner, 'online'));
    registration.isOnline = false;
    const isSeen = (verdict: string) => stage.didTo(runner, verdict) || stage.didTo(runner, 'remove');
    await once('it is doubted', () => isSeen('sight'));
    registration.isOnline = true;
    await once('it is seen back, or given up', () => isSeen('unsight'));
    if (stage.didTo(runner, 'unsight')) return;
  }
}

const LAUNCHES_MAX = 3;

/** Its job begins, and until a sweep has seen the runner busy, no list of GitHub's tells of the job. */
export async function startUnheard(stage: Stage, job: SimJob, lists: { areRefused: boolean }): Promise<void> {
  const runner = firstRunnerOf(job);
  await once('it is idle', () => stage.didTo(runner, 'online'));
  lists.areRefused = true;
  const registration = registrationOf(stage, runner);
  if (registration !== undefined) registration.isDeaf = false;
  stage.world.github.pauseAssignment(0);
  await once('a sweep sees it busy', () => stage.didTo(runner, 'busy'));
  lists.areRefused = false;
}

export async function takeBack(stage: Stage, job: SimJob): Promise<void> {
  stage.world.ecs.interrupt(machineOf(stage, await runnerOf(stage, job)).id);
}

/** In the console, by a person. */
export async function deleteBehindUs(stage: Stage, job: SimJob): Promise<void> {
  const { id, region } = machineOf(stage, await runnerOf(stage, job));
  stage.world.ecs.call(region, 'DeleteInstance', { RegionId: region, InstanceId: id, Force: 'true' });
}

/** Its runner comes for nothing. */
export async function cancelWhileBooting(stage: Stage, job: SimJob): Promise<void> {
  await once('its runner is coming', () => registrationOf(stage, firstRunnerOf(job)) !== undefined);
  stage.world.github.cancelJob(job);
}

/** @see https://github.com/actions/runner/issues/4617 */
export async function consumeRegistration(stage: Stage, job: SimJob): Promise<void> {
  const registration = registrationOf(stage, await runnerOf(stage, job));
  if (registration !== undefined) registration.isListed = false;
}

/** @see https://github.com/actions/runner/issues/4422 */
export async function hideBusy(stage: Stage, job: SimJob): Promise<void> {
  const registration = registrationOf(stage, await runnerOf(stage, job));
  if (registration !== undefined) registration.isBusyHidden = true;
}

export async function forget(stage: Stage, job: SimJob): Promise<RunnerName> {
  const { runners } = stage.ledger;
  const name = await runnerOf(stage, job);
  const held = await runners.read(name);
  if (held !== null) await runners.remove(name, held);
  return name;
}

/** A person sets the tag while the job runs, in the console. */
export async function keepMachine(stage: Stage, job: SimJob): Promise<Machine> {
  const machine = machineOf(stage, await runnerOf(stage, job));
  (machine.tags as Map<string, string>).set(TAG.keep, 'look at its disk');
  return machine;
}

/** …and takes it off again, when the sweep has left the machine alone for the first time. */
export async function keepForAWhile(stage: Stage, job: SimJob): Promise<void> {
  const machine = await keepMachine(stage, job);
  const isKept = async () => (await stage.ledger.runners.read(job.runner?.name as RunnerName))?.entry.state;
  await once('its runner is retiring', async () => (await isKept()) === 'retiring');
  (machine.tags as Map<string, string>).delete(TAG.keep);
}

/** A crash between the two writes of an end: `history` has its row, and its entry lives. */
export async function leaveInBothTables(stage: Stage, job: SimJob): Promise<void> {
  const { jobs, history } = stage.ledger;
  const read = () => jobs.read(job.id as never);
  await once('it has an entry', async () => (await read()) !== null);
  const held = await read();
  const row = () => history.read(job.createdAtMs, job.id as never);
  await once('its end is kept', async () => (await row())?.outcome === 'success' && (await read()) === null);
  if (held !== null) await jobs.add(held.entry.job.id, held.entry);
}
