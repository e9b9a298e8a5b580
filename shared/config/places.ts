/** Where things are, in `runners.yaml`: the functions' own region, and the placements of runners. */
import * as z from 'zod';
import { githubName, ipRange, regionId, resourceId, url } from './field-types.ts';

/** The functions go out by one address of ours: for organisations with an IP allow-list. Made by `infra/`. */
const FixedAddress = z.strictObject({
  cidr: ipRange,
  zone: z.string().regex(/^[a-z]$/, 'must be a zone letter such as b'),
  /** Made by `infra/`, written here by `npm run deploy`. */
  vpc: resourceId('vpc').nullable().default(null),
  vSwitch: resourceId('vsw').nullable().default(null),
  securityGroup: resourceId('sg').nullable().default(null),
});

/** The one GitHub workflow that may deploy the functions, without access keys. */
const DeployFrom = z.strictObject({
  repository: githubName.refine((name) => !name.endsWith('/*'), 'must be one repository'),
  branch: z
    .string()
    .regex(/^[A-Za-z0-9._/-]{1,200}$/, 'must be a branch')
    .default('main'),
  /** The subject is the environment's, whatever the branch: its reviewers and branch rules decide. Null: the branch's. */
  environment: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,255}$/, 'must be the name of an environment')
    .nullable()
    .default(null),
  /** An OIDC provider of GitHub that the account has already; null: `infra/` makes one. */
  provider: z.string().min(1).max(128).nullable().default(null),
});

export const Control = z.strictObject({
  region: regionId.default('cn-hongkong'),
  egressProxy: url.nullable().default(null),
  /** TableStore instance; null: NAME-run. Names are unique in a region, so another account may have taken it. */
  tablestoreInstance: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,14}[a-z0-9]$/, 'must have 3-16 characters: a-z, 0-9, -')
    .refine((name) => !/ali|ay|ots|taobao|admin/.test(name), 'must not contain ali, ay, ots, taobao or admin')
    .nullable()
    .default(null),
  fixedAddress: FixedAddress.nullable().default(null),
  deployFrom: DeployFrom.nullable().default(null),
});

const Proxies = z.strictObject({
  http: url.optional(),
  https: url.optional(),
  noProxy: z.array(z.string().min(1)).default([]),
});

/** Set: `infra/` makes the network in this range, and `npm run deploy` writes its ids here. Null: the ids are yours. */
const Network = z.strictObject({
  cidr: ipRange.default('10.88.0.0/16'),
  /** Private ranges that runners may reach; all others are refused. */
  allowPrivate: z.array(ipRange).max(50).default([]),
});

export const Placement = z.strictObject({
  region: regionId,
  network: Network.nullable().default(null),
  vpc: resourceId('vpc').nullable().default(null),
  /** zone letter → vSwitch */
  zones: z
    .record(z.string().regex(/^[a-z]$/, 'must be a zone letter such as b'), resourceId('vsw'))
    .refine((zones) => Object.keys(zones).length > 0, 'must name at least one zone with its vSwitch'),
  securityGroup: resourceId('sg'),
  egress: z.enum(['nat', 'public-ip']).default('nat'),
  bandwidthMbit: z.int().min(1).max(100).default(100),
  proxy: Proxies.nullable().default(null),
  keyPair: z.string().min(2).max(128).nullable().default(null),
  resourceGroup: resourceId('rg').nullable().default(null),
  mirrorBucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'must be a name for a bucket: 3 to 63 of a-z, 0-9 and -')
    .nullable()
    .default(null),
});
