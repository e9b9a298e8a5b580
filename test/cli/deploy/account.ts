/** An account to deploy into; Serverless Devs is played by what its component would do with the same file. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeployWorld, deploy } from '../../../cli/deploy/deploy.ts';
import { rollBack } from '../../../cli/deploy/functions.ts';
import { type DestroyWorld, destroy } from '../../../cli/destroy/destroy.ts';
import { type Alibaba, alibaba } from '../../../cli/shared/alibaba.ts';
import { FUNCTION_KINDS } from '../../../infra/names.ts';
import { noteConfiguration, writeConfiguration } from '../../../infra/release.ts';
import type { AccessKey } from '../../../shared/adapters/alibaba/acs3.ts';
import type { Config } from '../../../shared/config/config.ts';
import { parseYaml } from '../../../shared/config/parse.ts';
import { createAccount } from '../../../simulator/accounts.ts';
import { takeRoles } from '../../../simulator/empty-account/index.ts';
import {
  createManagement,
  type ManagementState,
  serveManagement,
} from '../../../simulator/management/index.ts';
import { NO_IMAGES } from './no-images.ts';
import { played } from './played.ts';

const ROOT = join(import.meta.dirname, '../../..');
const KEY = { accessKeyId: 'LTAIoperator', accessKeySecret: 'shh', securityToken: null };
const WAIT_NOT = async () => undefined;

export const VARIABLES = {
  GITHUB_APP_ID: '42',
  GITHUB_PRIVATE_KEY: 'kms:ci-key',
  WEBHOOK_SECRET: 'kms:ci-hook',
};

export interface DeployAccount {
  readonly root: string;
  readonly management: ManagementState;
  readonly alibaba: Alibaba;
  readonly said: string[];
  variables: Record<string, string>;
  /** What the next build puts into each function. */
  source: string;
  isConfirmed: boolean;
  toolCode: number;
  /** The keys that Serverless Devs got. */
  readonly handed: AccessKey[];
  usesOwnKey: boolean;
  /** While Serverless Devs runs. */
  onTool: (...asked: Parameters<DeployWorld['deployFunctions']>) => unknown;
  /** Functions invoked after a deploy. */
  readonly mirrored: string[];
  /** What the operator's identity may not do. */
  readonly denied: Set<string>;
  /** What whoever deploys may do, by RAM action. */
  mayDo: (action: string) => boolean;
  github: DeployWorld['github'];
  busy: string[][];
  images: DestroyWorld['images'];
  /** Machines of others, by network. */
  machines: Map<string, string[]>;
  hooks: string[];
  /** What the ledger says; throws when it cannot be read. */
  regionsInUse: () => Promise<ReadonlyMap<string, number>>;
  yaml(): string;
  write(yaml: string): void;
  config(): Config;
  deploy(): Promise<number>;
  rollBack(by?: Alibaba): Promise<void>;
  destroy(): Promise<number>;
  everCalled(): Set<string>;
  /** Calls that change something, since the last look. */
  changes(): string[];
  close(): Promise<void>;
}

export async function deployAccount(): Promise<DeployAccount> {
  const root = mkdtempSync(join(tmpdir(), 'deploy-'));
  for (const file of ['s.yaml', 'package.json']) copyFileSync(join(ROOT, file), join(root, file));
  copyFileSync(join(ROOT, 'runners.example.yaml'), join(root, 'runners.yaml'));
  const account = createAccount('1234567890123456', 'cn-hongkong');
  const denied = new Set<string>();
  account.add(KEY.accessKeyId, {
    secret: KEY.accessKeySecret,
    mayDo: (action) => !denied.has(action) && self.mayDo(action),
  });
  const management = createManagement(account.id);
  takeRoles(management, account);
  const served = await serveManagement({ state: management, credentials: account.find, nowMs: Date.now });
  const cloud = alibaba(async () => KEY, served.endpoint, WAIT_NOT);
  const seen = new Set<string>();
  const taken = (): string[] => management.calls.splice(0).filter((call) => seen.add(call));
  const say = (line: string) => void self.said.push(line);
  const self: DeployAccount = {
    root,
    management,
    alibaba: cloud,
    said: [],
    variables: { ...VARIABLES },
    source: 'one',
    isConfirmed: true,
    toolCode: 0,
    handed: [],
    onTool: () => undefined,
    usesOwnKey: false,
    mirrored: [],
    denied,
    mayDo: () => true,
    github: async () => ({ status: 200, headers: {}, data: { hooks: self.hooks } }),
    busy: [],
    images: NO_IMAGES,
    machines: new Map(),
    hooks: ['192.30.252.0/22'],
    regionsInUse: async () => new Map(),
    yaml: () => readFileSync(join(root, 'runners.yaml'), 'utf8'),
    write: (yaml) => writeFileSync(join(root, 'runners.yaml'), yaml),
    config: () => configIn(self.yaml()),
    deploy: () => deploy(worldOf(self)),
    rollBack: (by = cloud) => rollBack({ alibaba: by, config: self.config(), download, say }),
    destroy: () => destroy(destroyWorldOf(self)),
    everCalled: () => new Set([...seen, ...management.calls]),
    changes: () => taken().filter((call) => !/:(Get|List|Describe)/.test(call)),
    async close() {
      await served.close();
      rmSync(root, { recursive: true });
    },
  };
  return self;
}

const download = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

function configIn(text: string): Config {
  const parsed = parseYaml(text);
  if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join('\n'));
  return parsed.config;
}

function worldOf(self: DeployAccount): DeployWorld {
  return {
    ...{ root: self.root, ours: self.root, made: self.root },
    alibaba: self.alibaba,
    download,
    variables: self.variables,
    say: (line) => self.said.push(line),
    confirm: async () => self.isConfirmed,
    async build(config) {
      for (const kind of FUNCTION_KINDS) {
        mkdirSync(join(self.root, 'dist', kind), { recursive: true });
        writeFileSync(join(self.root, 'dist', kind, 'index.mjs'), `${self.source} ${JSON.stringify(config)}`);
        writeConfiguration(config, join(self.root, 'dist', kind));
      }
      noteConfiguration(config, join(self.root, 'dist'));
    },
    async deployFunctions(file, variables, key) {
      self.handed.push(key);
      await self.onTool(file, variables, key);
      if (self.toolCode === 0) played(self, file, variables);
      return self.toolCode;
    },
    startMirror: async (name) => {
      self.mirrored.push(name);
    },
    github: self.github,
    rootOf: async () => null,
    sleep: async () => undefined,
    usesOwnKey: self.usesOwnKey,
    regionsInUse: () => self.regionsInUse(),
  };
}

function destroyWorldOf(self: DeployAccount): DestroyWorld {
  return {
    ...{ alibaba: self.alibaba, config: self.config(), images: self.images },
    busyRunners: async () => self.busy.shift() ?? [],
    machinesIn: async (_region, vpc) => self.machines.get(vpc) ?? [],
    refuseLaunches: async () => void self.management.calls.push('ledger:stop'),
    say: (line) => self.said.push(line),
    confirm: async () => self.isConfirmed,
    sleep: async () => undefined,
  };
}
