/** @alicloud/fc2 brings no types: this is what we use of it. */
declare module '@alicloud/fc2' {
  interface Config {
    accessKeyID: string;
    accessKeySecret: string;
    /** Read only when the id starts with STS. */
    securityToken: string | undefined;
    region: string;
    endpoint: string;
  }
  export default class Client {
    constructor(accountId: string, config: Config);
    version: string;
    buildHeaders(): Record<string, string>;
    static getSignature(
      accessKeyId: string,
      accessKeySecret: string,
      method: string,
      path: string,
      headers: Record<string, string>,
    ): string;
  }
}
