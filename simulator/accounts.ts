/** Who may call the simulated Alibaba Cloud, one account for all of its simulators. */

/** What a simulator knows of one access key. */
export interface Credential {
  readonly secret: string;
  /** Temporary credentials are good only together with their token. */
  readonly securityToken?: string;
  /** in simulated time */
  readonly expiresAtMs?: number;
  /**
   * Takes a RAM action name such as `ecs:RunInstances`, and of ECS the region that it is for. A refused action gets the service's own permission error.
   * Absent: everything is allowed.
   */
  readonly mayDo?: (action: string, region?: string) => boolean;
}

/** Null: no such access key. */
export type Credentials = (accessKeyId: string) => Credential | null;

/** One account in one region: its keys, long-lived and temporary, known to every simulator. */
export interface Account {
  readonly id: string;
  readonly region: string;
  readonly find: Credentials;
  add(accessKeyId: string, credential: Credential): void;
}

export function createAccount(id: string, region: string): Account {
  const keys = new Map<string, Credential>();
  /** In the order in which they were issued. */
  const temporary: string[] = [];
  return {
    id,
    region,
    find: (accessKeyId) => keys.get(accessKeyId) ?? null,
    add(accessKeyId, credential) {
      keys.set(accessKeyId, credential);
      if (credential.expiresAtMs === undefined) return;
      temporary.push(accessKeyId);
      // Bounded: the oldest of very many have long ended, and nobody holds them.
      if (temporary.length > KEYS_MAX) keys.delete(temporary.shift() as string);
    },
  };
}

const KEYS_MAX = 50_000;
