/** A network that is there already, under the names that users of dianplus' action have it. Pure. */

export interface BroughtNetwork {
  readonly region: string;
  readonly vpc: string | null;
  readonly securityGroup: string;
  /** zone letter → vSwitch */
  readonly zones: Readonly<Record<string, string>>;
  readonly keyPair: string | null;
  readonly proxy: {
    readonly http?: string;
    readonly https?: string;
    readonly noProxy: readonly string[];
  } | null;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Null: the environment names none, or not all that is needed. */
export function broughtNetwork(variables: Variables): BroughtNetwork | null {
  const region = variables.ALIYUN_REGION_ID;
  const securityGroup = variables.ALIYUN_SECURITY_GROUP_ID;
  const zones = Object.fromEntries(
    [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].flatMap((letter) => {
      const id = variables[`ALIYUN_VSWITCH_ID_${letter}`];
      return id ? [[letter.toLowerCase(), id]] : [];
    }),
  );
  if (!region || !securityGroup || Object.keys(zones).length === 0) return null;
  return {
    region,
    vpc: variables.ALIYUN_VPC_ID || null,
    securityGroup,
    zones,
    keyPair: variables.ALIYUN_KEY_PAIR_NAME || null,
    proxy: proxyIn(variables),
  };
}

/** Their names, not the shell's own: the operator's machine may have a proxy that runners cannot reach. */
function proxyIn(variables: Variables): BroughtNetwork['proxy'] {
  const { RUNNER_HTTP_PROXY: http, RUNNER_HTTPS_PROXY: https, RUNNER_NO_PROXY: noProxy } = variables;
  if (!http && !https) return null;
  return {
    ...(http ? { http } : {}),
    ...(https ? { https } : {}),
    noProxy: (noProxy ?? '').split(',').filter((each) => each !== ''),
  };
}
