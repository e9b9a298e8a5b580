/** What one launch tells its instance. */
import { createHash } from 'node:crypto';
import type { UserDataValues } from '../../shared/runner/user-data.ts';

export const ARCHIVE = 'the runner, as an archive';
const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');

export const VALUES: UserDataValues & { readonly jitConfig: string } = {
  jitConfig: Buffer.from('a registration good for one job'.repeat(98)).toString('base64').slice(0, 4088),
  runner: {
    versions: ['2.336.0', '2.335.1'],
    sha256: sha256Of(ARCHIVE),
    urls: [
      'https://ci-runners.oss-cn-hangzhou-internal.aliyuncs.com/actions-runner-linux-x64-2.336.0.tar.gz',
      'https://github.com/actions/runner/releases/download/v2.336.0/actions-runner-linux-x64-2.336.0.tar.gz',
    ],
  },
  actions: null,
  tools: null,
  lifetimeSeconds: 23_220,
  lifetimeMinutes: 390,
  bootSeconds: 540,
  idleSeconds: 1800,
  proxy: null,
  docker: false,
  packages: [],
  registryMirror: null,
  mirrors: { files: [], apt: null, docker: null },
  sudo: true,
  admission: { lists: [['acme/*']], public: 'refuse', forks: 'refuse' },
  metadata: 'closed',
  usage: false,
  debugSeconds: 0,
  extraUserData: null,
  hooks: { started: null, completed: null },
  selfDestruct: null,
  instance: {
    instanceType: 'ecs.c8y.2xlarge',
    zone: 'cn-hangzhou-k',
    cpu: 8,
    memoryGiB: 16,
    capacityType: 'spot',
    pricePerHour: 0.31,
    onDemandPricePerHour: 1.24,
    image: null,
  },
  queuedAtSeconds: 1_790_000_000,
  launchedAtSeconds: 1_790_000_004,
};

/** As random as a key's, and the same in each run: what it is compressed to is held to the byte. */
const numberOf = (name: string, bytes: number): string =>
  createHash('shake256', { outputLength: bytes }).update(name).digest('base64');

/** As GitHub makes one (actions/runner, Runner.cs and RSAParametersSerializable): files by name, a new key in them. */
export function realJitConfig(): string {
  const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64');
  const [d, n] = [numberOf('d', 256), numberOf('n', 256)];
  const halves = Object.fromEntries(
    ['dp', 'dq', 'inverseQ', 'p', 'q'].map((name) => [name, numberOf(name, 128)]),
  );
  const key = { d, exponent: 'AQAB', modulus: n, ...halves };
  const url = 'https://pipelinesghubeus21.actions.githubusercontent.com/';
  return base64({
    '.runner': base64({
      AgentId: '123456',
      AgentName: `ci-runner-arm64-spot-${'9'.repeat(12)}-1`,
      PoolId: '12',
      PoolName: 'ci-runners',
      DisableUpdate: 'True',
      ServerUrl: `${url}${createHash('sha256').update(n).digest('base64url')}/`,
      ServerUrlV2: 'https://broker.actions.githubusercontent.com/',
      UseV2Flow: 'True',
      GitHubUrl: 'https://github.com/acme-corporation',
      WorkFolder: '_work',
      Ephemeral: 'True',
    }),
    '.credentials': base64({
      Data: {
        ClientId: createHash('sha256').update(d).digest('hex'),
        AuthorizationUrl: `${url}_apis/oauth2/token`,
        AuthorizationUrlV2: 'https://token.actions.githubusercontent.com/',
        RequireFipsCryptography: 'True',
      },
      Scheme: 'OAuth',
    }),
    '.credentials_rsaparams': base64(key),
  });
}
