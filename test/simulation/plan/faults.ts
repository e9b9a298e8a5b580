/** The plan's chances, as the simulators' own hooks ask for them; each fault that fired is counted. */
import type { Fault as EcsFault } from '../../../simulator/ecs/index.ts';
import type { DeliveryFault, Fault as GitHubFault } from '../../../simulator/github/index.ts';
import type { Random } from '../../../simulator/random.ts';
import type { Call, Fault as StoreFault } from '../../../simulator/tablestore/index.ts';
import type { Ask } from '../../world/ports.ts';
import { FAULTS, type FaultName, type Rates } from './plan.ts';

export type Faults = ReturnType<typeof faultsOf>;

const HOUR_MS = 3_600_000;
/** ECS refuses so only what makes or starts an instance. */
const ONLY_RUN = new Set<string>([
  'ecs OperationDenied.NoStock',
  'ecs QuotaExceed.ElasticQuota',
  'ecs InsufficientBalance',
  'ecs LastTokenProcessing',
  'ecs late',
]);

export function faultsOf(rates: Rates, random: Random) {
  const fired = new Map<string, number>();
  const state: {
    isHealed: boolean;
    areListsOut: boolean;
    brownOut: RegExp | null;
    missingRight: string | null;
    refusedAfterMs: number | null;
  } = { isHealed: false, areListsOut: false, brownOut: null, missingRight: null, refusedAfterMs: null };
  const count = (name: string) => fired.set(name, (fired.get(name) ?? 0) + 1);
  const happens = (name: FaultName): boolean => {
    const rate = state.isHealed ? 0 : (rates[name] ?? 0);
    const isSo = rate > 0 && random.chance(rate);
    if (isSo) count(name);
    return isSo;
  };
  const names = Object.keys(FAULTS) as FaultName[];
  const on = (prefix: string) => names.filter((name) => name.startsWith(prefix) && rates[name] !== undefined);
  const [github, ecs, store] = [on('github '), on('ecs '), on('store ')];

  return {
    fired,
    count,
    happens,
    rate: (name: FaultName) => rates[name] ?? 0,
    heal: () => {
      state.isHealed = true;
    },
    /** GitHub answers 503 to calls whose method and path fit; null: to none. */
    setBrownOut(calls: RegExp | null): void {
      state.brownOut = calls;
    },
    /** Our role may not call this action; null: it may call all. */
    setMissingRight(action: string | null): void {
      state.missingRight = action;
    },
    github(method: string, path: string): GitHubFault | null {
      if (!state.isHealed && state.brownOut?.test(`${method} ${path}`))
        return { kind: 'status', status: 503 };
      for (const name of github)
        if (mayMeet(name, method, path) && happens(name)) return gitHubFault(name, random);
      return null;
    },
    delivery(): DeliveryFault | null {
      if (happens('delivery lost')) return { kind: 'lose', isLogged: true };
      if (happens('delivery lost in silence')) return { kind: 'lose', isLogged: false };
      if (happens('delivery repeated'))
        return { kind: 'repeat', times: random.whole(1, 3), gapMs: random.whole(0, 120_000) };
      if (happens('delivery delayed')) return { kind: 'delay', ms: random.whole(1_000, 300_000) };
      if (happens('delivery delayed by hours')) return { kind: 'delay', ms: random.whole(1, 2 * HOUR_MS) };
      return null;
    },
    /** ECS answers no question; what it is told to do, it does. */
    setListsOut(areOut: boolean): void {
      state.areListsOut = areOut;
    },
    /** For so long a runner stays, once it is connected and has no job; null: as long as it likes. */
    setRefusing(ms: number | null): void {
      state.refusedAfterMs = ms;
    },
    refusedAfterMs: () => (state.isHealed ? null : state.refusedAfterMs),
    ecs(action: string): EcsFault | null {
      const lasting = state.isHealed ? null : lastingFault(action, state);
      if (lasting !== null) return lasting;
      for (const name of ecs) if (concerns(name, action) && happens(name)) return ecsFault(name);
      return null;
    },
    /** No simulator answers so by itself: a list without its things, that says nothing is wrong. */
    wrapEcs:
      (ask: Ask): Ask =>
      async (region, action, ...words) => {
        const answer = await ask(region, action, ...words);
        if (action !== 'DescribeInstances' || !happens('ecs empty page')) return answer;
        return { ...answer, Instances: { Instance: [] }, TotalCount: 0, NextToken: '' };
      },
    store(_call: Call): StoreFault | null {
      for (const name of store) if (happens(name)) return name.slice('store '.length) as StoreFault;
      return null;
    },
  };
}

function lastingFault(
  action: string,
  { areListsOut, missingRight }: { readonly areListsOut: boolean; readonly missingRight: string | null },
): EcsFault | null {
  if (areListsOut && /^(Describe|List)/.test(action)) return 'gateway';
  return action === missingRight ? { code: 'Forbidden.RAM', status: 403 } : null;
}

function mayMeet(name: FaultName, method: string, path: string): boolean {
  switch (name) {
    case 'github 409':
      return path.endsWith('generate-jitconfig');
    case 'github 422':
      return method !== 'GET';
    case 'github empty-page':
      return method === 'GET' && /s$|deliveries/.test(path);
    default:
      return true;
  }
}

function gitHubFault(name: FaultName, random: Random): GitHubFault {
  const [, what = '', effect] = name.split(' ') as [string, string, 'before' | 'after' | undefined];
  switch (what) {
    case 'secondary-limit':
      return { kind: 'secondary-limit', retryAfterS: random.pick([null, 5, 60]) };
    case 'primary-limit':
      return { kind: 'primary-limit', resetInS: random.whole(10, 600) };
    case 'slow':
      return { kind: 'slow', ms: random.whole(1_000, 9_000) };
    case 'timeout':
      return { kind: 'timeout', effect: effect ?? 'before', ms: 9_000 };
    case 'hang-up':
      return { kind: 'hang-up', effect: effect ?? 'before' };
    case 'truncated':
      return { kind: 'truncated' };
    case 'empty-page':
      return { kind: 'empty-page' };
    default:
      return { kind: 'status', status: Number(what) };
  }
}

function concerns(name: string, action: string): boolean {
  if (name === 'ecs empty page' || name === 'ecs stuck in Pending') return false;
  if (ONLY_RUN.has(name)) return action === 'RunInstances' || action === 'StartInstance';
  if (name === 'ecs IncorrectInstanceStatus')
    return action === 'DeleteInstances' || action === 'DeleteInstance';
  return true;
}

function ecsFault(name: string): EcsFault {
  const what = name.slice('ecs '.length);
  if (!/^[A-Z]/.test(what)) return what as Extract<EcsFault, string>;
  return what === 'Some.NewError' ? { code: what, status: 500 } : { code: what };
}
