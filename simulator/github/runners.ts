/**
 * Self-hosted runners: minted as JIT configs, connected by real runners, gone after one job.
 * GitHub docs, "Create configuration for a just-in-time runner"; seen in the wild: no label is added
 * implicitly, labels are stored in lower case, a config is about 4 KB.
 */

import { letters } from './auth.ts';
import { admitRegistration } from './limits.ts';
import type { Scope, SimRunner } from './model.ts';
import { newId, type State } from './state.ts';
import { Refusal } from './wire.ts';

const EPHEMERAL_UNUSED_MS = 24 * 3_600_000;
const NAME_MAX_CHARS = 64;

export function isInScope(runner: SimRunner, scope: Scope): boolean {
  return scopeKey(runner.scope) === scopeKey(scope);
}

export function scopeKey(scope: Scope): string {
  return (scope.kind === 'organization' ? scope.organization : scope.repository).toLowerCase();
}

export interface JitBody {
  readonly name?: unknown;
  readonly runner_group_id?: unknown;
  readonly labels?: unknown;
}

/** `groupFor` says whether the group may be used; it throws GitHub's refusal if not. */
export function mint(state: State, scope: Scope, body: JitBody, groupFor: (id: number) => void): SimRunner {
  const { name, groupId, labels } = parsed(body);
  groupFor(groupId);
  const taken = [...state.runners.values()].some(
    (runner) => isInScope(runner, scope) && runner.name.toLowerCase() === name.toLowerCase(),
  );
  if (taken) throw new Refusal(409, `Already exists - A runner with the name ${name} already exists.`);
  admitRegistration(state, scopeKey(scope));
  const id = newId(state);
  const runner: SimRunner = {
    id,
    name,
    scope,
    groupId,
    labels: labels.map((label) => label.toLowerCase()),
    jitConfig: encodedConfig(state, id, name),
    createdAtMs: state.clock.nowMs(),
    listener: null,
    isUsed: false,
    isOnline: false,
    isVanished: false,
    isDeaf: state.random.chance(state.behaviour.deaf),
    isListed: true,
    isBusyHidden: false,
    job: null,
    offlineSinceMs: state.clock.nowMs(),
  };
  state.runners.set(id, runner);
  state.runnersByConfig.set(runner.jitConfig, runner);
  expire(state, runner);
  return runner;
}

function parsed({ name, runner_group_id: groupId, labels }: JitBody) {
  const missing = (what: string): Refusal =>
    new Refusal(422, `Invalid request.\n\n"${what}" wasn't supplied.`);
  if (name === undefined) throw missing('name');
  if (groupId === undefined) throw missing('runner_group_id');
  if (labels === undefined) throw missing('labels');
  if (typeof name !== 'string' || name === '' || name.length > NAME_MAX_CHARS) {
    throw new Refusal(422, 'Invalid request.\n\nThe runner name is not valid.');
  }
  if (typeof groupId !== 'number' || !Number.isInteger(groupId)) {
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/runner_group_id', it is not an integer.");
  }
  return { name, groupId, labels: parsedLabels(labels) };
}

function parsedLabels(labels: unknown): string[] {
  if (!Array.isArray(labels) || labels.length < 1 || labels.length > 100) {
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/labels', 1 to 100 items are allowed.");
  }
  if (!labels.every((label) => typeof label === 'string' && label !== '')) {
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/labels/items', it is not a string.");
  }
  // Nobody knows whether GitHub takes them; we are to get on without.
  if (new Set(labels.map((label: string) => label.toLowerCase())).size < labels.length) {
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/labels', items must be unique.");
  }
  return labels as string[];
}

/** Base64 of three files, as the runner unpacks it; the credentials are of this simulator only. */
function encodedConfig(state: State, id: number, name: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
  const files = {
    '.runner': part({
      AgentId: String(id),
      AgentName: name,
      Ephemeral: 'True',
      ServerUrlV2: 'https://broker',
    }),
    '.credentials': part({ scheme: 'OAuth', data: { clientId: letters(state, 36) } }),
    '.credentials_rsaparams': part({ d: letters(state, 344), modulus: letters(state, 1_684) }),
  };
  return Buffer.from(JSON.stringify(files)).toString('base64');
}

/** GitHub docs: an ephemeral runner that was not connected for a day is removed. */
function expire(state: State, runner: SimRunner): void {
  state.clock.after(EPHEMERAL_UNUSED_MS, () => {
    const isUnused = !runner.isOnline && runner.job === null;
    if (isUnused && state.clock.nowMs() >= runner.offlineSinceMs + EPHEMERAL_UNUSED_MS) {
      dropRunner(state, runner);
    }
  });
}

export function goOffline(state: State, runner: SimRunner): void {
  runner.listener = null;
  runner.isOnline = false;
  runner.offlineSinceMs = state.clock.nowMs();
  state.idle.delete(runner);
  expire(state, runner);
}

/** The registration is gone; a connected process is told. */
export function dropRunner(state: State, runner: SimRunner): void {
  state.runners.delete(runner.id);
  state.runnersByConfig.delete(runner.jitConfig);
  state.idle.delete(runner);
  runner.isOnline = false;
}

/** `DELETE …/actions/runners/{id}`; a job that is running goes on where GitHub failed to see it. */
export function removeRunner(state: State, runner: SimRunner): void {
  if (runner.job !== null && !runner.isBusyHidden) {
    throw new Refusal(422, `Bad request - Runner "${runner.name}" is still running a job"`);
  }
  dropRunner(state, runner);
  if (runner.job !== null) return;
  const { listener } = runner;
  runner.listener = null;
  const [min, max] = state.behaviour.pollMs;
  state.clock.after(state.random.whole(min, max), () => {
    if (!runner.isVanished) listener?.onExit?.('removed');
  });
}
