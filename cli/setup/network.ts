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

/** Beside the network: what dianplus' action knows of images and of machines that delete themselves. */
export interface BroughtRest {
  readonly images: Readonly<Record<string, { readonly id: string } | { readonly family: string }>> | null;
  readonly selfDestructRole: string | null;
}

const STOCK = { amd64: 'acs:ubuntu_24_04_x64', arm64: 'acs:ubuntu_24_04_arm64' } as const;

/** An image for one architecture leaves the other as it is. */
export function broughtRest(variables: Variables): BroughtRest {
  const { ALIYUN_AMD64_IMAGE_ID: amd64, ALIYUN_ARM64_IMAGE_ID: arm64 } = variables;
  const imageOf = (id: string | undefined, family: string) => (id ? { id } : { family });
  return {
    images:
      amd64 || arm64 ? { amd64: imageOf(amd64, STOCK.amd64), arm64: imageOf(arm64, STOCK.arm64) } : null,
    selfDestructRole: variables.ALIYUN_ECS_SELF_DESTRUCT_ROLE_NAME || null,
  };
}

/** Of a network that is brought along, what is not; empty: all is there, or nothing. */
export function missingOfNetwork(variables: Variables): string[] {
  const zone = Object.keys(variables).find(
    (name) => /^ALIYUN_VSWITCH_ID_[A-Z]$/.test(name) && variables[name],
  );
  const wanted = {
    ALIYUN_REGION_ID: variables.ALIYUN_REGION_ID,
    ALIYUN_SECURITY_GROUP_ID: variables.ALIYUN_SECURITY_GROUP_ID,
    'ALIYUN_VSWITCH_ID_A … _Z': zone,
  };
  const missing = Object.entries(wanted).flatMap(([name, value]) => (value ? [] : [name]));
  const isBegun =
    zone !== undefined || Boolean(variables.ALIYUN_SECURITY_GROUP_ID || variables.ALIYUN_VPC_ID);
  return isBegun ? missing : [];
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
