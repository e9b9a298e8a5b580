/** A dry run with the launcher's rights and no others: with a role of our own that has its policy. */

import { permissionsOf } from '../../../infra/policies.ts';
import type { EcsCall } from '../../../shared/adapters/ecs/call.ts';
import { failureOf } from '../../../shared/adapters/ecs/errors.ts';
import { DISKS, runParameters } from '../../../shared/adapters/ecs/request.ts';
import { TAG } from '../../../shared/names.ts';
import { isDenied } from '../../shared/alibaba.ts';
import { takeRole } from '../../shared/session/role.ts';
import type { Draft } from '../draft.ts';
import { asAssumed, type Finding, notTold, otherwise } from '../facts.ts';
import { nameOf, requestOf } from '../things.ts';
import type { ProveWorld } from '../world.ts';

/** What was just made is not known everywhere at once; how long that takes is in no document. */
const TRIES_MAX = 6;
const PAUSE_MS = 5_000;

export async function askRights(draft: Draft, world: ProveWorld): Promise<Finding> {
  const { config } = world;
  const [candidate] = draft.plan.candidates;
  if (candidate === undefined) return notTold(draft.plan.note);
  const call = await asLauncher(world);
  const request = requestOf(draft, world, nameOf(world, 'dry-run'), candidate, '');
  const tagged = { ...request, tags: { ...request.tags, [TAG.deployment]: config.name } };
  const setting = {
    ...{ ...config, spotDuration: config.spot.duration, ramRole: config.selfDestruct.roleName },
    diskEncryption: config.defaults.diskEncryption,
  };
  const codes: string[] = [];
  for (const disk of DISKS) {
    const params = runParameters(tagged, disk, setting, world.nowMs());
    if (typeof params === 'string') return notTold(`nothing to ask for: ${params}`);
    const code = await dryRun(call, candidate.region, { ...params, DryRun: 'true' }, world);
    codes.push(code);
    if (code === 'DryRunOperation') return asAssumed(code);
    if (isDenied(code)) return otherwise(`${code} with the launcher's policy alone`);
  }
  return notTold(`refused for another reason: ${[...new Set(codes)].join(', ')}`);
}

/** Denied may mean that the policy is not known yet. */
async function dryRun(
  call: EcsCall,
  region: string,
  params: Readonly<Record<string, string>>,
  world: ProveWorld,
) {
  let code = '';
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    code = await call(region, 'RunInstances', params).then(
      () => 'an answer without DryRunOperation',
      (error: unknown) => failureOf(error).code,
    );
    if (!isDenied(code)) return code;
    await world.sleep(PAUSE_MS);
  }
  return code;
}

async function asLauncher(world: ProveWorld): Promise<EcsCall> {
  const { config, rpc, intention } = world;
  const { region } = config.control;
  const role = nameOf(world, 'role');
  const identity = await rpc('sts', region, 'GetCallerIdentity');
  const accountId = String(identity.AccountId);
  intention.write({ deployment: config.name, regions: [], askedAtMs: 0, ...intention.read(), role });
  const permissions = permissionsOf('launcher', { config, accountId, secrets: {} });
  const ecs = permissions.filter(({ action }) => /^(ecs|ram):/.test(action));
  const taker = `acs:ram::${accountId}:root`;
  const about = { rpc, region, sleep: world.sleep };
  return world.ecsWith(await takeRole(about, { name: role, accountId, taker, may: ecs, seconds: 900 }));
}
