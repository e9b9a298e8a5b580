/** A role that lives for a moment, to ask for a key that may less than the operator's own. */
import type { Permission } from '../../../infra/policies.ts';
import { policyDocument } from '../../../infra/policy-document.ts';
import type { AccessKey } from '../../../shared/adapters/alibaba/acs3.ts';
import type { Alibaba } from '../alibaba.ts';

export interface RoleWorld {
  readonly rpc: Alibaba['rpc'];
  readonly region: string;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface MomentRole {
  readonly name: string;
  readonly accountId: string;
  /** Who may take it: an ARN of RAM. */
  readonly taker: string;
  readonly may: readonly Permission[];
  /** 900 to 3,600 (STS docs, "AssumeRole"). */
  readonly seconds: number;
}

/** What was just made is not known everywhere at once; how long that takes is in no document. */
const TRIES_MAX = 6;
const PAUSE_MS = 5_000;

/** Makes the role and takes it. Throws what RAM or STS refuses. */
export async function takeRole(world: RoleWorld, role: MomentRole): Promise<AccessKey> {
  const { rpc, region } = world;
  const { name, taker } = role;
  const trust = {
    Version: '1',
    Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { RAM: [taker] } }],
  };
  await rpc('ram', region, 'CreateRole', { RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) });
  await rpc('ram', region, 'CreatePolicy', {
    PolicyName: name,
    PolicyDocument: JSON.stringify(policyDocument(role.may)),
  });
  await rpc('ram', region, 'AttachPolicyToRole', { RoleName: name, PolicyName: name, PolicyType: 'Custom' });
  return assume(world, role);
}

async function assume({ rpc, region, sleep }: RoleWorld, role: MomentRole): Promise<AccessKey> {
  const { accountId, name, seconds } = role;
  const RoleArn = `acs:ram::${accountId}:role/${name.toLowerCase()}`;
  const words = { RoleArn, RoleSessionName: name, DurationSeconds: String(seconds) };
  for (let tries = 1; ; tries++) {
    try {
      const { Credentials } = await rpc('sts', region, 'AssumeRole', words);
      const key = Credentials as Record<'AccessKeyId' | 'AccessKeySecret' | 'SecurityToken', string>;
      return {
        ...{ accessKeyId: key.AccessKeyId, accessKeySecret: key.AccessKeySecret },
        securityToken: key.SecurityToken,
      };
    } catch (error) {
      if (tries >= TRIES_MAX) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** Absent counts as removed. */
export async function removeRole({ rpc, region }: Omit<RoleWorld, 'sleep'>, role: string): Promise<void> {
  const remove = async (action: string, words: Readonly<Record<string, string>>) => {
    await rpc('ram', region, action, words).catch((error: unknown) => {
      const { code } = error as { code?: unknown };
      if (!String(code).startsWith('EntityNotExist')) throw error;
    });
  };
  await remove('DetachPolicyFromRole', { RoleName: role, PolicyName: role, PolicyType: 'Custom' });
  await remove('DeletePolicy', { PolicyName: role });
  await remove('DeleteRole', { RoleName: role });
}
