import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserDataValues } from '../../shared/runner/user-data.ts';
import { bootOne, giveJob, type One } from './boot-one.ts';
import { type Cloud, openCloud } from './cloud.ts';

/** By the name of the job. */
const STEPS: Readonly<Record<string, string>> = {
  long: 'sleep 600',
  // A descriptor is all that it takes: opened for reading, on a file of root's.
  aims: 'exec 1</etc/precious; sleep 600',
};

let cloud: Cloud;
beforeAll(async () => {
  cloud = await openCloud(
    (name) => `echo "${name} begins"; ${STEPS[name] ?? 'sleep 2'}; echo "${name} ends"`,
  );
});
afterAll(() => cloud.close());

interface Failure {
  readonly values?: () => Partial<UserDataValues>;
  /** Done to it once its trace says so. */
  readonly when?: string;
  readonly act?: (one: One) => Promise<unknown>;
  readonly job?: string;
  /** What its trace says in the end. */
  readonly traced?: RegExp;
}

const runnerOf = () => {
  const { sha256 } = cloud.release.archives.amd64;
  const url = `https://ci-runners.oss-cn-hangzhou-internal.aliyuncs.com/${cloud.release.archives.amd64.key}`;
  return { versions: [cloud.release.version], sha256, urls: [url] };
};
const shell = (command: string) => (one: One) => one.machine.shell(command);

// biome-ignore format: a table reads best as a table.
const failures: Record<string, Failure> = {
  'the mirror and GitHub are down': { values: () => ({ runner: { ...runnerOf(), urls: ['https://10.213.0.1:1/x'] } }), traced: /runner\.unobtainable/ },
  'the checksum is wrong': { values: () => ({ runner: { ...runnerOf(), sha256: '0'.repeat(64) } }), traced: /runner\.unobtainable/ },
  'the disk is full': { values: () => ({ extraUserData: 'mount -t tmpfs -o size=4k tmpfs /var/tmp; echo >/var/tmp/full' }), traced: /runner\.unobtainable/ },
  'the registration is refused': { values: () => ({ jitConfig: Buffer.from('unknown').toString('base64') }), traced: /runner\.ended status=1/ },
  'the runner is killed while idle': { when: 'runner.online', act: shell('pkill --signal KILL --full Runner[.]Listener'), traced: /runner\.ended/ },
  'the runner never comes online': { values: () => ({ bootSeconds: 10, extraUserData: 'iptables -A OUTPUT -p tcp --dport 8080 -j DROP' }) },
  'the network goes': { values: () => ({ bootSeconds: 12 }), when: 'boot.began', act: (one) => one.machine.cutCable() },
  'a job outlives the instance': { values: () => ({ lifetimeSeconds: 15 }), job: 'long', traced: /runner\.online/ },
  'the script is killed': { job: 'long', when: 'runner.online', act: shell('systemctl kill --kill-whom=main --signal=KILL ci-runner') },
  'it is rebooted in the middle of a job': { job: 'long', when: 'runner.online', act: shell('systemctl reboot') },
};

test.concurrent.each(Object.entries(failures))(
  'when %s, the machine stops by itself',
  async (_what, failure) => {
    const one = await bootOne(cloud, failure.values?.() ?? {});
    if (failure.job !== undefined) giveJob(cloud, one, failure.job);
    const { when, act } = failure;
    if (when !== undefined) await cloud.until(when, () => one.trace().includes(when), 60_000, one.story);
    await act?.(one);
    await one.stops(90_000);
    if (failure.traced !== undefined) expect(one.trace()).toMatch(failure.traced);
  },
);

test.concurrent('cloud-init that is killed while the job runs changes nothing', async () => {
  const one = await bootOne(cloud);
  const job = giveJob(cloud, one);
  await cloud.until('the boot', () => one.trace().includes('boot.began'), 60_000, one.story);
  await one.machine.shell('systemctl kill --signal=KILL cloud-final cloud-config cloud-init || true');
  await one.stops(90_000);
  expect(job.conclusion).toBe('success');
});

test.concurrent('a metadata service that is gone does not end the job', async () => {
  const one = await bootOne(cloud, { extraUserData: 'iptables -I OUTPUT -d 100.100.100.200 -j DROP' });
  const job = giveJob(cloud, one);
  await one.stops(90_000);
  expect(job.conclusion).toBe('success');
});

test.concurrent('a notice goes into nothing that the job may not write, whatever its step made of its output', async () => {
  const extraUserData = 'echo untouched >/etc/precious';
  const one = await bootOne(cloud, { extraUserData, sudo: false });
  const job = giveJob(cloud, one, 'aims');
  await cloud.until('the job', () => one.log().includes('aims begins'), 60_000, one.story);
  one.giveNotice(Date.UTC(2026, 4, 4, 9, 0, 0));
  await one.stops(60_000);
  expect(one.trace()).toContain('spot.notice at=2026-05-04T09:00:00Z');
  expect(one.machine.read('/etc/precious')).toBe('untouched\n');
  expect(job.conclusion).toBe('failure');
});

test.concurrent('a spot notice is told in the log of the job, which ends with the instance', async () => {
  const one = await bootOne(cloud);
  const job = giveJob(cloud, one, 'long');
  await cloud.until('the job', () => one.log().includes('long begins'), 60_000);
  one.giveNotice(Date.UTC(2026, 4, 4, 9, 0, 0));
  await one.stops(60_000);
  expect(one.trace()).toContain('spot.notice at=2026-05-04T09:00:00Z');
  expect(one.log()).toContain('The spot market takes this instance back at 2026-05-04T09:00:00Z');
  expect(job.conclusion).toBe('failure');
});
