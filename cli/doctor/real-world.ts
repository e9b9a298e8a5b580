/** Doctor's world, from `runners.yaml`, `.env` and the operator's own credentials. */

import { namesOf } from '../../infra/names.ts';
import { releaseOf } from '../../infra/release.ts';
import type { AccessKey } from '../../shared/adapters/alibaba/acs3.ts';
import { gitHubClient } from '../../shared/adapters/github/client.ts';
import type { GitHubRequest } from '../../shared/adapters/github/request.ts';
import type { Config } from '../../shared/config/config.ts';
import { type Alibaba, type Answer, alibaba, operatorKey } from '../shared/alibaba.ts';
import { readDotEnv } from '../shared/dot-env.ts';
import { FOLDER, MADE } from '../shared/package/places.ts';
import { operatorSecret } from '../shared/secrets.ts';
import { ROOT } from '../shared/steps.ts';
import { rootFingerprint } from '../shared/workflow-trust.ts';
import { ledgerReader, tableReader } from './ledger-look.ts';
import { prober } from './probe.ts';
import type { DoctorWorld } from './world.ts';

type Variables = DoctorWorld['variables'];

export interface RealOptions {
  readonly variables?: Variables;
  readonly accessKey?: () => Promise<AccessKey>;
  readonly root?: string;
  readonly rootOf?: DoctorWorld['rootOf'];
}

/** Addresses of simulators come by the variables that the functions know, and ALIBABA_ENDPOINT for all the rest. */
export function realWorld(config: Config, options: RealOptions = {}): DoctorWorld {
  const root = options.root ?? FOLDER;
  const variables = options.variables ?? { ...readDotEnv(root), ...process.env };
  const accessKey = options.accessKey ?? operatorKey;
  const cloud = remembering(alibaba(accessKey, variables.ALIBABA_ENDPOINT));
  const { region } = config.control;
  const instance = namesOf(config).tablestoreInstance;
  const connection = {
    endpoint: variables.TABLESTORE_ENDPOINT ?? `https://${instance}.${region}.ots.aliyuncs.com`,
    instance,
  };
  return {
    config,
    variables,
    alibaba: cloud,
    github: githubAsApp(config.github.baseUrl, region, variables, cloud, root),
    table: tableReader(connection, accessKey),
    ...ledgerReader(connection, accessKey),
    probe: prober(config, variables, cloud),
    release: releaseOf(options.root ?? ROOT, options.root ?? MADE),
    rootOf: options.rootOf ?? rootFingerprint,
    root,
    nowMs: Date.now,
  };
}

/** One look at each thing: several checks ask the same, and must be told the same. */
function remembering(cloud: Alibaba): Alibaba {
  const answers = new Map<string, Promise<Answer>>();
  const once = (key: string, ask: () => Promise<Answer>): Promise<Answer> => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask();
    answers.set(key, answer);
    // A failure may pass: who asks again is not told of the one before.
    answer.catch(() => answers.delete(key));
    return answer;
  };
  return {
    ...cloud,
    rpc: (...asked) => once(JSON.stringify(asked), () => cloud.rpc(...asked)),
    fc: (...asked) => once(JSON.stringify(asked), () => cloud.fc(...asked)),
  };
}

/** GitHub as our App, by the references in `.env`. */
export function githubAsApp(
  baseUrl: string,
  region: string,
  variables: Variables,
  cloud: Alibaba,
  root: string,
): GitHubRequest {
  const { GITHUB_API, GITHUB_APP_ID = '', GITHUB_PRIVATE_KEY = '' } = variables;
  const secret = operatorSecret(GITHUB_PRIVATE_KEY, { cloud, region, root });
  const common = {
    baseUrl: GITHUB_API ?? baseUrl,
    egressProxy: null,
    clock: { nowMs: Date.now },
    log: () => undefined,
  };
  const appKey = async () => {
    if (GITHUB_APP_ID === '' || GITHUB_PRIVATE_KEY === '')
      throw Object.assign(
        new Error('GITHUB_APP_ID or GITHUB_PRIVATE_KEY is not set: npm run setup writes them into .env'),
        { name: 'NotSetUp' },
      );
    return { appId: GITHUB_APP_ID, privateKeyPem: await secret.read() };
  };
  const asApp = gitHubClient({ ...common, appKey });
  // What anyone may ask must not fail for want of the App's key: its own check tells of that.
  const asNobody = gitHubClient({ ...common, appKey: async () => NOBODY });
  return (route, params, auth) => (auth === 'none' ? asNobody : asApp)(route, params, auth);
}

/** No App: no request of this client is signed. */
const NOBODY = { appId: 1, privateKeyPem: '' };
