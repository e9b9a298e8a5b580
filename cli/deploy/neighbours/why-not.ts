/** Why a deploy does not begin: what it would change, or make a second time, is somebody else's. */
import { listStacks } from '../../shared/stacks/listed.ts';
import { type StackChange, type StackWorld, templateOf } from '../../shared/stacks.ts';
import { whyNotOurs } from '../functions.ts';
import type { Plan } from '../plan.ts';
import { whyElsewhere } from './elsewhere.ts';

/** Null: it may. */
export const whyNotToBegin = async (
  world: StackWorld,
  { functions, config, stacks }: Pick<Plan, 'functions' | 'config' | 'stacks'>,
): Promise<string | null> =>
  whyNotOurs(functions, config) ??
  (await whyElsewhere(world, config, functions)) ??
  (await whyShared(world, stacks));

const ISSUER = 'issuer';

/** What a template gives a name that is good once, and the key of `runners.yaml` that says it. */
const NAMED: Readonly<Record<string, readonly [property: string, what: string, key: string]>> = {
  'ALIYUN::OSS::Bucket': ['BucketName', 'bucket', 'placements[].mirrorBucket'],
  'ALIYUN::OTS::Instance': ['InstanceName', 'TableStore instance', 'control.tablestoreInstance'],
  'ALIYUN::OTS::InstanceV2': ['InstanceName', 'TableStore instance', 'control.tablestoreInstance'],
  'ALIYUN::RAM::OIDCProvider': ['IssuerUrl', ISSUER, 'control.deployFrom.provider'],
  'ALIYUN::RAM::Role': ['RoleName', 'role', 'selfDestruct.roleName'],
};

interface Named {
  readonly what: string;
  readonly name: string;
  readonly key: string;
}

/**
 * What would be made, and is another deployment's: OSS gives the account's own key a bucket that it has as if it was new (docs,
 * "PutBucket"), so that two stacks would have it, and the first to be destroyed would empty it for both. Null: nothing.
 */
async function whyShared(world: StackWorld, stacks: readonly StackChange[]): Promise<string | null> {
  for (const { template, lines } of stacks) {
    const added = lines.flatMap((line) => (line.startsWith('+ ') ? [line.slice(2)] : []));
    const wanted = namedIn(template.body, (id) => added.includes(id));
    const owner = wanted.length === 0 ? null : await ownerOf(wanted, template, world);
    if (owner !== null) return owner;
  }
  return null;
}

async function ownerOf(
  wanted: readonly Named[],
  { region, stackName }: StackChange['template'],
  world: StackWorld,
): Promise<string | null> {
  const isOfADeployment = (name: string) =>
    name.endsWith('-runner-control') || name.endsWith(`-runner-${region}`);
  for (const other of await listStacks(world, region)) {
    if (other.StackName === stackName || !isOfADeployment(other.StackName)) continue;
    const theirs = namedIn(await templateOf(world, region, other.StackId), () => true);
    const both = wanted.find((own) =>
      theirs.some(({ what, name }) => own.what === what && own.name === name),
    );
    if (both !== undefined) return whyNot(both, other.StackName, region);
  }
  return null;
}

/** RAM docs, CreateOIDCProvider: the address of an issuer is one account's once. */
const whyNot = ({ what, name, key }: Named, stackName: string, region: string): string =>
  what === ISSUER
    ? `The stack ${stackName} in ${region}, of another deployment, has the account’s one identity provider for ${name}: write ${key}: ${stackName.replace(/control$/, 'github')}. It goes with that deployment.`
    : `The ${what} ${name} is that of the stack ${stackName} in ${region}, of another deployment: whichever of the two is destroyed would take it from the other. Name another one in runners.yaml: ${key}.`;

interface Resource {
  readonly Type?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

function namedIn(
  { Resources = {} }: { readonly Resources?: unknown },
  isMeant: (id: string) => boolean,
): Named[] {
  return Object.entries(Resources as Readonly<Record<string, Resource>>).flatMap(
    ([id, { Type, Properties }]) => {
      const [property, what, key] = NAMED[Type ?? ''] ?? [];
      const name = property === undefined ? undefined : Properties?.[property];
      const isNamed = isMeant(id) && what !== undefined && key !== undefined && typeof name === 'string';
      return isNamed ? [{ what, name, key }] : [];
    },
  );
}
