/** Resource Orchestration Service (2019-09-10): stacks are made, changed and removed, and that takes a while. */
import { isDeepStrictEqual } from 'node:util';
import { eventsOf, failed, type SimStack } from './stack.ts';
import { parametersFor, parseTemplate } from './stack-parameters.ts';
import { EGRESS, ManagementRefusal, type ManagementState, needed, type Query } from './state.ts';

export type RpcAct = (state: ManagementState, query: Query) => object;

export const STACK_ACTS: Readonly<Record<string, RpcAct>> = {
  CreateStack: once(create),
  UpdateStack: once(update),
  DeleteStack: remove,
  GetStack: get,
  ListStacks: list,
  ListStackEvents: (state, query) => eventsOf(found(state, query)),
  GetTemplate: template,
};

/** SDK model GetTemplateRequest, TemplateStage: `Processed` where none is named. What that changes is UNCONFIRMED: here, defaults are written out. */
function template(state: ManagementState, query: Query): object {
  const { template: TemplateBody } = found(state, query);
  if (query.TemplateStage === 'Original') return { TemplateBody };
  const processed = JSON.parse(TemplateBody) as { Resources?: Record<string, object> };
  const written = ([name, resource]: [string, object]) => [name, { DeletionPolicy: 'Delete', ...resource }];
  const Resources = Object.fromEntries(Object.entries(processed.Resources ?? {}).map(written));
  return { TemplateBody: JSON.stringify({ ...processed, Resources }) };
}

/** SDK model CreateStackRequest, ClientToken: the same token is the same request. */
function once(act: RpcAct): RpcAct {
  return (state, query) => {
    const { ClientToken: token } = query;
    const answered = token === undefined ? undefined : state.tokens.get(token);
    if (answered !== undefined) return answered;
    const answer = act(state, query);
    if (token !== undefined) state.tokens.set(token, answer);
    return answer;
  };
}

function create(state: ManagementState, query: Query): object {
  const name = needed(query, 'StackName');
  const region = needed(query, 'RegionId');
  const template = needed(query, 'TemplateBody');
  const parameters = parametersFor(parseTemplate(template), query);
  const isTaken = [...state.stacks.values()].some((stack) => stack.name === name && stack.region === region);
  if (isTaken) throw new ManagementRefusal(409, 'StackExists', `The Stack (${name}) already exists.`);
  const id = `stack-${++state.lastId}`;
  const stack: SimStack = {
    id,
    name,
    region,
    template,
    parameters,
    status: 'CREATE_IN_PROGRESS',
    statusReason: '',
    outputs: {},
    pending: 'CREATE_COMPLETE',
    applied: null,
    isLeftAsFailed: query.DisableRollback === 'true',
  };
  state.stacks.set(id, stack);
  return { StackId: id };
}

/** ROS docs, "Update a stack", Limits: in no other state. */
const UPDATABLE =
  /^((IMPORT_)?(CREATE|UPDATE)_COMPLETE|(IMPORT_)?UPDATE_FAILED|(IMPORT_UPDATE_)?ROLLBACK_(COMPLETE|FAILED)|CHECK_(COMPLETE|FAILED))$/;

/** An update that changes nothing is refused, as the service does; after one that failed there is something to do. */
function update(state: ManagementState, query: Query): object {
  const stack = found(state, query);
  const template = needed(query, 'TemplateBody');
  const parameters = parametersFor(parseTemplate(template), query);
  if (stack.status.endsWith('IN_PROGRESS'))
    throw new ManagementRefusal(
      400,
      'ActionInProgress',
      `Stack ${stack.name} already has an action in progress.`,
    );
  if (!UPDATABLE.test(stack.status))
    throw new ManagementRefusal(400, 'NotSupported', `A stack that is ${stack.status} cannot be updated.`);
  const isSame = template === stack.template && isDeepStrictEqual(parameters, stack.parameters);
  if (isSame && !stack.status.endsWith('FAILED'))
    throw new ManagementRefusal(400, 'NotSupported', 'Update the completely same stack is not supported.');
  Object.assign(stack, { template, parameters, status: 'UPDATE_IN_PROGRESS', pending: 'UPDATE_COMPLETE' });
  return { StackId: stack.id };
}

function remove(state: ManagementState, query: Query): object {
  Object.assign(found(state, query), { status: 'DELETE_IN_PROGRESS', pending: 'DELETE_COMPLETE' });
  return {};
}

function found(state: ManagementState, query: Query): SimStack {
  const stack = state.stacks.get(needed(query, 'StackId'));
  if (stack === undefined)
    throw new ManagementRefusal(404, 'StackNotFound', `The Stack (${query.StackId}) could not be found.`);
  return stack;
}

async function get(state: ManagementState, query: Query): Promise<object> {
  const stack = found(state, query);
  const answer = shown(stack);
  await settle(state, stack);
  return answer;
}

/** Ends at the look after the one that saw it in progress. */
async function settle(state: ManagementState, stack: SimStack): Promise<void> {
  const { pending } = stack;
  if (pending === null) return;
  stack.pending = null;
  if (pending.includes('ROLLBACK')) {
    // It tells how undoing went; why anything was undone, only the events tell.
    Object.assign(stack, { status: pending, statusReason: 'Stack ROLLBACK completed successfully' });
    return;
  }
  try {
    if (state.stackFailure !== null) throw new ManagementRefusal(400, 'StackFailed', state.stackFailure);
    if (pending === 'DELETE_COMPLETE') await removed(state, stack);
    else await made(state, stack, pending);
  } catch (error) {
    if (!(error instanceof ManagementRefusal)) throw error;
    state.stackFailure = null;
    failed(stack, pending.replace('COMPLETE', 'FAILED'), error.message);
  }
}

async function removed(state: ManagementState, stack: SimStack): Promise<void> {
  await state.onStack?.(stack, stack.applied, null);
  state.stacks.delete(stack.id);
}

async function made(state: ManagementState, stack: SimStack, status: string): Promise<void> {
  const { Outputs = {} } = parseTemplate(stack.template);
  const applied = { text: stack.template, parameters: stack.parameters };
  stack.outputs = Object.fromEntries(Object.keys(Outputs).map((key) => [key, outputOf(key, stack.id)]));
  const found = await state.onStack?.(stack, stack.applied, applied);
  Object.assign(stack, { status, applied, outputs: { ...stack.outputs, ...found } });
}

const PREFIXES: readonly [RegExp, string][] = [
  [/VSwitch/, 'vsw'],
  [/SecurityGroup/, 'sg'],
  [/Vpc/, 'vpc'],
];

function outputOf(key: string, stackId: string): string {
  if (key === 'FunctionsAddress') return EGRESS.nat;
  const prefix = PREFIXES.find(([pattern]) => pattern.test(key))?.[1];
  return prefix === undefined ? `${key} of ${stackId}` : `${prefix}-${key.toLowerCase()}${stackId.slice(6)}`;
}

function list(state: ManagementState, query: Query): object {
  const names = Object.entries(query).flatMap(([key, value]) =>
    /^StackName\.\d+$/.test(key) ? [value] : [],
  );
  const stacks = [...state.stacks.values()].filter(
    ({ name, region }) => region === query.RegionId && (names.length === 0 || names.includes(name)),
  );
  return {
    PageNumber: 1,
    PageSize: 10,
    TotalCount: stacks.length,
    Stacks: stacks.map(({ id, name, status }) => ({ StackId: id, StackName: name, Status: status })),
  };
}

function shown({ id, name, status, statusReason, outputs }: SimStack): object {
  return {
    StackId: id,
    StackName: name,
    Status: status,
    StatusReason: statusReason,
    Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  };
}
