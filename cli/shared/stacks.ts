/** Stacks of Resource Orchestration Service: what is there, what would change, and changing it. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Template } from '../../infra/app.ts';
import type { Alibaba } from './alibaba.ts';
import { keepingLedger } from './kept-ledger.ts';

export interface StackWorld {
  readonly alibaba: Alibaba;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface StackChange {
  readonly template: Template;
  /** Null: it is not there yet. */
  readonly stackId: string | null;
  /** One line for each resource: `+ Vpc`, `~ RoleLauncher`, `- Nat`. Empty: nothing would change. */
  readonly lines: readonly string[];
}

export type Outputs = Readonly<Record<string, string>>;

const LOOKS_MAX = 360;
const LOOK_PAUSE_MS = 5_000;
const TIMEOUT_MINUTES = '30';

interface Body {
  readonly Resources?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** Null: there is no stack of this name. */
export async function findStackId(
  { alibaba }: StackWorld,
  { stackName, region }: Pick<Template, 'stackName' | 'region'>,
): Promise<string | null> {
  const { Stacks } = await alibaba.rpc('ros', region, 'ListStacks', { 'StackName.1': stackName });
  const found = (Stacks as { StackId: string; StackName: string; Status: string }[]).find(
    (stack) => stack.StackName === stackName && stack.Status !== 'DELETE_COMPLETE',
  );
  return found?.StackId ?? null;
}

export async function compareStack(world: StackWorld, wanted: Template): Promise<StackChange> {
  const stackId = await findStackId(world, wanted);
  const before: Body = stackId === null ? {} : await templateOf(world, wanted.region, stackId);
  const template = keepingLedger(wanted, before);
  return { template, stackId, lines: differences(before, template.body as Body) };
}

export async function templateOf({ alibaba }: StackWorld, region: string, StackId: string): Promise<Body> {
  const { TemplateBody } = await alibaba.rpc('ros', region, 'GetTemplate', { StackId });
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

/** Creates or changes it, if there is anything to change, and waits for its end. Throws when it did not end well. */
export async function apply(world: StackWorld, change: StackChange): Promise<Outputs> {
  const { template, lines } = change;
  const { region, stackName } = template;
  let { stackId } = change;
  // Said again after a lost answer, it is the same request (SDK models CreateStackRequest, UpdateStackRequest).
  const ClientToken = randomUUID();
  // In the body: a template is longer than an address may be.
  const form = { TemplateBody: JSON.stringify(template.body) };
  if (stackId === null) {
    const wanted = { StackName: stackName, TimeoutInMinutes: TIMEOUT_MINUTES, ClientToken };
    stackId = String((await world.alibaba.rpc('ros', region, 'CreateStack', wanted, form)).StackId);
  } else if (lines.length > 0)
    await world.alibaba.rpc(
      'ros',
      region,
      'UpdateStack',
      { StackId: stackId, TimeoutInMinutes: TIMEOUT_MINUTES, ClientToken },
      form,
    );
  return settled(world, region, stackId);
}

interface StackRecord {
  readonly Status: string;
  readonly StatusReason?: string;
  readonly StackName: string;
  readonly Outputs?: readonly { readonly OutputKey: string; readonly OutputValue: unknown }[];
}

async function settled(world: StackWorld, region: string, StackId: string): Promise<Outputs> {
  for (let look = 0; look < LOOKS_MAX; look++) {
    const seen = (await world.alibaba.rpc('ros', region, 'GetStack', { StackId })) as unknown as StackRecord;
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(seen.Status)) return outputsIn(seen);
    if (!seen.Status.endsWith('IN_PROGRESS'))
      throw new Error(
        `stack ${seen.StackName} ended as ${seen.Status}: ${seen.StatusReason ?? 'no reason given'}`,
      );
    await world.sleep(LOOK_PAUSE_MS);
  }
  throw new Error(`stack ${StackId} is still in progress`);
}

const outputsIn = ({ Outputs = [] }: StackRecord): Outputs =>
  Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, String(OutputValue)]));

/** Waits until it is gone. */
export async function removeStack(world: StackWorld, region: string, StackId: string): Promise<void> {
  await world.alibaba.rpc('ros', region, 'DeleteStack', { StackId });
  for (let look = 0; look < LOOKS_MAX; look++) {
    const seen = await world.alibaba.rpc('ros', region, 'GetStack', { StackId }).catch(gone);
    const status = seen === null ? 'DELETE_COMPLETE' : String(seen.Status);
    if (status === 'DELETE_COMPLETE') return;
    if (!status.endsWith('IN_PROGRESS'))
      throw new Error(`stack ${StackId} ended as ${status}: ${String(seen?.StatusReason ?? '')}`);
    await world.sleep(LOOK_PAUSE_MS);
  }
  throw new Error(`stack ${StackId} is still being deleted`);
}

function gone(error: unknown): null {
  if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return null;
  throw error;
}
