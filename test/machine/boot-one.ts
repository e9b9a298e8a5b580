/** One machine with user data of its own, as RunInstances would have booted it. */
import { expect } from 'vitest';
import { readUserDataScripts } from '../../shared/adapters/user-data-scripts.ts';
import type { RunnerName } from '../../shared/nouns.ts';
import { type UserDataValues, userData } from '../../shared/runner/user-data.ts';
import type { RunningMachine } from '../../simulator/machine/machine-driver.ts';
import { VALUES } from '../userdata/values.ts';
import type { Cloud } from './cloud.ts';

const SCRIPTS = readUserDataScripts(`${import.meta.dirname}/../../userdata`);

export interface One {
  readonly machine: RunningMachine;
  readonly jitConfig: string;
  readonly console: readonly string[];
  /** It powered itself off; throws with all that is known of it when it did not within so long, or had not booted well. */
  stops(maxMs: number): Promise<void>;
  isOn(): boolean;
  trace(): string;
  /** All that is known of it. */
  story(): string;
  /** The job's log. */
  log(): string;
  giveNotice(atMs: number): void;
}

let made = 0;

export async function bootOne(cloud: Cloud, values: Partial<UserDataValues> = {}): Promise<One> {
  const name = `one-${++made}`;
  const jitConfig = values.jitConfig ?? (await minted(cloud, name));
  const text = userDataOf(cloud, { ...values, jitConfig });
  const console: string[] = [];
  let stopped = false;
  let noticeAtMs: number | null = null;
  cloud.driver.boot({
    id: `i-${name}`,
    region: 'cn-hangzhou',
    zone: 'cn-hangzhou-k',
    instanceType: 'ecs.c8y.2xlarge',
    cpu: 8,
    memoryGiB: 16,
    arch: 'amd64',
    userData: text,
    spotPrice: 0.31,
    clock: cloud.world.clock,
    console: (line) => void console.push(line),
    stop: () => {
      stopped = true;
    },
    terminationAtMs: () => noticeAtMs,
  });
  const machine = cloud.driver.machines().find(({ facts }) => facts.id === `i-${name}`) as RunningMachine;
  const trace = () => machine.read('/var/log/user-data.log');
  const story = () =>
    [
      stopped ? 'stopped' : 'alive',
      trace(),
      cloud.runnerEndpoint.logOf(machine.address),
      ...console.slice(-30),
    ].join('\n');
  return {
    machine,
    jitConfig,
    console,
    async stops(maxMs) {
      await cloud.until(`the stop of ${name}`, () => stopped, maxMs, story);
      expect(machine.bootErrors()).toEqual([]);
    },
    isOn: () => !stopped,
    trace,
    story,
    log: () => cloud.runnerEndpoint.logOf(machine.address),
    giveNotice: (atMs) => {
      noticeAtMs = atMs;
    },
  };
}

/** As the launcher would have put it together. */
export function userDataOf({ release }: Cloud, values: Partial<UserDataValues>): string {
  const url = (host: string, path: string) => `https://${host}/${path}`;
  const urls = [
    url('ci-runners.oss-cn-hangzhou-internal.aliyuncs.com', release.archives.amd64.key),
    url('github.com', 'actions/runner/releases/download/runner.tar.gz'),
  ];
  return userData(
    {
      ...VALUES,
      runner: { versions: [release.version], sha256: release.archives.amd64.sha256, urls },
      queuedAtSeconds: Math.floor(Date.now() / 1000) - 4,
      launchedAtSeconds: Math.floor(Date.now() / 1000),
      ...values,
    },
    SCRIPTS,
  );
}

export async function minted({ github }: Cloud, name: string): Promise<string> {
  const target = { owner: 'acme', repository: null, installationId: null };
  const mint = await github.mint(target, { name: name as RunnerName, labels: [name] });
  if (mint.kind !== 'minted') throw new Error(`no JIT config: ${JSON.stringify(mint)}`);
  return mint.jitConfig;
}

/** A job that only this machine's runner covers; resolves when its steps run. */
export function giveJob(
  cloud: Cloud,
  one: One,
  jobName = 'build',
  whose: { readonly repository?: string; readonly fork?: string } = {},
) {
  const label = one.machine.facts.id.slice(2);
  const run = cloud.world.github.queueRun({
    repository: 'acme/app',
    jobs: [{ name: jobName, labels: [label] }],
    ...whose,
  });
  const [job] = cloud.world.github.jobsOf(run);
  if (job === undefined) throw new Error('no job');
  return job;
}
