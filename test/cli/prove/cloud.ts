/** An account for `prove` on a virtual clock, in which each fact may be turned, and a run killed at any call. */
import { join } from 'node:path';
import { newDraft } from '../../../cli/prove/draft.ts';
import { type Proof, proofOf } from '../../../cli/prove/page.ts';
import { planOf } from '../../../cli/prove/plan.ts';
import { stepsOf } from '../../../cli/prove/steps.ts';
import { type Intention, Left, type ProveWorld } from '../../../cli/prove/world.ts';
import type { AccessKey } from '../../../shared/adapters/alibaba/acs3.ts';
import type { EcsCall } from '../../../shared/adapters/ecs/call.ts';
import { readUserDataScripts } from '../../../shared/adapters/user-data-scripts.ts';
import type { RunnerRelease } from '../../../shared/runner/release.ts';
import type { Credential } from '../../../simulator/accounts.ts';
import { VirtualClock } from '../../../simulator/clock.ts';
import { createEcs, type EcsOptions } from '../../../simulator/ecs/index.ts';
import { ACCOUNT_ACTS, createManagement } from '../../../simulator/management/index.ts';
import { seeded } from '../../../simulator/random.ts';
import { configOf, START_MS } from '../../world/in-process.ts';
import { RELEASE } from '../../world/release.ts';
import { type BootTurned, tracingDriver } from './driver.ts';

const ROOT = join(import.meta.dirname, '../../..');
const MINUTE_MS = 60_000;
const SCRIPTS = readUserDataScripts(join(ROOT, 'userdata'));
const configWith = (metadata: 'hardened' | 'any') =>
  configOf({
    images: { amd64: { family: 'acs:ubuntu_24_04_x64', metadata } },
    tags: { costCenter: 'ci' },
    placements: [
      {
        region: 'cn-hangzhou',
        zones: { h: 'vsw-cn-hangzhou-h', i: 'vsw-cn-hangzhou-i', k: 'vsw-cn-hangzhou-k' },
        securityGroup: 'sg-cn-hangzhou',
        mirrorBucket: 'acme-ci-mirror',
      },
    ],
  });
export const CONFIG = configWith('hardened');

export interface Turned {
  readonly metadata?: 'any';
  readonly ecs?: Partial<EcsOptions>;
  readonly boot?: BootTurned;
  /** Signatures that the gateway takes. */
  readonly signatures?: readonly string[];
  /** Changes what DescribeImages says. */
  readonly image?: object;
  readonly isSweeping?: boolean;
  readonly release?: RunnerRelease | null;
}

/** Death at the call of this number, counted from 1: before it has its effect, or after. */
export interface Death {
  readonly atCall: number;
  readonly when: 'before' | 'after';
}

class Dead extends Error {}

/** Everything that leaves the process goes through `reach`; after its death nothing does. */
function mortal(death: Death | null, count: () => number) {
  let isDead = false;
  const demand = () => {
    if (isDead) throw new Dead();
  };
  const dieIf = (isNow: boolean) => {
    isDead ||= isNow;
    demand();
  };
  const reach = async <Answer>(act: () => Answer | Promise<Answer>): Promise<Answer> => {
    demand();
    const isLast = count() === death?.atCall;
    dieIf(isLast && death?.when === 'before');
    const answer = await act();
    dieIf(isLast);
    return answer;
  };
  return { demand, reach };
}

export function openCloud(turned: Turned = {}) {
  const config = configWith(turned.metadata ?? 'hardened');
  const clock = new VirtualClock(START_MS);
  const management = createManagement('1234567890123456');
  const keys = new Map<string, Credential>();
  management.onAssume = (role, key) =>
    keys.set(key.AccessKeyId, {
      secret: key.AccessKeySecret,
      mayDo: (action) => actionsOf(management.roles.get(role)?.policies.values() ?? []).has(action),
    });
  const ecs = createEcs({
    ...{ clock, random: seeded(7), credentials: () => null, soldOut: 0 },
    ...{ boot: tracingDriver(turned.boot ?? {}), ...turned.ecs },
  });
  let kept: Intention | null = null;
  let calls = 0;

  function world(death: Death | null = null, signal?: AbortSignal): ProveWorld {
    const life = mortal(death, () => ++calls);
    const { reach } = life;
    const ecsOf = (key: AccessKey | null): EcsCall => {
      const credential =
        key === null ? undefined : (keys.get(key.accessKeyId) ?? { secret: '', mayDo: () => false });
      return (region, action, params) =>
        reach(() => answerOf(turned, ecs, region, action, params, credential));
    };
    return {
      ...{ config, nowMs: () => clock.nowMs(), scripts: SCRIPTS, run: 'a1b2c3' },
      sleep: async (ms) => {
        life.demand();
        if (signal?.aborted) throw new Left();
        await clock.sleep(ms);
        if (signal?.aborted) throw new Left();
      },
      ...{ ecs: ecsOf(null), ecsWith: ecsOf },
      rpc: (service, _region, action, query = {}) =>
        reach(() => ACCOUNT_ACTS[`${service}:${action}`]?.(management, query) as Record<string, unknown>),
      probe: (signature) => reach(() => probed(turned, signature)),
      sweeps: () => reach(() => sweepsAt(turned, clock.nowMs())),
      release: () => reach(() => (turned.release === undefined ? RELEASE : turned.release)),
      markets: async () => new Map(),
      intention: {
        read: () => kept,
        write(next) {
          life.demand();
          kept = next;
        },
      },
    };
  }

  async function passing<Result>(act: Promise<Result>): Promise<Result> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    act.then(over, over);
    await clock.runUntil(clock.nowMs() + 3 * 60 * MINUTE_MS, () => isOver);
    return act;
  }

  async function prove(
    death: Death | null = null,
    signal?: AbortSignal,
    onStep = (_title: string) => {},
  ): Promise<Proof> {
    calls = 0;
    const [now, afterwards] = [world(death, signal), death === null ? world() : null];
    const plan = planOf(config, new Map(), clock.nowMs());
    const draft = newDraft(plan, clock.nowMs());
    const act = async () => {
      for (const { title, run } of stepsOf(draft, now, afterwards ?? now)) {
        onStep(title);
        await run();
      }
      return proofOf(draft, config, '0.2.0', clock.nowMs());
    };
    return passing(act());
  }
  const intention = () => kept;
  return { clock, ecs, management, world, passing, prove, intention, calls: () => calls };
}

export type Cloud = ReturnType<typeof openCloud>;

function actionsOf(documents: Iterable<unknown>): Set<string> {
  const statements = [...documents].flatMap(
    (document) => (document as { Statement: { Action: readonly string[] }[] }).Statement,
  );
  return new Set(statements.flatMap(({ Action }) => Action));
}

async function answerOf(
  { image }: Turned,
  ecs: ReturnType<typeof createEcs>,
  region: string,
  action: string,
  params: Readonly<Record<string, string>>,
  credential: Credential | undefined,
): Promise<Record<string, unknown>> {
  const body = ecs.call(region, action, { RegionId: region, ...params }, credential) as Record<
    string,
    unknown
  >;
  if (action !== 'DescribeImages') return body;
  const { Image } = body.Images as { Image: object[] };
  return { Images: { Image: Image.map((each) => ({ ...each, Features: { ImdsSupport: 'v2' }, ...image })) } };
}

/** As the gateway answers for a function that is not there, or for a signature that it does not take. */
function probed({ signatures = ['acs3', 'fc'] }: Turned, signature: string) {
  return signatures.includes(signature)
    ? { status: 404, code: 'FunctionNotFound' }
    : { status: 403, code: 'SignatureNotMatch' };
}

function sweepsAt({ isSweeping = true }: Turned, nowMs: number) {
  const endedAtMs = isSweeping ? Math.floor(nowMs / MINUTE_MS) * MINUTE_MS : START_MS;
  return { endedAtMs, beganAtMs: endedAtMs, failedInARow: 0, failure: null };
}
