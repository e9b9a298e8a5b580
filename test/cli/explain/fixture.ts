/** What an operator reads, over the world in one process. */
import { type Answer, answerOn } from '../../../cli/explain/answer.ts';
import { type Findings, gatherFindings } from '../../../cli/explain/findings.ts';
import { parseReference } from '../../../cli/explain/reference.ts';
import { renderText } from '../../../cli/explain/text.ts';
import type { Operator } from '../../../cli/shared/operator.ts';
import { inProcessRequest } from '../../../simulator/github/in-process.ts';
import type { JobPlan, SimJob } from '../../../simulator/github/index.ts';
import { openWorld, seedRunnerRelease, type World, type WorldOptions } from '../../world/in-process.ts';
import { APP_ID, PRIVATE_KEY_PEM } from '../../world/keys.ts';
import { smallRegion } from '../../world/small-region.ts';

export const MINUTE_MS = 60_000;

export async function open(options: WorldOptions = {}): Promise<World> {
  const world = openWorld({ ...options, ecs: { regions: [smallRegion()], ...options.ecs } });
  await seedRunnerRelease(world);
  return world;
}

const operators = new WeakMap<World, Operator>();

/** One for each world: GitHub takes a JWT once. */
export function operatorOf(world: World): Operator {
  const known = operators.get(world);
  if (known !== undefined) return known;
  const { github, clock } = world;
  const operator = {
    ...world.adapters(),
    log: () => undefined,
    gitHubRequest: inProcessRequest({ github, clock, appId: APP_ID, privateKeyPem: PRIVATE_KEY_PEM }),
  };
  operators.set(world, operator);
  return operator;
}

export function queue(
  world: World,
  labels: string,
  plan: Partial<JobPlan> = {},
  repository = 'acme/app',
): SimJob {
  const job = { name: 'build', labels: labels.split(' '), durationMs: 5 * MINUTE_MS, ...plan };
  return world.github.jobsOf(world.github.queueRun({ repository, jobs: [job] }))[0] as SimJob;
}

export const OURS = 'self-hosted aliyun arm64';

export interface Read {
  readonly text: string;
  readonly answer: Answer;
  readonly findings: Findings;
}

/** Asked by the address that GitHub shows, or by the bare id. */
export async function read(world: World, job: SimJob, by: 'address' | 'id' = 'address'): Promise<Read> {
  const address = `https://github.com/${job.run.repository.fullName}/actions/runs/${job.run.id}/job/${job.id}`;
  const reference = parseReference(by === 'id' ? String(job.id) : address);
  if (reference?.kind !== 'job') throw new Error('not a job');
  const operator = operatorOf(world);
  let findings: Findings | undefined;
  const asked = gatherFindings(reference.id, reference.repository, operator).then((found) => {
    findings = found;
  });
  await world.until(() => findings !== undefined, MINUTE_MS);
  await asked;
  if (findings === undefined) throw new Error('no findings');
  const { config } = operator;
  return { findings, answer: answerOn(findings, config.name), text: renderText(findings, config, false) };
}
