import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserDataValues } from '../../shared/runner/user-data.ts';
import { bootOne, giveJob, type One } from './boot-one.ts';
import { type Cloud, MIRROR, openCloud } from './cloud.ts';

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
  const url = `https://${MIRROR}/${cloud.release.archives.amd64.key}`;
  return { versions: [cloud.release.version], sha256, urls: [url] };
};
const shell = (command: string) => (one: One) => one.machine.shell(command);

// biome-ignore format: a table reads best as a table.
const failures: Record<string, Failure> = {
  'the mirror and GitHub are down': { values: () => ({ bootSeconds: 75, runner: { ...runnerOf(), urls: ['https://10.213.0.1:1/x'] } }), traced: /not_fetched host=10\.213\.0\.1:1 because=connection_refused [\s\S]*runner\.given_up because=connection_refused/ },
  'the mirror has none': { values: () => ({ runner: { ...runnerOf(), urls: [`https://${MIRROR}/none`] } }), traced: /not_fetched host=\S+ because=refused! [\s\S]*runner\.given_up because=refused!/ },
  'the checksum is wrong': { values: () => ({ runner: { ...runnerOf(), sha256: '0'.repeat(64) } }), traced: /runner\.given_up because=checksum!/ },
  'the disk is full': { values: () => ({ extraUserData: 'mount -t tmpfs -o size=4k tmpfs /opt; mkdir /opt/ci-runner' }), traced: /runner\.given_up because=disk_is_full!/ },
  'the registration is refused': { values: () => ({ jitConfig: Buffer.from(JSON.stringify({ '.runner': 'e30=' })).toString('base64') }), traced: /runner\.said .*has been deleted[\s\S]*runner\.ended status=0/ },
  'the runner is killed while idle': { when: 'runner.online', act: shell('pkill --signal KILL --full Runner[.]Listener'), traced: /runner\.ended/ },
  'the runner never comes online': { values: () => ({ bootSeconds: 10, extraUserData: 'iptables -A OUTPUT -p tcp --dport 8080 -j DROP' }) },
  'the runner never comes online, and says nothing of why': { values: () => ({ bootSeconds: 70, extraUserData: 'iptables -A OUTPUT -p tcp --dport 8080 -j DROP' }), traced: /github\.tried host=broker because=no_name_server / },
  'the name of GitHub leads to the machine itself': { values: () => ({ bootSeconds: 75, runner: { ...runnerOf(), urls: ['https://github.com:1/x'] }, extraUserData: 'echo 127.0.0.1 github.com >>/etc/hosts' }), traced: /not_fetched host=github\.com:1 because=connection_refused [\s\S]*runner\.given_up/ },
  'the network goes': { values: () => ({ bootSeconds: 12 }), when: 'boot.began', act: (one) => one.machine.cutCable() },
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
  await one.machine.shell('systemctl kill --signal=KILL cloud-final cloud-config cloud-init-main || true');
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

test.concurrent('a spot notice is told in the log of the job, which has its last minute left to end', async () => {
  const one = await bootOne(cloud);
  const job = giveJob(cloud, one, 'long');
  await cloud.until('the job', () => one.log().includes('long begins'), 60_000);
  // 75 s of it are kept, for the runner's last words.
  const atMs = Date.now() + 95_000;
  one.giveNotice(atMs);
  await one.stops(90_000);
  const at = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  expect(one.trace()).toContain(`spot.notice at=${at}`);
  expect(one.log()).toMatch(
    new RegExp(`::warning::The spot market takes this instance back at ${at}; this job may run`),
  );
  expect(one.log()).toContain(`::error::The spot market takes this instance back at ${at}`);
  expect(one.log()).toContain('received a shutdown signal');
  expect(job.conclusion).toBe('failure');
});

// biome-ignore format: a table reads best as a table.
test.concurrent.each([
  ['its lifetime is over', { lifetimeSeconds: 15 }, null, '::error::limits.lifetime of 390m is over; give its profile a longer lifetime'],
  ['it is stopped from outside', {}, shell('systemctl poweroff'), '::error::This machine is powered off from outside'],
])('when %s, the runner is told first, over a network that is still there', async (_what, values, act, says) => {
  const one = await bootOne(cloud, values);
  const job = giveJob(cloud, one, 'long');
  await cloud.until('the job', () => one.log().includes('long begins'), 60_000, one.story);
  await act?.(one);
  await one.stops(90_000);
  expect(one.log()).toContain(says);
  // It needs five seconds for that, as a real one does.
  expect(one.log()).toContain('received a shutdown signal');
  expect(one.trace()).toMatch(/runner\.told_to_end[\s\S]*runner\.ended/);
  expect(job.conclusion).toBe('failure');
});

test.concurrent('a network that comes late is waited for', async () => {
  const one = await bootOne(cloud, {
    extraUserData:
      'ip link set eth0 down; (sleep 6; ip link set eth0 up; ip route add default via 10.213.0.1) &',
  });
  const job = giveJob(cloud, one);
  await one.stops(90_000);
  expect(one.trace()).toMatch(/runner\.again because=no_network/);
  expect(job.conclusion).toBe('success');
});
