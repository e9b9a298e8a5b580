/** How often a launch waits for an answer before it can go on, where every call takes as long. */
import { expect, test } from 'vitest';
import { abandonWhenKilled, type Life } from '../../../simulator/function-compute/index.ts';
import { openWorld, seedRunnerRelease } from '../../world/in-process.ts';

const CALL_MS = 50;
/** No calls, or answered from memory. */
const AT_ONCE = new Set([
  'clock',
  'log',
  'userData',
  'config',
  'markets',
  'hours',
  'widths',
  'release',
  'mayWait',
]);

type Made = { readonly name: string; readonly atMs: number }[];

/** Each call is noted when it is made, and answered so much later. */
function farAway<World extends object>(
  world: World,
  made: Made,
  sleep: () => Promise<void>,
  nowMs: () => number,
) {
  const under = <Part extends object>(part: Part, path: string): Part =>
    new Proxy(part, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        const name = `${path}${String(key)}`;
        if (AT_ONCE.has(name)) return value;
        if (typeof value === 'object' && value !== null) return under(value, `${name}.`);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          made.push({ name, atMs: nowMs() });
          await sleep();
          return value.apply(target, args);
        };
      },
    });
  return under(world, '');
}

test('a launch asks five times in a row, and once more to write down what it got: what is one promise goes together', async () => {
  const made: Made = [];
  const world = openWorld({
    github: { behaviour: { answerMs: [0, 0] } },
    killable: (ports, life: Life) => {
      const mine = abandonWhenKilled(ports, life);
      if (!('whyForkRefused' in ports)) return mine;
      const sleep = () => new Promise<void>((resolve) => void world.clock.after(CALL_MS, resolve));
      return farAway(mine, made, sleep, () => world.clock.nowMs());
    },
  });
  await seedRunnerRelease(world);
  world.github.queueRun({
    repository: 'acme/app',
    jobs: [{ name: 'build', labels: ['self-hosted', 'aliyun', 'arm64'], durationMs: 60_000 }],
  });
  await world.pass(30_000);
  const trips: string[][] = [];
  made.forEach(({ name, atMs }, at) => {
    const isNext = atMs - (made[at - 1]?.atMs ?? 0) >= CALL_MS;
    if (isNext) trips.push([]);
    trips.at(-1)?.push(name);
  });
  expect(trips.map((names) => names.sort())).toEqual([
    ['ledger.jobs.add', 'ledger.notes.read', 'ledger.unavailable.list', 'whyForkRefused'],
    ['ledger.capacity.take', 'ledger.history.read', 'ledger.runners.add'],
    ['github.mint'],
    ['ledger.notes.read', 'ledger.runners.replace'],
    ['instances.run'],
    ['ledger.runners.replace'],
  ]);
  world.fc.close();
});
