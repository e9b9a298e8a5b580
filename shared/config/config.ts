/**
 * `runners.yaml`, the operator's configuration: a public contract. A key may be added, never renamed.
 * Parsed once, when the functions are built; every key has a default except `repositories.allow` and `placements`.
 */
import * as z from 'zod';
import { LIFETIME_MAX_MS } from '../limits.ts';
import { LANGUAGES } from '../words/language.ts';
import { MirrorKeeps } from './actions.ts';
import {
  Arch,
  familyPattern,
  githubName,
  labelText,
  ms,
  packageName,
  typePattern,
  url,
} from './field-types.ts';
import { Images } from './images.ts';
import { PackageMirrors } from './package-mirrors.ts';
import { Control, Placement } from './places.ts';
import { Warm } from './warm.ts';

const range = (pattern: RegExp, says: string) =>
  z
    .string()
    .regex(pattern, { error: says, abort: true })
    .refine((text) => {
      const [from = 0, to = from] = text.replace('+', '').split('-').map(Number);
      return from <= to;
    }, 'must be written with the smaller number first');
const Cores = z.union([
  z.int().min(1).max(512),
  range(
    /^\d+(?:-\d+|\+)$/,
    'must be a number of cores such as 8, a range such as 8-32, or at least so many, such as 8+',
  ),
]);
const Gib = z.union([
  z.int().min(1).max(4096),
  range(/^\d+-\d+$/, 'must be a number of GiB such as 16, or a range such as 16-64'),
]);
const Lifetime = ms.refine(
  (value) => value >= 600_000 && value <= LIFETIME_MAX_MS,
  'must lie between 10m and 5d',
);

const GitHub = z.strictObject({
  baseUrl: url.default('https://github.com'),
  scope: z.enum(['organization', 'repository']).default('organization'),
  runnerGroup: z.string().min(1).max(100).default('ci-runners'),
  publicRunnerGroup: z.string().min(1).max(100).nullable().default(null),
  polling: z.boolean().default(false),
  checks: z.boolean().default(true),
  hooksOnly: z.boolean().default(false),
});

const Repositories = z.strictObject({
  allow: z.array(githubName).min(1, 'must name at least one repository, or my-org/*'),
  public: z.enum(['refuse', 'allow']).default('refuse'),
  forks: z.enum(['refuse', 'allow']).default('refuse'),
});

const Hooks = z.strictObject({
  started: z.string().nullable().default(null),
  completed: z.string().nullable().default(null),
});

const Defaults = z.strictObject({
  cpu: Cores.default(8),
  disk: z.int().min(20).max(2048).default(40),
  excludeFamilies: z.array(familyPattern).default(['ecs.e-*', 'ecs.t5', 'ecs.t6', 'ecs.s6']),
  docker: z.boolean().default(true),
  packages: z.array(packageName).max(100).default([]),
  sudo: z.boolean().default(true),
  metadata: z.enum(['closed', 'open']).default('closed'),
  usage: z.boolean().default(true),
  debug: z.enum(['refuse', 'allow']).default('refuse'),
  diskEncryption: z
    .string()
    .regex(/^(default|[A-Za-z0-9_-]{8,64})$/, 'must be the id of a KMS key, or default')
    .nullable()
    .default(null),
  registryMirror: url.nullable().default(null),
  extraUserData: z.string().max(4096).nullable().default(null),
  hooks: Hooks.prefault({}),
});

const LimitsAsWritten = z.strictObject({
  runners: z.int().min(1).max(5000).default(100),
  /** Absent: half of `runners`; null: no limit. */
  runnersPerRepository: z.int().min(1).nullable().optional(),
  lifetime: Lifetime.prefault('390m'),
  cpu: z.int().min(1).max(512).default(64),
  disk: z.int().min(20).max(2048).default(500),
  types: z.array(typePattern).min(1).nullable().default(null),
  pricePerHour: z.number().positive().nullable().default(null),
  spendPerHour: z.number().positive().nullable().default(null),
  spendPerDay: z.number().positive().nullable().default(null),
  mintsPerMinute: z.int().min(1).max(300).default(120),
});

/** One push must not leave others without a runner. */
const Limits = LimitsAsWritten.transform(({ runnersPerRepository, ...limits }) => ({
  ...limits,
  runnersPerRepository:
    runnersPerRepository === undefined ? Math.ceil(limits.runners / 2) : runnersPerRepository,
}));

const Spot = z.strictObject({
  patience: ms.prefault('5m'),
  onDemandFallback: z.boolean().default(true),
  onDemandLabel: z.enum(['refuse', 'allow']).default('refuse'),
  duration: z.union([z.literal(0), z.literal(1)]).default(1),
  priceLimitRatio: z.number().min(1).max(5).default(1.2),
  rerun: z.boolean().default(true),
});

const Profile = z.strictObject({
  arch: Arch.optional(),
  cpu: Cores.optional(),
  memory: Gib.optional(),
  disk: z.int().min(20).max(2048).optional(),
  type: z
    .string()
    .regex(/^ecs\.[a-z0-9-]+(\.[a-z0-9-]+)?$/, 'must be a family or a type, such as ecs.c8y')
    .optional(),
  image: labelText.optional(),
  capacity: z.enum(['spot', 'on-demand']).optional(),
  docker: z.boolean().optional(),
  sudo: z.boolean().optional(),
  lifetime: Lifetime.optional(),
  repositories: z.array(githubName).optional(),
  runners: z.int().min(1).optional(),
});

const Tags = z
  .record(
    z
      .string()
      .min(1)
      .max(128)
      .regex(
        /^(?!aliyun|acs:)(?!.*https?:\/\/)[^\p{Cc}]*$/iu,
        'must not start with aliyun or acs:, nor hold http:// or https://',
      )
      .regex(
        /^(?!ci-runner-|keep$|GITHUB_RUNNER_TYPE$|GIHUB_RUNNER_TYPE$)/,
        'must not be a tag of ours: ci-runner-…, keep, GITHUB_RUNNER_TYPE',
      ),
    z
      .string()
      .max(128)
      .regex(/^(?!.*https?:\/\/)[^\p{Cc}]*$/iu, 'must not hold http:// or https://: ECS refuses such a tag'),
  )
  .refine(
    (tags) => Object.keys(tags).length <= 12,
    'must be at most 12: the instance takes 20, and 6 are ours',
  );

export const RunnersYaml = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/, 'must have 2-12 characters: a-z, 0-9, -')
    .default('ci'),
  control: Control.prefault({}),
  github: GitHub.prefault({}),
  repositories: Repositories,
  baseLabels: z.array(labelText).min(1).default(['self-hosted', 'aliyun']),
  allowAnyArchitecture: z.boolean().default(false),
  defaults: Defaults.prefault({}),
  limits: Limits.prefault({}),
  spot: Spot.prefault({}),
  images: Images,
  mirrors: PackageMirrors,
  mirror: MirrorKeeps.prefault({}),
  placements: z.array(Placement).min(1, 'must have at least one region with its network').max(10),
  placementChoice: z.enum(['order', 'price']).default('order'),
  profiles: z.record(labelText, Profile).default({}),
  warm: Warm,
  tags: Tags.default({}),
  costs: z.strictObject({ bill: z.boolean().default(false) }).prefault({}),
  alerts: z
    .strictObject({
      url: url.nullable().default(null),
      format: z.enum(['json', 'dingtalk', 'feishu']).default('json'),
      language: z.enum(LANGUAGES).default('en'),
      waiting: ms.prefault('10m'),
    })
    .prefault({}),
  selfDestruct: z.strictObject({ roleName: z.string().min(1).max(64).nullable().default(null) }).prefault({}),
  functionCompute: z.strictObject({ signature: z.enum(['fc', 'acs3']).default('acs3') }).prefault({}),
});

export type Config = z.output<typeof RunnersYaml>;
export type PlacementConfig = Config['placements'][number];
export type ProfileConfig = Config['profiles'][string];
