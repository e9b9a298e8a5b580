/** What user data is told about one launch: pure. */

import { sizeNote } from '../../shared/advisor/chosen-words.ts';
import type { Config } from '../../shared/config/config.ts';
import { asksDebug } from '../../shared/job/debug.ts';
import { guardsOf } from '../../shared/job/guards.ts';
import { LIFETIME_ENDING_MS, MACHINE_IDLE_MAX_MS } from '../../shared/limits.ts';
import type { Candidate, Job, Requirements } from '../../shared/nouns.ts';
import { bootMaxMs } from '../../shared/runner/boot-max.ts';
import type { KeptActions } from '../../shared/runner/copies.ts';
import type { KeptTools } from '../../shared/runner/kept/tools.ts';
import { DEBUG_KEPT_MS } from '../../shared/runner/limits.ts';
import { machineMirrors } from '../../shared/runner/package-mirrors.ts';
import { type RunnerRelease, stillTaken } from '../../shared/runner/release.ts';
import { keptSource, proxyOf, runnerUrls } from '../../shared/runner/sources.ts';
import type { UserDataValues } from '../../shared/runner/user-data.ts';

/** What a machine brings: the runner, and where they are kept, actions and tools. */
export type Installed = RunnerRelease & { readonly actions?: KeptActions; readonly tools?: KeptTools };

/** What user data is made of, for one candidate. */
export interface Boot {
  /** Null: it is made ready for its next boot, which has one. */
  readonly jitConfig: string | null;
  readonly job: Job;
  readonly requirements: Requirements;
  readonly candidate: Candidate;
  /** The baked image that it is made from; null or absent: another. */
  readonly image?: string | null;
  readonly launchedAtMs: number;
  readonly release: Installed;
  /** It is launched for no job, and waits so long for one; absent or 0: it has its job. */
  readonly waitsMs?: number;
}

/** The placement's mirror first, then GitHub, through the placement's proxy if it has one. */
export function bootValues(boot: Boot, config: Config): UserDataValues {
  const { requirements, candidate, job, release } = boot;
  const archive = release.archives[requirements.arch];
  const placement = config.placements.find(({ region }) => region === candidate.region);
  const { instanceType, zone, capacityType, cpu, memoryGiB, pricePerHour, onDemandPricePerHour } = candidate;
  const { roleName } = config.selfDestruct;
  return {
    jitConfig: boot.jitConfig,
    runner: {
      versions: [release.version, ...stillTaken(release, boot.launchedAtMs)],
      sha256: archive.sha256,
      urls: runnerUrls(release, requirements.arch, candidate.region, placement?.mirrorBucket ?? null),
    },
    actions: keptSource(
      release.actions?.[candidate.region],
      candidate.region,
      placement?.mirrorBucket ?? null,
    ),
    tools: keptSource(release.tools?.[candidate.region], candidate.region, placement?.mirrorBucket ?? null),
    lifetimeSeconds: Math.floor((requirements.lifetimeMs - endingMs(requirements.lifetimeMs)) / 1000),
    lifetimeMinutes: Math.round(requirements.lifetimeMs / 60_000),
    idleSeconds: Math.ceil((MACHINE_IDLE_MAX_MS + (boot.waitsMs ?? 0)) / 1000),
    bootSeconds: Math.floor(bootMaxMs(requirements.image, config) / 1000),
    proxy: proxyOf(placement?.proxy ?? null),
    docker: requirements.docker,
    packages: config.defaults.packages,
    sudo: requirements.sudo,
    admission: {
      lists: [
        config.repositories.allow,
        ...guardsOf(requirements, config).map(({ repositories }) => repositories),
      ],
      public: config.repositories.public,
      forks: config.repositories.forks,
    },
    registryMirror: config.defaults.registryMirror,
    mirrors: machineMirrors(candidate.region, config.mirrors),
    metadata: config.defaults.metadata,
    usage: config.defaults.usage,
    debugSeconds: asksDebug(job.labels, config) ? DEBUG_KEPT_MS / 1000 : 0,
    extraUserData: config.defaults.extraUserData,
    hooks: config.defaults.hooks,
    selfDestruct:
      roleName === null
        ? null
        : { roleName, ecsEndpoint: `https://ecs-vpc.${candidate.region}.aliyuncs.com` },
    instance: {
      ...{ instanceType, zone, capacityType, cpu, memoryGiB, pricePerHour, onDemandPricePerHour },
      image: boot.image ?? null,
      sizeNote: sizeNote(candidate, requirements),
    },
    queuedAtSeconds: Math.floor(job.createdAtMs / 1000),
    launchedAtSeconds: Math.floor(boot.launchedAtMs / 1000),
  };
}

/** The machine's clock begins after ours, and its runner wants time to end: before the reaper deletes it. */
const endingMs = (lifetimeMs: number): number => Math.min(LIFETIME_ENDING_MS, lifetimeMs / 6);
