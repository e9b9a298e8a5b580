/** The simulated ECS: one call in, an answer, a refusal or no answer out. */
import type { Credential } from '../accounts.ts';
import { describeInvocationResults, runCommand } from './actions/assistant.ts';
import { describeInstanceBill } from './actions/bill.ts';
import { describeDisks } from './actions/disks.ts';
import * as builder from './actions/image-builder.ts';
import * as images from './actions/images.ts';
import { consoleOutput, describeInstances } from './actions/look-ups.ts';
import * as market from './actions/market.ts';
import * as network from './actions/network.ts';
import * as power from './actions/power.ts';
import { modifyInstanceAutoReleaseTime } from './actions/release-time.ts';
import * as removals from './actions/removals.ts';
import { runInstances } from './actions/run-instances.ts';
import * as types from './actions/types.ts';
import { type Bill, billOf } from './bill.ts';
import type { BuildOutcome } from './builder.ts';
import { type Cloud, createCloud, type EcsOptions, type Quotas, regionOf } from './cloud.ts';
import { applyFault, type Fault } from './faults.ts';
import { interrupt } from './life.ts';
import { endedAtMs, type Machine } from './machine.ts';
import type { Params } from './parameters.ts';
import { EcsRefusal } from './refusal.ts';
import type { Region } from './region/catalogue.ts';
import { type Sessions, sessionsOf } from './session/sessions.ts';
import { describeCloudAssistantStatus, startTerminalSession } from './session/start.ts';
import { createThrottle } from './throttle.ts';

type Act = (cloud: Cloud, region: Region, params: Params) => object;

const ACTS = new Map<string, Act>([
  ['RunInstances', runInstances],
  ['DescribeInstances', describeInstances],
  ['DescribeDisks', describeDisks],
  ['GetInstanceConsoleOutput', consoleOutput],
  ['DeleteInstance', removals.deleteInstance],
  ['DeleteInstances', removals.deleteInstances],
  ['StopInstance', power.stopInstance],
  ['StartInstance', power.startInstance],
  ['ModifyInstanceAttribute', power.modifyInstanceAttribute],
  ['ModifyInstanceAutoReleaseTime', modifyInstanceAutoReleaseTime],
  ['RunCommand', runCommand],
  ['DescribeInvocationResults', describeInvocationResults],
  ['StartTerminalSession', startTerminalSession],
  ['DescribeCloudAssistantStatus', describeCloudAssistantStatus],
  ['DescribeInstanceTypes', types.describeInstanceTypes],
  ['DescribeAvailableResource', market.describeAvailableResource],
  ['DescribeSpotPriceHistory', market.describeSpotPriceHistory],
  ['DescribeSpotAdvice', market.describeSpotAdvice],
  ['DescribeImageFromFamily', types.describeImageFromFamily],
  ['DescribeImages', types.describeImages],
  ['CreateImagePipeline', builder.createImagePipeline],
  ['StartImagePipelineExecution', builder.startImagePipelineExecution],
  ['DescribeImagePipelines', images.describeImagePipelines],
  ['DescribeImagePipelineExecutions', images.describeImagePipelineExecutions],
  ['CancelImagePipelineExecution', builder.cancelImagePipelineExecution],
  ['DeleteImagePipeline', builder.deleteImagePipeline],
  ['DeleteImage', images.deleteImage],
  ['DeleteSnapshot', images.deleteSnapshot],
  ['ModifyImageAttribute', images.modifyImageAttribute],
  ['DescribeRegions', network.describeRegions],
  ['DescribeZones', network.describeZones],
  ['DescribePrice', network.describePrice],
  ['DescribeVSwitches', network.describeVSwitches],
  ['DescribeSecurityGroups', network.describeSecurityGroups],
  ['DescribeSecurityGroupAttribute', network.describeSecurityGroupAttribute],
  ['DescribeKeyPairs', network.describeKeyPairs],
  ['DescribeAccountAttributes', network.describeAccountAttributes],
  ['DescribeInstanceBill', describeInstanceBill],
]);

/** Actions of other APIs, served here, too. */
const OTHERS: Readonly<Record<string, { readonly version: string; readonly code: string }>> = {
  DescribeVSwitches: { version: '2016-04-28', code: 'vpc' },
  DescribeInstanceBill: { version: '2017-12-14', code: 'bssapi' },
};

export const versionOf = (action: string): string => OTHERS[action]?.version ?? '2014-05-26';

const ramNameOf = (action: string): string => `${OTHERS[action]?.code ?? 'ecs'}:${action}`;

const isTagging = ({ ways }: Cloud, action: string, params: Params): boolean =>
  ways.tagsNeedRight && action === 'RunInstances' && 'Tag.1.Key' in params;

export interface Ecs {
  readonly credentials: EcsOptions['credentials'];
  readonly clock: EcsOptions['clock'];
  /** Throws EcsRefusal or NoAnswer. Without a credential the caller may do everything. */
  call(region: string, action: string, params: Params, credential?: Credential): object;
  /** How often each action was called, refusals included. */
  readonly calls: ReadonlyMap<string, number>;
  /** Instances that exist, in the order of their creation. */
  alive(): readonly Machine[];
  /** One bill for each instance there ever was. */
  paid(): readonly Bill[];
  /** The next `times` calls of this action go wrong so. */
  failNext(action: string, fault: Fault, times?: number): void;
  /** Five minutes' notice, then gone. */
  interrupt(instanceId: string): void;
  setStock(zone: string, type: string, left: number | null): void;
  /** New instances stay Pending for ever with this probability. */
  stuckPending(probability: number): void;
  setQuota(quota: Partial<Quotas>): void;
  /** What the next builds of images come to. */
  bakeNext(...outcomes: BuildOutcome[]): void;
  /** Pipelines that exist, by name. */
  pipelines(): readonly string[];
  readonly sessions: Sessions;
  /** For tests that need a vSwitch without addresses, an image, a key. */
  region(id: string): Region;
}

/** A caller has long given up by then. */
const LATE_MAX_MS = 60_000;

export function createEcs(options: EcsOptions): Ecs {
  const cloud = createCloud(options);
  const throttle = createThrottle(options.random.fork(), options.callsPerMinute ?? {});
  const calls = new Map<string, number>();
  const failures: { action: string; fault: Fault }[] = [];

  const alive = () => [...cloud.machines.values()].filter((machine) => endedAtMs(machine) === null);
  const faultOf = (action: string, params: Params, region: string): Fault | null => {
    const at = failures.findIndex((failure) => failure.action === action);
    if (at >= 0) return failures.splice(at, 1)[0]?.fault ?? null;
    return options.faults?.(action, params, region) ?? null;
  };

  return {
    credentials: options.credentials,
    clock: options.clock,
    call(regionId, action, params, credential) {
      calls.set(action, (calls.get(action) ?? 0) + 1);
      const act = ACTS.get(action);
      if (act === undefined) throw new EcsRefusal('InvalidAction.NotFound');
      if (credential?.mayDo?.(ramNameOf(action), regionId) === false) throw new EcsRefusal('Forbidden.RAM');
      if (isTagging(cloud, action, params) && credential?.mayDo?.('ecs:TagResources', regionId) === false)
        throw new EcsRefusal('Forbidden.RAM');
      const region = regionOf(cloud, regionId);
      throttle(action, regionId, options.clock.nowMs());
      const later = (run: () => void) =>
        void options.clock.after(options.random.whole(1_000, LATE_MAX_MS), run);
      return applyFault(faultOf(action, params, regionId), () => act(cloud, region, params), later);
    },
    calls,
    alive,
    paid: () => [...cloud.bills, ...alive().map((machine) => billOf(cloud, machine))],
    failNext(action, fault, times = 1) {
      for (let n = 0; n < times; n++) failures.push({ action, fault });
    },
    interrupt(instanceId) {
      const machine = cloud.machines.get(instanceId);
      if (machine !== undefined) interrupt(cloud, machine);
    },
    setStock: cloud.market.setStock,
    stuckPending(probability) {
      cloud.stuckPending = probability;
    },
    setQuota(quota) {
      Object.assign(cloud.quotas, quota);
    },
    bakeNext: (...outcomes) => void cloud.builder.outcomes.push(...outcomes),
    pipelines: () => [...cloud.builder.pipelines.values()].map(({ name }) => name),
    sessions: sessionsOf(cloud),
    region: (id) => regionOf(cloud, id),
  };
}
