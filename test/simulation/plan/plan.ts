/** What one seed does to the world: plain data, so that it can be printed, cut down and run again. */
import type { Arrival } from './arrivals.ts';

/** Chances, drawn at each call that they concern. */
// biome-ignore format: a table reads best as a table.
export const FAULTS = {
  // GitHub, each request
  'github 401': [0.002, 0.05], 'github 403': [0.002, 0.05], 'github 404': [0.002, 0.05], 'github 409': [0.01, 0.2],
  'github 422': [0.002, 0.05], 'github 429': [0.002, 0.05], 'github 500': [0.01, 0.2], 'github 502': [0.01, 0.2],
  'github secondary-limit': [0.005, 0.05], 'github primary-limit': [0.001, 0.01], 'github slow': [0.01, 0.2],
  'github timeout before': [0.005, 0.1], 'github timeout after': [0.005, 0.1],
  'github hang-up before': [0.005, 0.1], 'github hang-up after': [0.005, 0.1],
  'github truncated': [0.005, 0.1], 'github empty-page': [0.005, 0.05],
  // deliveries
  'delivery lost': [0.05, 0.7], 'delivery lost in silence': [0.05, 1], 'delivery repeated': [0.05, 0.5],
  'delivery delayed': [0.05, 0.5], 'delivery delayed by hours': [0.02, 0.3],
  // ECS, each request
  'ecs timeout-before': [0.01, 0.15], 'ecs timeout-after': [0.01, 0.15], 'ecs hang': [0.01, 0.1],
  'ecs truncated': [0.01, 0.1], 'ecs 500-after-success': [0.01, 0.15], 'ecs gateway': [0.01, 0.15],
  'ecs Throttling.User': [0.01, 0.2], 'ecs OperationDenied.NoStock': [0.05, 0.6],
  'ecs QuotaExceed.ElasticQuota': [0.01, 0.2], 'ecs InsufficientBalance': [0.01, 0.2],
  'ecs Some.NewRefusal': [0.01, 0.2], 'ecs Some.NewError': [0.01, 0.2], 'ecs LastTokenProcessing': [0.01, 0.2],
  'ecs IncorrectInstanceStatus': [0.01, 0.3], 'ecs empty page': [0.005, 0.05],
  'ecs stuck in Pending': [0.01, 0.1], 'boot hangs': [0.02, 0.3],
  // TableStore, each request
  'store busy': [0.005, 0.1], 'store throttled': [0.005, 0.1], 'store conflict': [0.005, 0.2],
  'store timeout-before': [0.005, 0.1], 'store timeout-after': [0.005, 0.1],
  'store lost-before': [0.005, 0.1], 'store lost-after': [0.005, 0.1],
  // Function Compute
  'fc drop': [0.01, 0.4], 'fc duplicate': [0.05, 0.5], 'fc throttle': [0.05, 0.4], 'fc serverError': [0.05, 0.4],
  'fc kill': [0.001, 0.03], 'fc skipTimer': [0.05, 0.8], 'fc doubleTimer': [0.05, 0.5],
  // GitHub's own ways
  'runner busy in secret': [0.05, 1], 'registration consumed at assignment': [0.05, 1], 'runner is deaf': [0.02, 0.2],
  'job fails by itself': [0.05, 0.5], 'alert channel down': [0.1, 1],
  // New ones come last, so that the plans of known seeds stay as they are.
  'ecs late': [0.02, 0.3], 'notice missed': [0.1, 1], 'ecs 400-after-success': [0.01, 0.15],
  // A runner that is online for a moment and ends without a job: a crash, a refused version.
  'runner ends early': [0.05, 1],
} as const satisfies Record<string, readonly [min: number, max: number]>;

export type FaultName = keyof typeof FAULTS;
export type Rates = Partial<Record<FaultName, number>>;

/** What may happen by itself; their order is part of a seed's meaning. */
export const INCIDENT_NAMES = [
  'a job is cancelled',
  'a run is cancelled',
  'an instance is taken back',
  'a zone sells nothing',
  'the quota is small',
  'GitHub is out',
  'GitHub assigns no jobs',
  'the App is uninstalled, and installed again',
  'all functions are off',
  'the operator lowers the limits',
  'the operator leaves two zones',
  "another's runner waits for jobs",
  'ECS answers no question',
  // New ones come last, so that the plans of known seeds stay as they are.
  'GitHub refuses our runners',
  'a matrix with max-parallel comes',
  'deployments of one concurrency group come',
  'a matrix fails fast when its machine is taken back',
  'a newer run takes the place of one',
  'somebody tags a machine as ours',
  'GitHub mints nothing',
  'GitHub lists nothing',
  'GitHub has no records',
  'the App is suspended',
  'a right at ECS is missing',
  "others' runners come and go",
  'somebody asks for runners',
  'GitHub loses runs',
  'a repository is renamed',
  'a repository is transferred',
  'a person keeps a machine',
  'jobs with the label debug come',
] as const;

/** Drawn from a stream of its own. */
export const GOES_AWAY = 'a repository goes where the App is not';

export type IncidentName = (typeof INCIDENT_NAMES)[number] | typeof GOES_AWAY;

/** `share`: draws where in a list of what there is then. `ms`: how long it lasts. */
export interface Planned {
  readonly atMs: number;
  readonly kind: IncidentName;
  readonly share: number;
  readonly ms: number;
}

export interface Plan {
  readonly seed: number;
  /** For so long the world is against us; then it is healed. */
  readonly faultMs: number;
  /** What is written in runners.yaml beyond the least. */
  readonly config: PlannedConfig;
  readonly rates: Rates;
  readonly arrivals: readonly Arrival[];
  readonly incidents: readonly Planned[];
  /** Beyond one placement and one organisation; drawn after all else. */
  readonly wide: Wide;
  readonly world: {
    readonly soldOut: number;
    readonly interruptions: number;
    readonly listLagMs: number;
    readonly skewMs: number;
    readonly tokenDelayMs: number;
    /** So far lists of runs may be behind their runs; absent: they are not. */
    readonly runListLagMs?: number;
  };
}

export interface Wide {
  /** How a second placement, in cn-beijing, is chosen beside the first; null: there is none. */
  readonly second: 'order' | 'price' | null;
  /** A second organisation, with an installation of its own. */
  readonly hasSister: boolean;
  /** A profile that one repository may use. */
  readonly hasKernel: boolean;
  /** So many more repositories are allowed, and quiet. */
  readonly quietRepositories: number;
  /** Replaces `limits.lifetime`, where jobs of hours come. */
  readonly lifetime: string | null;
  /** So many runners wait for jobs, and so many are kept stopped. */
  readonly hot: number;
  readonly stopped: number;
  /** CNY: of all machines that live, and of those of a day; null: as much as it takes. */
  readonly spendPerHour: number | null;
  readonly spendPerDay: number | null;
  /** The organisation is on a host of its own: GitHub Enterprise Server, or ghe.com. */
  readonly isOwnHost: boolean;
}

export const NARROW: Wide = {
  second: null,
  hasSister: false,
  hasKernel: false,
  quietRepositories: 0,
  lifetime: null,
  hot: 0,
  stopped: 0,
  spendPerHour: null,
  spendPerDay: null,
  isOwnHost: false,
};

export interface PlannedConfig {
  readonly limits: {
    readonly runners: number;
    readonly mintsPerMinute: number;
    readonly lifetime: string;
    readonly runnersPerRepository: number | null;
  };
  readonly github: { readonly scope: 'organization' | 'repository'; readonly polling: boolean };
  readonly spot: {
    readonly onDemandLabel: 'allow';
    readonly duration: 0 | 1;
    readonly patience: string;
    readonly onDemandFallback: boolean;
  };
}

export const MINUTE_MS = 60_000;
