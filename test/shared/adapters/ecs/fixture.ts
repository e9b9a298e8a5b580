/** An ECS account to try things on: the simulator, on loopback or in process, and the adapter before it. */
import { type EcsCall, ecsCall } from '../../../../shared/adapters/ecs/call.ts';
import { ecsInstances } from '../../../../shared/adapters/ecs/instances.ts';
import type { EcsPlacement } from '../../../../shared/adapters/ecs/request.ts';
import type { Candidate, RunnerName } from '../../../../shared/nouns.ts';
import type { RunRequest } from '../../../../shared/ports.ts';
import { VirtualClock } from '../../../../simulator/clock.ts';
import {
  createEcs,
  type Ecs,
  type EcsOptions,
  EcsRefusal,
  serveEcs,
} from '../../../../simulator/ecs/index.ts';
import { seeded } from '../../../../simulator/random.ts';

export const REGION = 'cn-hangzhou';
export const START_MS = Date.UTC(2026, 10, 21, 8, 0, 30);
export const MINUTE_MS = 60_000;
export const KEY = { accessKeyId: 'LTAItest', accessKeySecret: 'secret-of-the-test' };

/** A type that the simulated zone sells, of each generation of disks. */
export const TYPES = {
  arm: 'ecs.c8y.2xlarge',
  newest: 'ecs.c8i.2xlarge',
  middle: 'ecs.g6.2xlarge',
  old: 'ecs.ic5.2xlarge',
};

export const placement: EcsPlacement = {
  region: REGION,
  zones: Object.fromEntries([...'bghijk'].map((letter) => [letter, `vsw-${REGION}-${letter}`])),
  securityGroup: `sg-${REGION}`,
  egress: 'nat',
  bandwidthMbit: 100,
  keyPair: 'kp-ci',
  resourceGroup: 'rg-ci',
};

export function account(options: Partial<EcsOptions> = {}): { ecs: Ecs; clock: VirtualClock } {
  const clock = new VirtualClock(START_MS);
  const ecs = createEcs({
    clock,
    random: seeded(7),
    credentials: (id) => (id === KEY.accessKeyId ? { secret: KEY.accessKeySecret } : null),
    soldOut: 0,
    ...options,
  });
  return { ecs, clock };
}

/** What was sent and answered, for tests that count. */
export interface Sent {
  readonly action: string;
  readonly params: Readonly<Record<string, string>>;
}

export function instancesOn(
  call: EcsCall,
  clock: { nowMs(): number },
  setting: Partial<Parameters<typeof ecsInstances>[0]> = {},
) {
  const pauses: number[] = [];
  const logged: { event: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const instances = ecsInstances({
    call,
    deployment: 'ci',
    clock,
    pause: async (ms) => void pauses.push(ms),
    log: (event, fields) => void logged.push({ event, fields }),
    placements: [placement],
    images: {
      amd64: { family: 'acs:ubuntu_24_04_x64', metadata: 'hardened' as const },
      arm64: { family: 'acs:ubuntu_24_04_arm64', metadata: 'hardened' as const },
    },
    spotDuration: 1,
    ramRole: null,
    diskEncryption: null,
    ...setting,
  });
  return { instances, pauses, logged };
}

/** In process, noting what was sent. */
export function directly(ecs: Ecs, sent: Sent[] = []): EcsCall {
  return async (region, action, params) => {
    sent.push({ action, params });
    return ecs.call(region, action, { RegionId: region, ...params }) as Record<string, unknown>;
  };
}

/** The whole way over loopback; close it when done. */
export async function overTheWire(options: Partial<EcsOptions> = {}, key = KEY) {
  const { ecs, clock } = account(options);
  const wire = await serveEcs(ecs);
  const endpointOf = () => `127.0.0.1:${wire.port}`;
  const call = ecsCall({ credentials: async () => key, endpointOf, protocol: 'HTTP', callMaxMs: 2_000 });
  return { ecs, clock, wire, call, ...instancesOn(call, clock) };
}

/** A zone of the region that sells this type. */
export function zoneWith(ecs: Ecs, type: string): string {
  const region = ecs.region(REGION);
  const zone = region.zones.find((one) => region.sells(one, type));
  if (zone === undefined) throw new Error(`nobody sells ${type}`);
  return zone;
}

export function requestFor(ecs: Ecs, type: string, change: Partial<RunRequest> = {}): RunRequest {
  const known = ecs.region(REGION).types.get(type);
  if (known === undefined) throw new Error(`no type ${type}`);
  const candidate: Candidate = {
    placement: 0,
    region: REGION,
    zone: zoneWith(ecs, type),
    instanceType: type,
    capacityType: 'spot',
    arch: known.arch,
    cpu: known.cpu,
    memoryGiB: known.memoryGiB,
    pricePerHour: null,
    onDemandPricePerHour: known.onDemandPrice,
    priceLimit: null,
    expectedCostPerHour: null,
    because: 'a test asks for it',
  };
  return {
    candidate,
    name: `ci-runner-${known.arch}-spot-1-1` as RunnerName,
    clientToken: 'a'.repeat(64),
    userData: '#!/bin/bash\necho hello\n',
    releaseAtMs: START_MS + 60 * MINUTE_MS,
    diskGiB: 40,
    image: known.arch,
    tags: { 'ci-runner-deployment': 'ci', 'ci-runner-job': '1', costCenter: 'ci & more' },
    ...change,
  };
}

export type Words = Record<string, string>;

/** The simulator by itself: a request that it takes, and what it says to others. */
export function world(options: Partial<EcsOptions> = {}) {
  const { ecs, clock } = account({ interruptions: 0, ...options });
  const good = (type = TYPES.arm): Words => {
    const zone = zoneWith(ecs, type);
    const arch = ecs.region(REGION).types.get(type)?.arch === 'arm64' ? 'arm64' : 'x64';
    return {
      RegionId: REGION,
      InstanceType: type,
      VSwitchId: `vsw-${zone}`,
      SecurityGroupId: `sg-${REGION}`,
      ImageFamily: `acs:ubuntu_24_04_${arch}`,
      'SystemDisk.Category': 'cloud_essd',
    };
  };
  const run = (params: Words) => {
    const body = ecs.call(REGION, 'RunInstances', params) as { InstanceIdSets: { InstanceIdSet: string[] } };
    return body.InstanceIdSets.InstanceIdSet;
  };
  const refused = (action: string, params: Words): string => {
    try {
      ecs.call(REGION, action, params);
    } catch (error) {
      if (error instanceof EcsRefusal) return error.code;
      throw error;
    }
    return 'nothing';
  };
  return { ecs, clock, good, run, refused };
}

/** As ECS reads times. */
export const inMinutes = (minutes: number) =>
  new Date(START_MS + minutes * MINUTE_MS).toISOString().replace('.000', '');
