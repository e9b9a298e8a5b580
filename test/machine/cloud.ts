/** A simulated cloud whose instances are real Linux systems. Needs root, and a network of its own. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { GitHub } from '../../shared/ports.ts';
import { RUNNER_RELEASE_NOTE, type RunnerRelease } from '../../shared/runner/release.ts';
import { metadataListener } from '../../simulator/instance-metadata/index.ts';
import { type MachineDriver, machineDriver } from '../../simulator/machine/machine-driver.ts';
import {
  CLOUD_ADDRESS,
  METADATA_ADDRESS,
  METADATA_ADDRESS_V6,
  openNetwork,
} from '../../simulator/machine/network.ts';
import { createRunnerEndpoint } from '../../simulator/machine/runner-endpoint.ts';
import type { Hardware } from '../../simulator/machine/system.ts';
import { createOss, type OssFault, ossListener } from '../../simulator/oss/index.ts';
import { openWorld, START_MS, type World, type WorldOptions } from '../world/in-process.ts';
import { certificate, inImage, publishedOf, releaseOf, standIn } from './archive.ts';

export const CACHE = join(import.meta.dirname, '..', '..', '.cache', 'machine');
export const RUNNER_PORT = 8080;
export const BUCKET = 'ci-runners';
export const MIRROR = `${BUCKET}.oss-cn-hangzhou-internal.aliyuncs.com`;

export interface Cloud {
  readonly world: World;
  readonly driver: MachineDriver;
  readonly github: GitHub;
  readonly runnerEndpoint: ReturnType<typeof createRunnerEndpoint>;
  readonly release: RunnerRelease;
  readonly faults: Faults;
  /** What was asked of whom, in order: `host path`. */
  readonly asked: readonly string[];
  /** Until something holds, in real time; throws after so long, with the `story`. */
  until(what: string, holds: () => boolean, maxMs: number, story?: () => string): Promise<void>;
  close(): Promise<void>;
}

export interface Faults {
  oss: OssFault | null;
  github: boolean;
}

export interface CloudOptions {
  /** The image holds the runner. */
  readonly hasRunner?: boolean;
  /** Disks that the next machine's image was made of, the last one first. */
  readonly layers?: () => readonly string[];
  /** What else it holds, by path; null: what it lacks. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** Default: containers. */
  readonly hardware?: Hardware;
  /** How many MiB the runner's archive has more. */
  readonly paddingMb?: number;
  /** What else the region's bucket has, by key. */
  readonly objects?: Readonly<Record<string, Buffer>>;
  /** A path that is asked for, and never answered. */
  readonly isUnanswered?: (path: string) => boolean;
}

export async function openCloud(
  steps: (jobName: string) => string,
  more: WorldOptions & CloudOptions = {},
): Promise<Cloud> {
  const network = await openNetwork();
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'run-'));
  const tls = await certificate(folder, [MIRROR, 'github.com']);
  const archive = await standIn(folder, `http://${CLOUD_ADDRESS}:${RUNNER_PORT}`, more.paddingMb);
  const asked: string[] = [];
  const faults: Faults = { oss: null, github: false };
  let world: World;
  const runnerEndpoint = createRunnerEndpoint({ github: () => world.github, steps });
  const driver = machineDriver({
    image: () => [...(more.layers?.() ?? []), join(CACHE, 'base')].join(':'),
    folder,
    ...(more.hardware === undefined ? {} : { hardware: more.hardware }),
    hosts: [MIRROR, 'github.com'],
    files: () => ({
      '/etc/ssl/certs/ca-certificates.crt': tls.authorities,
      ...(more.hasRunner === true ? inImage(join(folder, 'stand-in')) : {}),
      ...more.files,
    }),
    onGone: (address) => runnerEndpoint.vanish(address),
  });
  world = openWorld({ ...more, config: machineConfig(more.config), ecs: { ...more.ecs, boot: driver } });
  const clock = { nowMs: () => Date.now(), after: () => () => {} };
  const oss = createOss({ clock, credentials: () => null, vpcOf: () => 'vpc-ours', fault: () => faults.oss });
  const release = releaseOf(archive);
  world.github.setRunnerReleases([publishedOf(release)]);
  const bucket = oss.addBucket(BUCKET, 'cn-hangzhou', POLICY);
  const objects = { ...more.objects, [release.archives.amd64.key]: archive };
  for (const [key, bytes] of Object.entries(objects)) oss.put(bucket, key, bytes);
  const adapters = world.adapters();
  await adapters.ledger.notes.add(RUNNER_RELEASE_NOTE, { text: JSON.stringify(release), untilMs: null });
  const metadata = metadataListener({
    clock,
    instanceAt: (address) => {
      const machine = driver.at(address);
      return machine === null ? null : { ...machine.facts, privateIp: address };
    },
  });
  const noting =
    (listener: RequestListener): RequestListener =>
    (request, response) => {
      asked.push(`${request.headers.host} ${request.url}`);
      listener(request, response);
    };
  const atGitHub: RequestListener = (_request, response) =>
    faults.github
      ? response.writeHead(404).end()
      : response.writeHead(200, { 'content-length': archive.length }).end(archive);
  const [inside, outside] = [ossListener(oss, 'internal'), ossListener(oss, 'public')];
  const faceOf = (host = '') =>
    host === 'github.com' ? atGitHub : host.includes('-internal.') ? inside : outside;
  const atHosts: RequestListener = (request, response) => {
    if (more.isUnanswered?.(request.url ?? '') !== true) faceOf(request.headers.host)(request, response);
  };
  const servers = [
    await listening(createHttps(tls, noting(atHosts)), 443, CLOUD_ADDRESS),
    await listening(createHttp(noting(metadata)), 80, METADATA_ADDRESS),
    await listening(createHttp(noting(metadata)), 80, METADATA_ADDRESS_V6),
    await listening(createHttp(noting(runnerEndpoint.listener)), RUNNER_PORT, CLOUD_ADDRESS),
  ];
  const time = passTime(world);
  return {
    world,
    driver,
    github: adapters.github,
    runnerEndpoint,
    release,
    faults,
    asked,
    async until(what, holds, maxMs, story = () => '') {
      const endMs = Date.now() + maxMs;
      while (!holds()) {
        if (Date.now() > endMs) throw new Error(`${what}: not within ${maxMs} ms\n${story()}`);
        await setTimeout(50);
      }
    },
    async close() {
      await driver.close();
      await time.stop();
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      rmSync(folder, { recursive: true, force: true });
      await network.close();
    },
  };
}

const READING = { Effect: 'Allow', Action: ['oss:GetObject'], Principal: ['*'] };
const FROM_OURS = { StringEquals: { 'acs:SourceVpc': ['vpc-ours'] } };
const POLICY = {
  Version: '1',
  Statement: [{ ...READING, Resource: [`acs:oss:*:*:${BUCKET}/*`], Condition: FROM_OURS }],
};

/** How much faster than the machines GitHub and the control plane live, so that sweeps come soon. */
const PACE = 4;
/** The world's clock runs by the machine's own. */
function passTime({ clock }: World) {
  let isOver = false;
  const beganMs = Date.now();
  const loop = (async () => {
    while (!isOver) {
      await clock.runUntil(START_MS + (Date.now() - beganMs) * PACE);
      await setTimeout(20);
    }
  })();
  return {
    stop: () => {
      isOver = true;
      return loop;
    },
  };
}

/** Of the deployment whose machines these are. */
export function machineConfig(more: object = {}): object {
  const zones = { h: 'vsw-cn-hangzhou-h', i: 'vsw-cn-hangzhou-i', k: 'vsw-cn-hangzhou-k' };
  return {
    placements: [{ region: 'cn-hangzhou', zones, securityGroup: 'sg-cn-hangzhou', mirrorBucket: BUCKET }],
    defaults: { cpu: 4, docker: false },
    ...more,
  };
}

function listening(server: Server, port: number, host: string): Promise<Server> {
  return new Promise((resolve) => server.listen(port, host, () => resolve(server)));
}
