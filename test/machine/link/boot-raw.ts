/** A machine with any user data, and when its runner listens. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readUserDataScripts } from '../../../shared/adapters/user-data-scripts.ts';
import type { RunnerName } from '../../../shared/nouns.ts';
import { type UserDataValues, userData } from '../../../shared/runner/user-data.ts';
import { run } from '../../../simulator/machine/commands.ts';
import type { RunningMachine } from '../../../simulator/machine/machine-driver.ts';
import { VALUES } from '../../userdata/values.ts';
import { CACHE, type Cloud, MIRROR } from '../cloud.ts';

const SCRIPTS = readUserDataScripts(`${import.meta.dirname}/../../../userdata`);

export interface Raw {
  /** Since its power-on. */
  seconds(): number;
  /** The script's first line is there. */
  hasBegun(): boolean;
  isListening(): boolean;
  /** It is off. */
  isOver(): boolean;
  /** Its power is cut. */
  end(): void;
  /** A folder: what it changed of its image. */
  readonly disk: string;
  story(): string;
}

function valuesOf({ release }: Cloud, jitConfig: string | null, hasMirror: boolean): UserDataValues {
  const { key, sha256 } = release.archives.amd64;
  const gitHub = 'https://github.com/actions/runner/releases/download/runner.tar.gz';
  const urls = hasMirror ? [`https://${MIRROR}/${key}`, gitHub] : [gitHub];
  const nowSeconds = Math.floor(Date.now() / 1000);
  const at = { queuedAtSeconds: nowSeconds - 4, launchedAtSeconds: nowSeconds };
  return { ...VALUES, ...at, jitConfig, runner: { versions: [release.version], sha256, urls } };
}

/** `jitConfig`: null: it is only made ready. */
export const ours = (cloud: Cloud, jitConfig: string | null, hasMirror: boolean): string =>
  userData(valuesOf(cloud, jitConfig, hasMirror), SCRIPTS);

/** The last state of release 0.1, which bears no tag: its scripts and what puts them together come from git's history. */
const FIRST_RELEASE = '9849c47';

/** As release 0.1 would have put it together. */
export async function firstRelease(cloud: Cloud): Promise<typeof ours> {
  const folder = mkdtempSync(join(CACHE, 'run-first-'));
  const root = join(import.meta.dirname, '../../..');
  await run(
    'sh',
    '-c',
    `git -C '${root}' archive ${FIRST_RELEASE} shared userdata | tar --extract --directory='${folder}'`,
  );
  const then = await import(join(folder, 'shared/user-data.ts'));
  const text = (name: string) => readFileSync(join(folder, 'userdata', name), 'utf8');
  const scripts = {
    boot: text('boot.sh'),
    docker: text('docker.sh'),
    selfDestruct: text('self-destruct.sh'),
  };
  rmSync(folder, { recursive: true });
  return (_cloud, jitConfig, hasMirror) => then.userData(valuesOf(cloud, jitConfig, hasMirror), scripts);
}

/**
 * As dianplus/cloud-instance-github-runner 1.3.0 brings its runner (templates/user-data.sh), by the same words to apt-get and curl.
 * Left out: what packages recommend, its command line of Alibaba Cloud, which comes from a host that is not had here, its watchdog, and its registration.
 */
export const dianplus = (jitConfig: string): string => `#!/bin/bash
set -euo pipefail
echo 'boot.began' >/var/log/user-data.log
apt-get update -y
apt-get install -y --no-install-recommends curl wget git
mkdir -p /opt/actions-runner
cd /opt/actions-runner
curl -o runner.tar.gz -L --retry 5 --retry-all-errors --connect-timeout 10 --max-time 300 https://github.com/actions/runner/releases/download/runner.tar.gz
tar xzf runner.tar.gz
rm runner.tar.gz
RUNNER_ALLOW_RUNASROOT=1 ACTIONS_RUNNER_INPUT_JITCONFIG='${jitConfig}' ./run.sh >/var/log/runner.log 2>&1
`;

/** Power is on when this returns. `isStartedAgain`: it was made ready and stopped before. */
export async function bootRaw(
  cloud: Cloud,
  number: number,
  text: (jitConfig: string) => string,
  isStartedAgain = false,
): Promise<Raw> {
  const name = `raw-${number}`;
  const target = { owner: 'acme', repository: null, installationId: null };
  const mint = await cloud.github.mint(target, { name: name as RunnerName, labels: [name] });
  if (mint.kind !== 'minted') throw new Error(`no JIT config: ${JSON.stringify(mint)}`);
  const console: string[] = [];
  let isOff = false;
  let boots = 0;
  const boot = (userData: string) => {
    boots++;
    isOff = false;
    const booted = cloud.driver.boot({
      ...{ id: `i-${name}`, region: 'cn-hangzhou', zone: 'cn-hangzhou-k', instanceType: 'ecs.c8y.2xlarge' },
      ...{ cpu: 8, memoryGiB: 16, arch: 'amd64', spotPrice: 0.31, clock: cloud.world.clock },
      userData,
      console: (line) => void console.push(line),
      stop: () => {
        isOff = true;
      },
      terminationAtMs: () => null,
    });
    const machine = cloud.driver.machines().at(-1) as RunningMachine;
    return { booted, machine };
  };
  if (isStartedAgain) {
    const { booted, machine } = boot(ours(cloud, null, true));
    const isReady = () => machine.read('/var/log/user-data.log').includes('machine.prepared');
    await cloud.until('the first boot', isReady, 120_000, () => machine.read('/var/log/user-data.log'));
    booted.powerOff?.();
    await cloud.until('its end', () => !machine.isRunning, 30_000);
  }
  const beganMs = Date.now();
  const { booted, machine } = boot(text(mint.jitConfig));
  const trace = () => machine.read('/var/log/user-data.log');
  const said = () => machine.read('/var/log/runner.log');
  return {
    seconds: () => (Date.now() - beganMs) / 1000,
    hasBegun: () => trace().split('boot.began').length > boots,
    isListening: () => trace().includes('runner.online') || said().includes('Listening for Jobs'),
    isOver: () => isOff || !machine.isRunning,
    disk: machine.disk,
    end: () => booted.end(),
    story: () => [`${name}:`, trace(), said(), ...console.slice(-8)].join('\n'),
  };
}
