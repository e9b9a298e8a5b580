/** How often a launch waits for an answer before it can go on, where every call takes as long. */
import { expect, test } from 'vitest';
import { launchAny } from '../../../functions/launcher/warm/launch-any.ts';
import { launcherWorld } from '../../../functions/launcher/world.ts';
import { readUserDataScripts } from '../../../shared/adapters/user-data-scripts.ts';
import { parseWorkflowJob } from '../../../shared/job/event.ts';
import { changeLimits } from '../../../shared/quota/note.ts';
import { openWorld, seedRunnerRelease, type World } from '../../world/in-process.ts';

const CALL_MS = 50;
/** No calls. */
const AT_ONCE = new Set(['clock', 'log', 'config']);

interface Made {
  readonly name: string;
  readonly atMs: number;
}

/** Each call is noted when it is made, and answered so much later. */
function farAway<Ports extends object>(ports: Ports, made: Made[], { clock }: Pick<World, 'clock'>): Ports {
  const under = <Part extends object>(part: Part, path: string): Part =>
    new Proxy(part, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        const name = `${path}${String(key)}`;
        if (AT_ONCE.has(name)) return value;
        if (typeof value === 'object' && value !== null) return under(value, `${name}.`);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          made.push({ name, atMs: clock.nowMs() });
          await clock.sleep(CALL_MS);
          return value.apply(target, args);
        };
      },
    });
  return under(ports, '');
}

/** What was asked at once, trip by trip. */
function tripsIn(made: readonly Made[]): string[][] {
  const trips: string[][] = [];
  made.forEach(({ name, atMs }, at) => {
    if (atMs - (made[at - 1]?.atMs ?? 0) >= CALL_MS) trips.push([]);
    trips.at(-1)?.push(name);
  });
  return trips.map((names) => names.sort());
}

/** A launcher far from everything, which has launched before. */
async function openLauncher() {
  const bodies: Uint8Array[] = [];
  const deliver = async ({ body }: { readonly body: Uint8Array }) => {
    bodies.push(body);
    return { status: 202 };
  };
  const world = openWorld({ github: { deliver, behaviour: { answerMs: [0, 0] } } });
  await seedRunnerRelease(world);
  const made: Made[] = [];
  const scripts = readUserDataScripts(`${import.meta.dirname}/../../../userdata`);
  const launcher = launcherWorld(farAway(world.adapters(), made, world), scripts);
  world.github.queueRun({ repository: 'acme/app', jobs: [1, 2, 3].map(jobOf) });
  await world.pass(5_000);
  /** What it asks for the next job of the run. */
  const launch = async (): Promise<string[][]> => {
    made.length = 0;
    const parsed = parseWorkflowJob(bodies.shift() ?? new Uint8Array(), 'delivery');
    if (parsed.kind !== 'event') throw new Error(parsed.kind);
    const outcome = launchAny(parsed.event, launcher);
    await world.pass(20 * CALL_MS);
    expect(await outcome).toMatchObject({ kind: 'booting' });
    return tripsIn(made);
  };
  await launch();
  return { world, launch };
}

const jobOf = (number: number) => ({
  name: `build ${number}`,
  labels: ['self-hosted', 'aliyun', 'arm64'],
  durationMs: 60_000,
});

test('a launch asks five times in a row, and once more to write down what it got: what is one promise goes together', async () => {
  const { world, launch } = await openLauncher();
  expect(await launch()).toEqual([
    ['ledger.jobs.add', 'ledger.notes.read', 'ledger.unavailable.list'],
    ['ledger.capacity.take', 'ledger.history.read', 'ledger.runners.add'],
    ['github.mint'],
    ['ledger.notes.read', 'ledger.runners.replace'],
    ['instances.run'],
    ['ledger.runners.replace'],
  ]);
  world.fc.close();
});

test('under a learned quota it asks as often: what is alive is looked for beside the limits once one is known', async () => {
  const { world, launch } = await openLauncher();
  const limit = { unit: 'instances', tooMany: 50, need: 1, code: 'QuotaExceed.AfterpayInstance' } as const;
  const atMs = world.clock.nowMs() - 10 * 60_000;
  const learned = new Map([['placement:cn-hangzhou', { ...limit, sinceMs: atMs, refusedAtMs: atMs }]]);
  await changeLimits(world.adapters().ledger, () => learned);
  expect(await launch()).toHaveLength(7);
  const trips = await launch();
  expect(trips).toHaveLength(6);
  expect(trips[0]).toContain('ledger.runners.list');
  world.fc.close();
});
