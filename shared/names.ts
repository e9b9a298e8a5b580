/** Names and tags of what we make, all derived from the job: pure. */
import { createHash } from 'node:crypto';
import type { Config } from './config/config.ts';
import type { Registered } from './ledger/entry-parts.ts';
import { CLIENT_TOKEN_MAX_CHARS, TAG_VALUE_MAX_CHARS } from './limits.ts';
import type { Arch, Candidate, Job, JobId, RunnerName, Target } from './nouns.ts';

/** One name for one launch: `launch` counts ours for this job, from 1. */
export function runnerNameOf(deployment: string, arch: Arch, job: JobId, launch: number): RunnerName {
  return `${deployment}-runner-${arch}-spot-${job}-${launch}` as RunnerName;
}

/** The whole form, not a prefix: people name their own runners ci-runner-mac, and other deployments ci-runner. */
export function isRunnerName(deployment: string, name: string): boolean {
  const own = `${deployment}-runner-`;
  return name.startsWith(own) && /^(?:amd64|arm64)-spot-\d{1,20}-\d{1,6}$/.test(name.slice(own.length));
}

/** What DescribeInstances finds them by; others may be named so, too. */
export const runnerNamePattern = (deployment: string): string => `${deployment}-runner-*`;

/**
 * One that is launched for no job: its number begins with 0, as no job's does. `at` counts those of one sweep, which begins
 * in a `second` of its own: the name of one that was given up is used for no other.
 */
export function warmNameOf(deployment: string, arch: Arch, second: number, at: number): RunnerName {
  return `${deployment}-runner-${arch}-spot-0${second}${String(at).padStart(3, '0')}-1` as RunnerName;
}

/** When a warm runner of that name was first asked for; null: it is none's. */
export function parseWarmMs(name: string): number | null {
  const second = /-spot-0(\d{10})\d{3}-1$/.exec(name)?.[1];
  return second === undefined ? null : Number(second) * 1000;
}

/** The job whose launch the name is of; null: it is a warm runner's, or nobody's. */
export function parseJobId(name: string): JobId | null {
  const id = /-spot-([1-9]\d{0,14})-\d+$/.exec(name)?.[1];
  return id === undefined ? null : (Number(id) as JobId);
}

/**
 * A hash, because the API takes 64 characters. The same launch on the same candidate is the same request. `announcedAtMs`: when
 * its entry was made. A job that was dropped with its repository, and is found again, counts its launches and so its runners'
 * names anew.
 */
export function clientTokenOf(name: RunnerName, announcedAtMs: number, candidate: Candidate): string {
  const { region, zone, instanceType, capacityType, isRaised } = candidate;
  const text = [
    name,
    announcedAtMs,
    region,
    zone,
    instanceType,
    capacityType,
    ...(isRaised ? ['raised'] : []),
  ].join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, CLIENT_TOKEN_MAX_CHARS);
}

/** The runner group of an organisation: jobs of public repositories never share one with private ones. */
export function runnerGroupOf(
  { isPublic }: Pick<Job, 'isPublic'>,
  { github }: Pick<Config, 'github'>,
): string {
  return isPublic ? (github.publicRunnerGroup ?? `${github.runnerGroup}-public`) : github.runnerGroup;
}

/** Where a job's runner registers; of a runner, where it did: the operator may have changed the scope since. */
export function targetOf(
  { repository, installationId, registeredAt }: Pick<Job, 'repository' | 'installationId'> & Registered,
  { github }: Pick<Config, 'github'>,
): Target {
  const owner = repository.split('/')[0] as string;
  const isOfRepository = (registeredAt?.scope ?? github.scope) === 'repository';
  return { owner, repository: isOfRepository ? repository : null, installationId };
}

export const placeOf = ({ owner, repository }: Target): string => (repository ?? owner).toLowerCase();

/** What is registered from now on. */
export const registeredAt = ({
  github,
}: Pick<Config, 'github'>): NonNullable<Registered['registeredAt']> => ({
  host: github.baseUrl,
  scope: github.scope,
});

/** The host in runners.yaml knows nothing of it, and may have given its id to somebody else's. */
export const isOfOtherHost = ({ registeredAt }: Registered, { github }: Pick<Config, 'github'>): boolean =>
  registeredAt !== undefined && addressOf(registeredAt.host) !== addressOf(github.baseUrl);

/** One host may be spelt in many ways: with a slash at its end, in capitals, with the usual port. */
const addressOf = (url: string): string => new URL(url).href.replace(/\/+$/, '');

/**
 * Tags of an instance. The last two are what RAM policies of users of dianplus' action depend on, the
 * misspelt one included.
 */
export function tagsOf(name: RunnerName, job: Job, config: Config): Readonly<Record<string, string>> {
  return {
    ...config.tags,
    [TAG.deployment]: config.name,
    [TAG.name]: name,
    [TAG.job]: String(job.id),
    [TAG.repository]: job.repository.slice(0, TAG_VALUE_MAX_CHARS),
    GITHUB_RUNNER_TYPE: 'aliyun-ecs-spot',
    GIHUB_RUNNER_TYPE: 'aliyun-ecs-spot',
  };
}

export const TAG = {
  deployment: 'ci-runner-deployment',
  name: 'ci-runner-name',
  job: 'ci-runner-job',
  repository: 'ci-runner-repository',
  /** Of what is baked: the key of `images:`. */
  image: 'ci-runner-image',
  /** Of `npm run prove`: no machine of a job, and the reaper's eyes pass over it. */
  prove: 'ci-runner-prove',
  /** Set by a person who wants to look at an instance: it is left alone until its release time. */
  keep: 'keep',
} as const;
