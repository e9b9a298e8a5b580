/** A shell on a booted machine, from the operator's own terminal: the command as a process, over real websockets. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Simulator } from '../../cli/shared/simulator-file.ts';
import { serveEcs, type Wire } from '../../simulator/ecs/index.ts';
import { ALL_NETWORKS, serveTableStore } from '../../simulator/tablestore/index.ts';
import { atTerminal } from '../wire/at-terminal.ts';
import { type Cloud, openCloud } from './cloud.ts';

const ROOT = join(import.meta.dirname, '../..');
const KEY = { accessKeyId: 'LTAI-machine-operator', accessKeySecret: 'a-secret' };
const folder = mkdtempSync(join(tmpdir(), 'connect-'));

let cloud: Cloud;
let served: (Pick<Wire, 'port'> & { close(): Promise<void> })[];
beforeAll(async () => {
  cloud = await openCloud(() => 'sleep 600');
  const { ecs, store, account, clock } = cloud.world;
  account.add(KEY.accessKeyId, { secret: KEY.accessKeySecret });
  // An operator comes from the Internet.
  store.networks = ALL_NETWORKS;
  const wallNowMs = () => clock.nowMs();
  served = [await serveEcs(ecs, { wallNowMs }), await serveTableStore(store, { wallNowMs })];
});
afterAll(async () => {
  for (const each of served) await each.close();
  await cloud.close();
  rmSync(folder, { recursive: true });
});

function connect(named: string) {
  const { clock, store } = cloud.world;
  const [ecs, tablestore] = served.map(({ port }) => `http://127.0.0.1:${port}`);
  const file = join(folder, 'simulator.json');
  const simulator: Simulator = {
    ...{ endpoint: '', pid: process.pid, scale: 4, simulatedMs: clock.nowMs(), realMs: Date.now(), ...KEY },
    environment: {
      ...{ FC_REGION: 'cn-hongkong', FC_ACCOUNT_ID: '1234567890123456', ECS_ENDPOINT: ecs ?? '' },
      ...{ TABLESTORE_ENDPOINT: tablestore ?? '', TABLESTORE_INSTANCE: store.instance },
      // Nobody is asked there.
      ...{ GITHUB_APP_ID: '1', GITHUB_PRIVATE_KEY: 'of-no-app-that-there-is' },
    },
  };
  writeFileSync(file, JSON.stringify(simulator), { mode: 0o600 });
  const env = { ...process.env, SIMULATOR_FILE: file, NO_COLOR: '1' };
  return atTerminal([process.execPath, 'cli/run.mjs', 'connect', named], { cwd: ROOT, env });
}

test('top is drawn, the window resized, and the shell left by exit, by a closed window, by a dying server, by its machine’s end', async () => {
  const { world, driver, until } = cloud;
  const labels = ['self-hosted', 'aliyun', 'x64'];
  const run = world.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'build', labels }] });
  const [job] = world.github.jobsOf(run);
  await until('the job', () => job?.status === 'in_progress', 90_000);
  const [machine] = driver.machines();
  const name = job?.runner?.name ?? '';
  const left = async () => (await machine?.shell('pgrep --count --euid ecs-assist-user || true'))?.trim();

  const first = connect(String(job?.id));
  await first.shows('$ ');
  first.type('stty size\r');
  await first.shows('40 120\r\n');
  first.type('sudo --non-interactive whoami; echo "sudo gave $?"; sleep 100\r');
  // By then sudo is gone, which an interrupt would end too late to keep the shell from going on.
  await first.shows('root\r\nsudo gave 0\r\n');
  first.type('\u0003');
  // As a person does: the next words at the next prompt.
  await first.shows(/\^C[\s\S]*\$ $/);
  first.type('echo "ended with $?"\r');
  await first.shows(/ended with 130\r\n[\s\S]*\$ $/);
  first.type('top -d 1\r');
  await first.shows('load average');
  await first.shows('COMMAND');
  first.type('q');
  await first.hasSize(50, 200);
  // As wide as the window is by now.
  first.type('echo "columns $(tput cols)"\r');
  await first.shows('columns 200\r\n');
  first.type('exit\r');
  expect(await first.ended, first.text()).toEqual({ code: 0, isCooked: true });
  expect(first.text()).toMatch(/The shell has ended\.\s*$/);

  const atTop = async () => {
    const at = connect(name);
    await at.shows('$ ');
    at.type('top -d 1\r');
    await at.shows('load average');
    return at;
  };
  const second = await atTop();
  second.hangUp();
  expect(await second.ended).toEqual({ code: -1, isCooked: null });
  expect(await left(), 'nothing of it runs on').toBe('0');

  const third = await atTop();
  world.ecs.sessions.cut();
  expect(await third.ended, third.text()).toEqual({ code: 1, isCooked: true });
  expect(third.text()).toMatch(/gone without a word: the network, or Session Manager/);
  expect(await left()).toBe('0');

  const fourth = await atTop();
  const [{ id = '' } = {}] = world.ecs.alive();
  world.ecs.call('cn-hangzhou', 'DeleteInstance', { InstanceId: id, Force: 'true' });
  expect(await fourth.ended, fourth.text()).toEqual({ code: 1, isCooked: true });
  expect(fourth.text()).toMatch(/gone without a word: the machine of \S+ is (gone|Stopping)/);
}, 240_000);
