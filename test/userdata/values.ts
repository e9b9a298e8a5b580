/** What one launch tells its instance. */
import { createHash } from 'node:crypto';
import type { UserDataValues } from '../../shared/runner/user-data.ts';

export const ARCHIVE = 'the runner, as an archive';
const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');

export const VALUES: UserDataValues = {
  jitConfig: Buffer.from('a registration good for one job'.repeat(98)).toString('base64').slice(0, 4088),
  runner: {
    versions: ['2.336.0', '2.335.1'],
    sha256: sha256Of(ARCHIVE),
    urls: [
      'https://ci-runners.oss-cn-hangzhou-internal.aliyuncs.com/actions-runner-linux-x64-2.336.0.tar.gz',
      'https://github.com/actions/runner/releases/download/v2.336.0/actions-runner-linux-x64-2.336.0.tar.gz',
    ],
  },
  lifetimeSeconds: 23_400,
  bootSeconds: 540,
  proxy: null,
  docker: false,
  registryMirror: null,
  sudo: true,
  admission: { lists: [['acme/*']], public: 'refuse', forks: 'refuse' },
  metadata: 'closed',
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
  },
  queuedAtSeconds: 1_790_000_000,
  launchedAtSeconds: 1_790_000_004,
};
