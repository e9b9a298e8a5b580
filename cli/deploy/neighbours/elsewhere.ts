/** A deployment of our name, in the same account, whose functions live in another region. */
import { namesOf } from '../../../infra/names.ts';
import type { Config } from '../../../shared/config/config.ts';
import { nullIfAbsent } from '../../doctor/checks/roles.ts';
import { findStackId, type StackWorld } from '../../shared/stacks.ts';
import type { Live } from '../functions.ts';

/**
 * Roles are the account's, functions and stacks a region's: where ours are there, and nothing else of us where the functions
 * live, networks and images of our name are of a deployment whose functions live in another region. Null: it is not so.
 */
export async function whyElsewhere(
  world: StackWorld,
  config: Config,
  functions: readonly Live[],
): Promise<string | null> {
  const { name, control } = config;
  const { controlStack, roleOf } = namesOf(config);
  const isHere = ({ region, release, strange }: Live) =>
    region === control.region && release !== null && strange === null;
  if (functions.some(isHere)) return null;
  if ((await findStackId(world, { stackName: controlStack, region: control.region })) !== null) return null;
  const RoleName = roleOf('reaper');
  const role = await world.alibaba.rpc('ram', control.region, 'GetRole', { RoleName }).catch(nullIfAbsent);
  return role === null
    ? null
    : `The role ${RoleName} is there, and in ${control.region} neither a stack nor a function of ${name}: another deployment of this account is called ${name}, too, and its functions live in another region. Choose another name: in runners.yaml. If control.region was changed since the last deploy, change it back. If nothing else is left of ${name}, remove its roles in the console of RAM.`;
}
