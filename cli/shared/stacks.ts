/** Stacks of Resource Orchestration Service: what is there, what would change, and changing it. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Template } from '../../infra/app.ts';
import type { Alibaba } from './alibaba.ts';
import { keepingLedger } from './stacks/kept-ledger.ts';
import { findStack } from './stacks/listed.ts';
import { isNeverMade, lineOfWay, StackFailed, type Way, wayOf } from './stacks/states.ts';

export interface StackWorld {
  readonly alibaba: Alibaba;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface StackChange {
  readonly template: Template;
  /** Null: it is not there yet. */
  readonly stackId: string | null;
  readonly way: Way;
  /** One line for each resource: `+ Vpc`, `~ RoleLauncher`, `- Nat`; and what else is to be known. Empty: nothing would change. */
  readonly lines: readonly string[];
}

export type Outputs = Readonly<Record<string, string>>;

/** An hour: what is made or changed may take half of it, and be undone in the other half. */
const LOOKS_MAX = 720;
const LOOK_PAUSE_MS = 5_000;
const TIMEOUT_MINUTES = '30';
const REASONS_MAX = 3;

interface Body {
  readonly Resources?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** Null: there is no stack of this name. */
export async function findStackId(
  world: StackWorld,
  place: Pick<Template, 'stackName' | 'region'>,
): Promise<string | null> {
  return (await findStack(world, place))?.StackId ?? null;
}

/** Throws, with what to do, where the stack is in a state from which nothing leads on. */
export async function compareStack(world: StackWorld, wanted: Template): Promise<StackChange> {
  const found = await findStack(world, wanted);
  const stackId = found?.StackId ?? null;
  const status = found?.Status ?? null;
  const held: Body = stackId === null ? {} : await templateOf(world, wanted.region, stackId);
  const before = status === null || isNeverMade(status) ? {} : held;
  const template = keepingLedger(wanted, before);
  const lines = differences(before, template.body as Body);
  const way = wayOf(wanted.stackName, status, lines.length === 0);
  const told = lineOfWay(way, status, retained(held));
  return { template, stackId, way, lines: told === null ? lines : [told, ...lines] };
}

/** Resources that outlive their stack. */
const retained = ({ Resources = {} }: Body): string[] =>
  Object.entries(Resources as Readonly<Record<string, { readonly DeletionPolicy?: string } | null>>)
    .filter(([, resource]) => resource?.DeletionPolicy === 'Retain')
    .map(([name]) => name);

/** As it was given: the default, `Processed`, would differ from it (SDK model GetTemplateRequest, TemplateStage). */
export async function templateOf({ alibaba }: StackWorld, region: string, StackId: string): Promise<Body> {
  const asked = { StackId, TemplateStage: 'Original' };
  const { TemplateBody } = await alibaba.rpc('ros', region, 'GetTemplate', asked);
  return JSON.parse(String(TemplateBody)) as Body;
}

export function differences(before: Body, after: Body): string[] {
  const [old, next] = [before.Resources ?? {}, after.Resources ?? {}];
  const made = Object.keys(next).filter((key) => !(key in old));
  const gone = Object.keys(old).filter((key) => !(key in next));
  const other = Object.keys(next).filter((key) => key in old && !isDeepStrictEqual(old[key], next[key]));
  const isNew = before.Resources === undefined;
  const outputChanges =
    isNew || isDeepStrictEqual(before.Outputs ?? {}, after.Outputs ?? {}) ? [] : ['~ outputs'];
  return [
    ...made.map((key) => `+ ${key}`),
    ...other.map((key) => `~ ${key}`),
    ...gone.map((key) => `- ${key}`),
    ...outputChanges,
  ];
}

/** Does what `change` says, and waits for its end. Throws when it did not end well. */
export async function apply(world: StackWorld, change: StackChange): Promise<Outputs> {
  const { way, stackId, template } = change;
  const { region } = template;
  if (way === 'make' || stackId === null) return made(world, template);
  if (way === 'wait') await ended(world, region, stackId);
  if (way === 'again') await removeStack(world, region, stackId);
  if (way === 'wait' || way === 'again') {
    const next = await compareStack(world, template);
    if (next.way === way) throw new Error(`stack ${template.stackName} is changed by somebody else`);
    return apply(world, next);
  }
  if (way === 'change') await update(world, stackId, template);
  return settled(world, region, stackId, way === 'change' ? /^UPDATE_COMPLETE$/ : /COMPLETE$|^CHECK_FAILED$/);
}

/** Said again after a lost answer, it is the same request (SDK models CreateStackRequest, UpdateStackRequest). */
const limits = () => ({ TimeoutInMinutes: TIMEOUT_MINUTES, ClientToken: randomUUID() });
/** In the body: a template is longer than an address may be. */
const formOf = ({ body }: Template) => ({ TemplateBody: JSON.stringify(body) });

async function made(world: StackWorld, template: Template): Promise<Outputs> {
  const { region, stackName: StackName } = template;
  const wanted = { StackName, ...limits() };
  const { StackId } = await world.alibaba.rpc('ros', region, 'CreateStack', wanted, formOf(template));
  return settled(world, region, String(StackId), /^CREATE_COMPLETE$/);
}

async function update({ alibaba }: StackWorld, StackId: string, template: Template): Promise<void> {
  await alibaba.rpc('ros', template.region, 'UpdateStack', { StackId, ...limits() }, formOf(template));
}

interface StackRecord {
  readonly Status: string;
  readonly StatusReason?: string;
  readonly StackName: string;
  readonly Outputs?: readonly { readonly OutputKey: string; readonly OutputValue: unknown }[];
}

async function settled(world: StackWorld, region: string, StackId: string, well: RegExp): Promise<Outputs> {
  const seen = await ended(world, region, StackId);
  if (seen !== null && well.test(seen.Status)) return outputsIn(seen);
  throw await failure(world, region, StackId, seen);
}

/** Null: it is gone. */
async function ended(world: StackWorld, region: string, StackId: string): Promise<StackRecord | null> {
  for (let look = 0; look < LOOKS_MAX; look++) {
    const seen = await world.alibaba.rpc('ros', region, 'GetStack', { StackId }).catch(gone);
    if (seen === null || seen.Status === 'DELETE_COMPLETE') return null;
    if (!String(seen.Status).endsWith('IN_PROGRESS')) return seen as unknown as StackRecord;
    await world.sleep(LOOK_PAUSE_MS);
  }
  throw new Error(`stack ${StackId} is still in progress`);
}

async function failure(world: StackWorld, region: string, StackId: string, seen: StackRecord | null) {
  if (seen === null) return new Error(`stack ${StackId} was removed by somebody else`);
  const because = (await reasons(world, region, StackId)) || seen.StatusReason || 'no reason given';
  return new StackFailed(seen.StackName, seen.Status, because);
}

interface StackEvent {
  readonly LogicalResourceId: string;
  readonly StackName: string;
  readonly Status: string;
  readonly StatusReason?: string;
  readonly CreateTime: string;
}

/** A stack that was rolled back says of itself that this went well: why, its resources say (SDK model ListStackEvents). */
async function reasons({ alibaba }: StackWorld, region: string, StackId: string): Promise<string> {
  const { Events = [] } = await alibaba.rpc('ros', region, 'ListStackEvents', { StackId, PageSize: '50' });
  return (Events as StackEvent[])
    .filter((each) => /_FAILED$/.test(each.Status) && each.LogicalResourceId !== each.StackName)
    .toSorted((a, b) => b.CreateTime.localeCompare(a.CreateTime))
    .slice(0, REASONS_MAX)
    .map(({ LogicalResourceId, StatusReason = 'no reason given' }) => `${LogicalResourceId}: ${StatusReason}`)
    .join('; ');
}

const outputsIn = ({ Outputs = [] }: StackRecord): Outputs =>
  Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, String(OutputValue)]));

/** None of one that has gone meanwhile. */
export async function outputsOf({ alibaba }: StackWorld, region: string, StackId: string): Promise<Outputs> {
  const seen = await alibaba.rpc('ros', region, 'GetStack', { StackId }).catch(gone);
  return seen === null ? {} : outputsIn(seen as unknown as StackRecord);
}

/** Waits until it is gone. */
export async function removeStack(world: StackWorld, region: string, StackId: string): Promise<void> {
  // It may have been on its way out before.
  await world.alibaba.rpc('ros', region, 'DeleteStack', { StackId }).catch(gone);
  const seen = await ended(world, region, StackId);
  if (seen !== null) throw await failure(world, region, StackId, seen);
}

function gone(error: unknown): null {
  if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return null;
  throw error;
}
