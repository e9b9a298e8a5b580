/** An operator, an organisation and an account, for set-up to be tried on. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realWorld } from '../../../cli/setup/index.ts';
import { setup } from '../../../cli/setup/setup.ts';
import type { SetupWorld } from '../../../cli/setup/world.ts';
import { createAccount } from '../../../simulator/accounts.ts';
import { scaledClock } from '../../../simulator/clock.ts';
import { createGitHub, type SimGitHub, serveGitHub } from '../../../simulator/github/index.ts';
import {
  type AppPages,
  type AppPagesOptions,
  serveAppPages,
} from '../../../simulator/github/pages/app-pages.ts';
import {
  createManagement,
  type ManagementState,
  serveManagement,
} from '../../../simulator/management/index.ts';
import { seeded } from '../../../simulator/random.ts';
import { type Answered, askOf } from './answering.ts';
import { createApp, doorFor } from './by-hand.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
export const PEM = privateKey;
export const WEBHOOK_SECRET = 'made-by-github-with-40-characters';
export const WEBHOOK_URL = 'https://webhook.cn-hongkong.fcapp.run';
const KEY = { accessKeyId: 'LTAIoperator', accessKeySecret: 'shh', securityToken: null };

export interface Operator {
  readonly root: string;
  readonly github: SimGitHub;
  readonly pages: AppPages;
  readonly management: ManagementState;
  /** The next code is exchanged after its hour. */
  isNextCodeLate: boolean;
  /** What was said, line by line. */
  readonly said: string[];
  /** Answers by the beginning of a question, one after the other where there are several; else the question's own default, or yes. */
  readonly answers: Answered;
  /** What the browser does when the page opens; replaced by tests. */
  browse: (url: string) => Promise<unknown>;
  /** The next thing of this name goes wrong. */
  interruptAt: string | null;
  run(): Promise<number>;
  fileOf(name: string): string | null;
  modeOf(name: string): string;
  close(): Promise<void>;
}

export async function operator(
  options: Partial<AppPagesOptions> & {
    readonly environment?: Record<string, string>;
    readonly accessKey?: () => Promise<typeof KEY>;
  } = {},
): Promise<Operator> {
  const root = mkdtempSync(join(tmpdir(), 'setup-'));
  const real = scaledClock(1);
  let addedMs = 0;
  const nowMs = () => real.nowMs() + addedMs;
  const pages = await serveAppPages({
    nowMs,
    app: { id: 42, pem: PEM, webhookSecret: WEBHOOK_SECRET },
    organizations: ['my-org'],
    ...options,
  });
  let hookUrl = 'https://example.com/not-deployed-yet';
  const github = createGitHub({
    clock: real,
    random: seeded(3),
    app: { id: 42, publicKeyPem: publicKey, webhookSecret: WEBHOOK_SECRET },
    // Nobody answers where nothing is deployed.
    deliver: async () => ({ status: hookUrl === WEBHOOK_URL ? 204 : 404 }),
    behaviour: { deliveryMs: [0, 1] },
    manifestConversion: (code) => {
      if (self.isNextCodeLate) addedMs += 3_600_001;
      self.isNextCodeLate = false;
      const made = pages.manifestConversion(code);
      if (made !== null) github.ping();
      return made;
    },
  });
  github.addOrganization('my-org');
  const api = await serveGitHub({
    request: (request, origin) => {
      if (request.method === 'PATCH' && request.path.endsWith('/app/hook/config'))
        hookUrl = (request.body as { url: string }).url;
      return github.request(request, origin);
    },
  });
  const account = createAccount('1234567890123456', 'cn-hongkong');
  account.add(KEY.accessKeyId, { secret: KEY.accessKeySecret });
  const management = createManagement(account.id);
  const served = await serveManagement({ state: management, credentials: account.find, nowMs: Date.now });
  const self: Operator = {
    root,
    github,
    pages,
    management,
    isNextCodeLate: false,
    said: [],
    answers: new Map<string, string | boolean | string[]>([
      ['GitHub’s address', pages.origin],
      ['The organisation', 'my-org'],
      ['The id of', 'kst-1'],
    ]),
    browse: (url) => createApp(url),
    interruptAt: null,
    run: () =>
      setup(
        worldOf(
          self,
          { GITHUB_API: api.origin, ALIBABA_ENDPOINT: served.endpoint, ...options.environment },
          options.accessKey,
        ),
      ),
    fileOf: (name) => (existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8') : null),
    modeOf: (name) => (statSync(join(root, name)).mode & 0o777).toString(8),
    async close() {
      await Promise.all([pages.close(), api.close(), served.close()]);
      real.stop();
      rmSync(root, { recursive: true });
    },
  };
  return self;
}

/** The power goes. */
export class Interrupted extends Error {}

function worldOf(
  self: Operator,
  environment: Record<string, string>,
  accessKey = async () => KEY,
): SetupWorld {
  const at = (name: string): void => {
    if (self.interruptAt === null || !name.startsWith(self.interruptAt)) return;
    self.interruptAt = null;
    throw new Interrupted(name);
  };
  const world = realWorld({ root: self.root, environment, accessKey, ask: askOf(self, at) });
  const { rpc } = world.alibaba;
  return {
    ...world,
    alibaba: {
      ...world.alibaba,
      rpc: (...asked) => {
        at(asked[2]);
        return rpc(...asked);
      },
    },
    say: (line) => {
      self.said.push(line);
      at(line);
    },
    openDoor: doorFor((url) => self.browse(url), self.said),
    sleep: () => new Promise((resolve) => setTimeout(resolve, 5)),
    deploy: async () => {
      at('deploy');
      deployed(self.management);
      return 0;
    },
  };
}

export function deployed(management: ManagementState): void {
  management.functions.set('ci-webhook', {
    description: 'one',
    role: '',
    timeout: 9,
    memorySize: 512,
    code: Buffer.alloc(0),
    environmentVariables: {},
    onFailure: null,
    versions: [],
    triggers: [{ name: 'github', type: 'http', config: {}, url: WEBHOOK_URL }],
  });
}
