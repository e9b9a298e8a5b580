/** What ECS says is there. Every page is read against its shape: half a page proves nothing. */
import * as z from 'zod';
import {
  CALL_TRIES_MAX,
  ECS_RETRY_PAUSE_MS,
  INSTANCE_IDS_PER_CALL_MAX,
  INSTANCE_PAGES_MAX,
} from '../../limits.ts';
import { runnerNamePattern, TAG } from '../../names.ts';
import type { Instance, Listing } from '../../nouns.ts';
import { CONSOLE_MAX_CHARS } from '../../runner/limits.ts';
import { walkPages } from '../alibaba/pages.ts';
import type { EcsCall } from './call.ts';
import { failureOf, meaningOf } from './errors.ts';

export interface LookUpWorld {
  readonly call: EcsCall;
  readonly pause: (ms: number) => Promise<void>;
  readonly deployment: string;
}

/** @see SDK model DescribeInstancesResponseBody; names as the wire spells them */
const Page = z.object({
  Instances: z.object({
    Instance: z.array(
      z.object({
        InstanceId: z.string().min(1),
        RegionId: z.string().min(1),
        InstanceName: z.string().optional(),
        ZoneId: z.string(),
        InstanceType: z.string(),
        Status: z.enum(['Pending', 'Starting', 'Running', 'Stopping', 'Stopped']),
        StoppedMode: z.string().optional(),
        CreationTime: z.string(),
        AutoReleaseTime: z.string().optional(),
        SpotStrategy: z.string().optional(),
        OperationLocks: z.object({ LockReason: z.array(z.object({ LockReason: z.string() })) }).optional(),
        SecurityGroupIds: z.object({ SecurityGroupId: z.array(z.string()) }).optional(),
        VpcAttributes: z.object({ VSwitchId: z.string().optional() }).optional(),
        Tags: z.object({ Tag: z.array(z.object({ TagKey: z.string(), TagValue: z.string() })) }).optional(),
      }),
    ),
  }),
  NextToken: z.string().optional(),
});
type Row = z.output<typeof Page>['Instances']['Instance'][number];

/**
 * All of this deployment in one region: by their name, because ECS refuses a filter by tag for more than 1,000 instances
 * (SDK model DescribeInstancesRequestTag); which of them are ours say their tags.
 */
export async function listInstances(region: string, world: LookUpWorld): Promise<Listing<Instance>> {
  const { deployment } = world;
  const { things, complete } = await described(
    region,
    { InstanceName: runnerNamePattern(deployment) },
    world,
  );
  return { things: things.filter(({ tags }) => tags[TAG.deployment] === deployment), complete };
}

/** SDK model DescribeInstancesRequestTag: at most 1,000, or ECS refuses. */
export async function listTagged(
  region: string,
  world: LookUpWorld,
  key: string = TAG.deployment,
): Promise<Listing<Instance>> {
  return described(region, { 'Tag.1.Key': key, 'Tag.1.Value': world.deployment }, world);
}

/** Everybody's in one network. */
export const listInNetwork = (region: string, vpc: string, world: LookUpWorld): Promise<Listing<Instance>> =>
  described(region, { VpcId: vpc }, world);

/** Those of `ids` that exist, whatever the order. */
export async function findInstances(
  region: string,
  ids: readonly string[],
  world: LookUpWorld,
): Promise<Instance[]> {
  const wanted = [...new Set(ids)];
  const found: Instance[] = [];
  for (let at = 0; at < wanted.length; at += INSTANCE_IDS_PER_CALL_MAX) {
    const batch = wanted.slice(at, at + INSTANCE_IDS_PER_CALL_MAX);
    const listed = await described(region, { InstanceIds: JSON.stringify(batch) }, world);
    if (!listed.complete) throw new Error(`ECS did not say all about ${batch.length} instances`);
    found.push(...listed.things.filter(({ id }) => batch.includes(id)));
  }
  return found;
}

async function described(
  region: string,
  filter: Readonly<Record<string, string>>,
  world: LookUpWorld,
): Promise<Listing<Instance>> {
  // No other sign says that it is whole: TotalCount means nothing beside a token (SDK model DescribeInstancesResponseBody).
  const { pages, complete } = await walkPages(INSTANCE_PAGES_MAX, async (next) =>
    Page.parse(await ask(region, 'DescribeInstances', { ...filter, MaxResults: '100', ...next }, world)),
  );
  const rows = pages.flatMap(({ Instances }) => Instances.Instance);
  const found = new Map(rows.map((row) => [row.InstanceId, instanceOf(row)]));
  return { things: [...found.values()], complete };
}

/** A question changes nothing, so it may be asked again; a throttled one may not, before the next minute. */
export async function ask(
  region: string,
  action: string,
  params: Readonly<Record<string, string>>,
  { call, pause }: LookUpWorld,
): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    try {
      return await call(region, action, params);
    } catch (error) {
      if (tries >= CALL_TRIES_MAX || meaningOf(failureOf(error)).meaning.kind !== 'again') throw error;
      await pause(ECS_RETRY_PAUSE_MS * tries);
    }
  }
}

function instanceOf(row: Row): Instance {
  const locks = row.OperationLocks?.LockReason ?? [];
  return {
    id: row.InstanceId,
    region: row.RegionId,
    status: row.Status,
    instanceType: row.InstanceType,
    zone: row.ZoneId,
    capacityType: capacityTypeOf(row),
    createdAtMs: parseTime(row.CreationTime),
    releaseAtMs: row.AutoReleaseTime ? parseTime(row.AutoReleaseTime) : null,
    name: row.InstanceName ?? '',
    securityGroupIds: row.SecurityGroupIds?.SecurityGroupId ?? [],
    vSwitchId: row.VpcAttributes?.VSwitchId ?? '',
    ...(row.Status === 'Stopped' && row.StoppedMode === 'StopCharging' ? { stopsCharging: true } : {}),
    isRecycling: locks.some(({ LockReason }) => LockReason === 'Recycling'),
    tags: Object.fromEntries((row.Tags?.Tag ?? []).map(({ TagKey, TagValue }) => [TagKey, TagValue])),
  };
}

/** SDK model DescribeInstancesResponseBody: NoSpot is pay-as-you-go. */
function capacityTypeOf({ SpotStrategy }: Row): Instance['capacityType'] {
  if (SpotStrategy === undefined || SpotStrategy === '') return null;
  return SpotStrategy === 'NoSpot' ? 'on-demand' : 'spot';
}

function parseTime(text: string): number {
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) throw new Error(`ECS gave a time that is none: ${text.slice(0, 40)}`);
  return atMs;
}

/** What the machine said last, without colours and control characters; null: it is gone. */
export async function lookAtConsole(region: string, id: string, world: LookUpWorld): Promise<string | null> {
  try {
    const body = await ask(
      region,
      'GetInstanceConsoleOutput',
      { InstanceId: id, RemoveSymbols: 'true' },
      world,
    );
    const text = z.object({ ConsoleOutput: z.string().optional() }).parse(body).ConsoleOutput ?? '';
    return readable(Buffer.from(text, 'base64').toString('utf8')).slice(-CONSOLE_MAX_CHARS);
  } catch (error) {
    if (failureOf(error).status === 404) return null;
    throw error;
  }
}

function readable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replace(/[^\P{Cc}\n\t]/gu, '');
}
