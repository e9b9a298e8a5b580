/** Alibaba Cloud as the operator's commands reach it. */

import type { CredentialModel } from '@alicloud/credentials';
import type { AccessKey } from '../../shared/adapters/alibaba/acs3.ts';
import { alibabaCaller, type CallAlibaba } from '../../shared/adapters/alibaba/call.ts';
import { isRepeatable, type Pause, tryAgain } from './try-again.ts';

export type Service = 'ecs' | 'fc' | 'kms' | 'oos' | 'ram' | 'ros' | 'sts' | 'vpc';

/** Alibaba Cloud docs, "Endpoints" of each service. */
const HOSTS: Readonly<Record<Service, (region: string) => string>> = {
  ecs: (region) => `ecs.${region}.aliyuncs.com`,
  fc: (region) => `fcv3.${region}.aliyuncs.com`,
  kms: (region) => `kms.${region}.aliyuncs.com`,
  oos: (region) => `oos.${region}.aliyuncs.com`,
  ram: () => 'ram.aliyuncs.com',
  ros: () => 'ros.aliyuncs.com',
  sts: () => 'sts.aliyuncs.com',
  vpc: (region) => `vpc.${region}.aliyuncs.com`,
};
const VERSIONS: Readonly<Record<Service, string>> = {
  ecs: '2014-05-26',
  fc: '2023-03-30',
  kms: '2016-01-20',
  oos: '2019-06-01',
  ram: '2015-05-01',
  ros: '2019-09-10',
  sts: '2015-04-01',
  vpc: '2016-04-28',
};

type Words = Readonly<Record<string, string>>;

export interface Alibaba {
  /** An RPC call; `form` is for what is too long or too secret for an address. */
  rpc(service: Service, region: string, action: string, query?: Words, form?: Words): Promise<Answer>;
  /** A ROA call of Function Compute; `path` without the version. */
  fc(
    region: string,
    action: string,
    method: string,
    path: string,
    body?: unknown,
    query?: Words,
  ): Promise<Answer>;
  endpoint(service: Service, region: string): string;
  readonly call: CallAlibaba;
  accessKey(): Promise<AccessKey>;
}
export type Answer = Readonly<Record<string, unknown>>;

/** `everywhere`: one address for all services, such as a simulator's. */
export function alibaba(
  accessKey: () => Promise<AccessKey>,
  everywhere: string | undefined,
  pause?: Pause,
): Alibaba {
  const once = alibabaCaller(accessKey);
  const call: CallAlibaba = (asked) =>
    isRepeatable(asked) ? tryAgain(() => once(asked), pause) : once(asked);
  const endpoint = (service: Service, region: string) => everywhere ?? `https://${HOSTS[service](region)}`;
  return {
    call,
    endpoint,
    accessKey,
    rpc: (service, region, action, query = {}, form = undefined) =>
      call({
        endpoint: endpoint(service, region),
        action,
        version: VERSIONS[service],
        query: service === 'sts' || service === 'ram' ? query : { RegionId: region, ...query },
        ...(form === undefined ? {} : { form }),
      }),
    fc: (region, action, method, path, body, query = {}) =>
      call({
        endpoint: endpoint('fc', region),
        action,
        version: VERSIONS.fc,
        query,
        roa: { method, path: `/${VERSIONS.fc}${path}`, ...(body === undefined ? {} : { body }) },
      }),
  };
}

/** Environment, OIDC, or a profile of Alibaba's own tools: whatever their chain finds first. */
export async function operatorKey(): Promise<AccessKey> {
  // A machine without metadata would wait for it; an operator's is one.
  process.env.ALIBABA_CLOUD_ECS_METADATA_DISABLED ??= 'true';
  // Loaded here: whoever needs no key starts without it.
  const credentials = await import('@alicloud/credentials');
  const found = await new (classOf(credentials.default))().getCredential().catch(noKey);
  return {
    accessKeyId: found.accessKeyId ?? '',
    accessKeySecret: found.accessKeySecret ?? '',
    securityToken: found.securityToken ? found.securityToken : null,
  };
}

/** In its client's words; what is no address at all it asks for, too. */
const UNREACHED = /(?:POST|GET|Connect) (?:https:\/\/sts|\/\?\S*Action=Assume)\S* failed/;

/**
 * What the chain itself says is a list of all the places where it looked. Of those one may name a role, which STS did not
 * give: that is no want of credentials.
 */
export function noKey(cause: unknown): never {
  const said = cause instanceof Error ? cause.message : '';
  const code = /"Code"\s*:\s*"([\w.]+)"/.exec(said)?.[1];
  const action = said.includes('with OIDC') ? 'AssumeRoleWithOIDC' : 'AssumeRole';
  if (code !== undefined)
    throw Object.assign(new Error(`${action} was refused: ${code}`), { name: 'AlibabaRefusal', code });
  if (UNREACHED.test(said))
    throw Object.assign(
      new Error(
        'the token service (STS) was not reached, which gives this key; its client goes past a proxy',
      ),
      { name: 'NoAlibabaAnswer' },
    );
  const error = new Error(
    'no credentials of Alibaba Cloud were found: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or a profile of its tools',
  );
  throw Object.assign(error, { name: 'NoCredentials' });
}

type Chain = new () => { getCredential(): Promise<CredentialModel> };

/** Under Node's ES modules the default export of this CommonJS package is the module itself. */
const classOf = (module: unknown): Chain => ((module as { default?: Chain }).default ?? module) as Chain;

/**
 * Of Alibaba Cloud's codes those that say: this identity may not. One service spells it so; another's `Forbidden.` is of
 * what is not there (KMS, "Error codes"), and ECS's RiskControl is of the account.
 */
export const isDenied = (code: string): boolean =>
  /^(Forb+id+en|Unauthorized|NotAuthori[sz]ed)|NoPermission|AccessDenied/.test(code) &&
  !/NotFound|NotExist|RiskControl/.test(code);
