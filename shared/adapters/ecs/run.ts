/** RunInstances, or StartInstance, until its outcome is sure, or sure to stay unknown. */
import {
  CALL_MAX_MS,
  CALL_TRIES_MAX,
  ECS_CALL_MAX_MS,
  ECS_RETRY_PAUSE_MS,
  RETRY_MS,
  UNAVAILABLE_MS,
} from '../../limits.ts';
import type { Clock, Log, RunOutcome, RunRequest } from '../../ports.ts';
import type { EcsCall } from './call.ts';
import { type Failure, failureOf, type Meaning, meaningOf } from './errors.ts';
import { DISKS, type RunSetting, runParameters } from './request.ts';

interface SayWorld {
  readonly call: EcsCall;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Log;
}

export interface RunWorld extends SayWorld {
  readonly setting: RunSetting;
}

const MINUTE_MS = 60_000;

type Tried = RunOutcome | Unsuitable;
type Unsuitable = { readonly kind: 'other-disk' | 'other-level'; readonly code: string };

/** Down the ladder of disks: one that does not suit the type or the zone is a definite refusal. */
export async function runInstance(request: RunRequest, world: RunWorld): Promise<RunOutcome> {
  const untilMs = world.clock.nowMs() + CALL_MAX_MS;
  let code = '';
  let refused = '';
  for (const disk of DISKS) {
    if (disk.category === refused) continue;
    const params = runParameters(request, disk, world.setting, world.clock.nowMs());
    if (typeof params === 'string') return { kind: 'refused', code: params };
    const tried = await sayUntilSure(() => run(request.candidate.region, params, world), untilMs, world);
    if (!isUnsuitable(tried)) return tried;
    const { category, level = '' } = disk;
    world.log('disk.refused', { type: request.candidate.instanceType, category, level, code: tried.code });
    if (tried.kind === 'other-disk') refused = category;
    code = tried.code;
  }
  return { kind: 'unavailable', code, scope: 'offering', forMs: UNAVAILABLE_MS };
}

/** What is refused in words that only a launch can have was refused. */
export async function startInstance(region: string, id: string, world: SayWorld): Promise<RunOutcome> {
  const untilMs = world.clock.nowMs() + CALL_MAX_MS;
  const start = async () => {
    await world.call(region, 'StartInstance', { InstanceId: id });
    return id;
  };
  const tried = await sayUntilSure(start, untilMs, world);
  return isUnsuitable(tried) ? { kind: 'refused', code: tried.code } : tried;
}

const isUnsuitable = (tried: Tried): tried is Unsuitable =>
  tried.kind === 'other-disk' || tried.kind === 'other-level';

/** The same words, at most CALL_TRIES_MAX times. */
async function sayUntilSure(
  ask: () => Promise<string | null>,
  untilMs: number,
  world: SayWorld,
): Promise<Tried> {
  const failures: Failure[] = [];
  for (let tries = 1; ; tries++) {
    const answer = await say(ask);
    if (typeof answer === 'string') return { kind: 'running', instanceId: answer };
    failures.push(answer);
    reportUnknown(answer, world);
    const nextEndsAtMs = world.clock.nowMs() + ECS_RETRY_PAUSE_MS * tries + ECS_CALL_MAX_MS;
    const tried = judged(failures, tries >= CALL_TRIES_MAX || nextEndsAtMs > untilMs, world.clock.nowMs());
    if (tried !== null) return tried;
    await world.pause(ECS_RETRY_PAUSE_MS * tries);
  }
}

/** Loud, whatever its status made of it: the table wants another line. */
function reportUnknown(failure: Failure, { log }: SayWorld): void {
  if (meaningOf(failure).isKnown) return;
  const { code, status } = failure;
  log('ecs.surprised', { code, status, advice: 'report this code: it has no meaning yet' });
}

/** Null: say it again. After an unclear answer nothing but an instance id is believed. */
function judged(failures: readonly Failure[], isLast: boolean, nowMs: number): Tried | null {
  const last = failures.at(-1) as Failure;
  const { meaning } = meaningOf(last);
  if (meaning.kind === 'again' && !isLast) return null;
  if (!failures.every(isDefinite)) return unclear(last);
  if (meaning.kind === 'again') return { kind: 'throttled', code: last.code, retryAtMs: nowMs + RETRY_MS };
  return outcomeOf(meaning, last, nowMs);
}

/** The instance's id, or why there is none. */
async function say(ask: () => Promise<string | null>): Promise<string | Failure> {
  try {
    return (await ask()) ?? { code: 'NoAnswer', status: null };
  } catch (error) {
    return failureOf(error);
  }
}

/** Null: the answer names no instance. */
async function run(
  region: string,
  params: Readonly<Record<string, string>>,
  { call }: SayWorld,
): Promise<string | null> {
  const body = await call(region, 'RunInstances', params);
  const ids = (body.InstanceIdSets as { InstanceIdSet?: unknown } | undefined)?.InstanceIdSet;
  const id: unknown = Array.isArray(ids) ? ids[0] : undefined;
  return typeof id === 'string' && id !== '' ? id : null;
}

/** Sure that this very try made, or started, no instance, and that no earlier one is still at it. */
const NOTHING_WAS_DONE = new Set(['NotSent', 'SignatureNonceUsed']);

function isDefinite(failure: Failure): boolean {
  if (NOTHING_WAS_DONE.has(failure.code)) return true;
  const { kind } = meaningOf(failure).meaning;
  return kind !== 'again' && kind !== 'unknown';
}

const unclear = ({ code, status }: Failure): Tried => ({
  kind: 'unknown',
  code,
  isSilent: status === null || status >= 500,
});

function outcomeOf(meaning: Exclude<Meaning, { kind: 'again' }>, last: Failure, nowMs: number): Tried {
  const { code } = last;
  switch (meaning.kind) {
    case 'unavailable':
    case 'image':
      return { ...meaning, code };
    case 'used-up':
      return { kind: 'used-up', code, scope: meaning.scope };
    case 'refused':
      return { kind: 'refused', code, ...(meaningOf(last).isKnown ? {} : { isUnknown: true as const }) };
    case 'other-disk':
    case 'other-level':
      return { kind: meaning.kind, code };
    case 'throttled':
      return { kind: 'throttled', code, retryAtMs: nextMinute(nowMs) };
    case 'unknown':
      return unclear(last);
    case 'fatal':
      return { kind: 'fatal', code, advice: meaning.advice };
  }
}

/** Alibaba Cloud docs, "API throttling": what is throttled in one minute stays so until the next. */
function nextMinute(nowMs: number): number {
  return (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
}
