/** Who may call the simulated Alibaba Cloud, one account for all of its simulators. */

/** What a simulator knows of one access key. */
export interface Credential {
  readonly secret: string;
  /** Temporary credentials are good only together with their token. */
  readonly securityToken?: string;
  readonly expiresAtMs?: number;
  /**
   * Takes a RAM action name such as `ecs:RunInstances`. A refused action gets the service's own permission error.
   * Absent: everything is allowed.
   */
  readonly mayDo?: (action: string) => boolean;
}

/** Null: no such access key. */
export type Credentials = (accessKeyId: string) => Credential | null;
