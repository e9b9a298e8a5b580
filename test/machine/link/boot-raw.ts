/** A machine with any user data, and when its runner listens. */
import { readUserDataScripts } from '../../../shared/adapters/user-data-scripts.ts';
import type { RunnerName } from '../../../shared/nouns.ts';
import { userData } from '../../../shared/runner/user-data.ts';
import { VALUES } from '../../userdata/values.ts';
import { type Cloud, MIRROR } from '../cloud.ts';

const SCRIPTS = readUserDataScripts(`${import.meta.dirname}/../../../userdata`);

export interface Raw {
  /** Since its power-on. */
  seconds(): number;
  isListening(): boolean;
  /** It is off. */
  isOver(): boolean;
  story(): string;
}

export function ours({ release }: Cloud, jitConfig: string, hasMirror: boolean): string {
  const { key, sha256 } = release.archives.amd64;
  const gitHub = 'https://github.com/actions/runner/releases/download/runner.tar.gz';
  const urls = hasMirror ? [`https://${MIRROR}/${key}`, gitHub] : [gitHub];
  const nowSeconds = Math.floor(Date.now() / 1000);
  const at = { queuedAtSeconds: nowSeconds - 4, launchedAtSeconds: nowSeconds };
  return userData(
    { ...VALUES, ...at, jitConfig, runner: { versions: [release.version], sha256, urls } },
    SCRIPTS,
  );
}

export async function bootRaw(
  cloud: Cloud,
  number: number,
  text: (jitConfig: string) => string,
): Promise<Raw> {
  const name = `raw-${number}`;
  const target = { owner: 'acme', repository: null, installationId: null };
  const mint = await cloud.github.mint(target, { name: name as RunnerName, labels: [name] });
  if (mint.kind !== 'minted') throw new Error(`no JIT config: ${JSON.stringify(mint)}`);
  const beganMs = Date.now();
  const console: string[] = [];
  let isOff = false;
  cloud.driver.boot({
    ...{ id: `i-${name}`, region: 'cn-hangzhou', zone: 'cn-hangzhou-k', instanceType: 'ecs.c8y.2xlarge' },
    ...{ cpu: 8, memoryGiB: 16, arch: 'amd64', spotPrice: 0.31, clock: cloud.world.clock },
    userData: text(mint.jitConfig),
    console: (line) => void console.push(line),
    stop: () => {
      isOff = true;
    },
    terminationAtMs: () => null,
  });
  const machine = cloud.driver.machines().find(({ facts }) => facts.id === `i-${name}`);
  const trace = () => machine?.read('/var/log/user-data.log') ?? '';
  const said = () => machine?.read('/var/log/runner.log') ?? '';
  return {
    seconds: () => (Date.now() - beganMs) / 1000,
    isListening: () => trace().includes('runner.online') || said().includes('Listening for Jobs'),
    isOver: () => isOff,
    story: () => [`${name}:`, trace(), said(), ...console.slice(-8)].join('\n'),
  };
}
