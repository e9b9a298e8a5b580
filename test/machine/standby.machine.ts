/** A runner that is kept stopped, on real systems: made ready, powered off, started with other user data. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BootedMachine } from '../../simulator/ecs/index.ts';
import { writeInto } from '../../simulator/machine/disk.ts';
import type { RunningMachine } from '../../simulator/machine/machine-driver.ts';
import { isMadeReady, jitConfigOf, scriptOf } from '../../simulator/told-by-user-data.ts';
import { minted, userDataOf } from './boot-one.ts';
import { type Cloud, openCloud } from './cloud.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await openCloud(() => 'echo "hello from $(whoami)"; sleep 8', {
    config: { warm: [{ labels: ['x64'], stopped: 1 }] },
  });
});
afterAll(() => cloud.close());

const LOG = '/var/log/user-data.log';
const timesIn = (machine: RunningMachine, event: string): number =>
  machine
    .read(LOG)
    .split('\n')
    .filter((line) => line.includes(` ${event}`)).length;

function queueJob(label: string) {
  const labels = label === 'x64' ? ['self-hosted', 'aliyun', 'x64'] : [label];
  const run = cloud.world.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'build', labels }] });
  const [job] = cloud.world.github.jobsOf(run);
  if (job === undefined) throw new Error('no job');
  return job;
}

/** In a list that was read: of the ledger, now and then. */
function standsStopped(): () => boolean {
  let found = false;
  const look = async () => {
    const { things } = await cloud.world.adapters().ledger.runners.list(10);
    found = things.some(({ entry }) => entry.standby === 'stopped');
  };
  return () => {
    look().catch(() => undefined);
    return found;
  };
}

/** Files of the running machine that have what only a boot's user data has: of the first one packed and not; of this one its registration. */
async function filesWithUserDataOf(first: string, machine: RunningMachine): Promise<readonly string[]> {
  const packed = /SCRIPTS .*\n([A-Za-z0-9+/=]{200})/.exec(first)?.[1] ?? '';
  expect(scriptOf(first)).toContain("PREPARES='true'");
  const key = JSON.parse(Buffer.from(jitConfigOf(machine.facts.userData), 'base64').toString())[
    '.credentials_rsaparams'
  ];
  const sought = [packed, "PREPARES='true'", Buffer.from(key, 'base64').toString().slice(6, 66)];
  const words = sought.map((each) => `"${each}"`).join(' ');
  await machine.shell(`umask 077; printf '%s\\n' ${words} >/root/sought`);
  const places = '/etc /run /var /tmp /home /opt /root';
  const grep = 'grep --recursive --files-with-matches --text --devices=skip --exclude=sought --fixed-strings';
  const found = await machine.shell(`${grep} --file=/root/sought ${places} 2>/dev/null || true`);
  return found.trim().split('\n');
}

async function expectNothingOf(first: string, machine: RunningMachine): Promise<void> {
  expect(await filesWithUserDataOf(first, machine)).toEqual(['/opt/actions-runner/.credentials_rsaparams']);
  const left = await machine.shell(
    'find / -xdev -name "*ci-runner-start*" -o -xdev -path /opt/ci-runner/start.sh',
  );
  expect(left.trim()).toBe('');
  expect([timesIn(machine, 'machine.prepared'), timesIn(machine, 'boot.began')]).toEqual([1, 2]);
}

test('a stopped runner is started with the user data of its job, and has nothing of its first boot', async () => {
  const { driver, world, runnerEndpoint, until } = cloud;
  const trace = () =>
    driver
      .machines()
      .map((each) => each.read(LOG))
      .join('\n');
  await until('a stopped runner', standsStopped(), 150_000, trace);
  const [first] = driver.machines();
  if (first === undefined) throw new Error('no machine');
  expect([first.isRunning, first.bootErrors()]).toEqual([false, []]);
  expect(isMadeReady(first.facts.userData)).toBe(true);
  expect(world.github.runners(), 'it has no registration').toEqual([]);

  const job = queueJob('x64');
  const again = () => driver.machines().find((each) => each !== first);
  await until('its second boot', () => again() !== undefined, 60_000);
  const second = again() as RunningMachine;
  expect([second.facts.id, second.disk, second.address]).toEqual([first.facts.id, first.disk, first.address]);
  const log = () => runnerEndpoint.logOf(second.address);
  await until('the job', () => log().includes('hello from runner'), 90_000, trace);
  await expectNothingOf(first.facts.userData, second);
  if (process.env.FIGURES) process.stdout.write(`${trace()}\n`);
  await until('the end of the job', () => job.status === 'completed', 60_000, trace);
  expect([job.conclusion, second.bootErrors()]).toEqual(['success', []]);
  await until('the deletion', () => !world.ecs.alive().some(({ id }) => id === first.facts.id), 60_000);
});

interface Prepared {
  readonly first: RunningMachine;
  /** Boots it again; the metadata have `text` from then on. */
  startWith(text: string): RunningMachine;
  /** What its metadata have, while it runs, too. */
  tell(text: string): void;
  isOff(): boolean;
}

async function prepared(name: string): Promise<Prepared> {
  const { driver, until, world } = cloud;
  let told = userDataOf(cloud, { jitConfig: null });
  let isOff = false;
  const facts = (): BootedMachine => ({
    ...{ id: `i-${name}`, region: 'cn-hangzhou', zone: 'cn-hangzhou-k', instanceType: 'ecs.c8y.2xlarge' },
    ...{ cpu: 8, memoryGiB: 16, arch: 'amd64', spotPrice: null, clock: world.clock },
    get userData() {
      return told;
    },
    console: () => undefined,
    stop: () => {
      isOff = true;
    },
    terminationAtMs: () => null,
  });
  const boot = () => {
    const booted = driver.boot(facts());
    return { booted, machine: driver.machines().at(-1) as RunningMachine };
  };
  const { booted, machine: first } = boot();
  await until(
    'the first boot',
    () => timesIn(first, 'machine.prepared') === 1,
    90_000,
    () => first.read(LOG),
  );
  booted.powerOff?.();
  await until('its end', () => !first.isRunning, 30_000);
  return {
    first,
    startWith(text) {
      told = text;
      return boot().machine;
    },
    tell(text) {
      told = text;
    },
    isOff: () => isOff,
  };
}

/** A cloud-init that is done after its first boot, as the SDK's model of ModifyInstanceAttribute says of ECS. */
const READS_ONCE = { '/etc/cloud/cloud-init.disabled': '' };

test.each([
  ['cloud-init does not read it again', READS_ONCE, 0],
  ['cloud-init reads the first one again, because the metadata are late', {}, 15_000],
])('it runs its job where %s', async (what, files, lateMs) => {
  const { until, runnerEndpoint } = cloud;
  const name = `standby-${lateMs}`;
  const { first, startWith, tell, isOff } = await prepared(name);
  writeInto(first.disk, files);
  const firstUserData = first.facts.userData;
  const jitConfig = await minted(cloud, name);
  const job = queueJob(name);
  const forJob = userDataOf(cloud, { jitConfig });
  const second = startWith(lateMs === 0 ? forJob : firstUserData);
  const beganMs = Date.now();
  if (lateMs > 0) {
    await until('late metadata', () => Date.now() - beganMs > lateMs, lateMs + 1_000);
    expect([timesIn(second, 'boot.began'), isOff()]).toEqual([1, false]);
    tell(forJob);
  }
  const log = () => runnerEndpoint.logOf(second.address);
  const story = () => `${what}\n${second.read(LOG)}\n${second.bootErrors().join('\n')}`;
  await until('the job', () => log().includes('hello from runner'), 90_000, story);
  await expectNothingOf(firstUserData, second);
  if (process.env.FIGURES) process.stdout.write(`${story()}\n`);
  await until('the end of the job', () => job.status === 'completed', 60_000, story);
  await until('its end', isOff, 60_000, story);
  expect(job.conclusion).toBe('success');
});
