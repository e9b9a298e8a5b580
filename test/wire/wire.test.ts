/**
 * The built bundles over the wire protocols, each under its own role: every job runs, nothing is left, no secret is
 * seen anywhere, and what each function calls is what its policy allows, no more and no less.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { createDemoOrganization, jobPlan, REPOSITORY } from '../../cli/start/demo.ts';
import { leftovers } from '../../cli/start/leftovers.ts';
import { mirrorRunner } from '../../cli/start/mirror.ts';
import { FUNCTION_KINDS } from '../../infra/names.ts';
import type { Scope } from '../../infra/policies.ts';
import { difference, policyFor } from '../../infra/policy-document.ts';
import { ledgerOn } from '../../shared/adapters/tablestore/ledger.ts';
import type { FunctionKind } from '../../shared/config/environment.ts';
import { parseYaml } from '../../shared/config/parse.ts';
import { TAG } from '../../shared/names.ts';
import { standardRegions } from '../../simulator/ecs/index.ts';
import { type Loopback, openLoopback } from '../../simulator/loopback.ts';
import { tableOf } from '../../simulator/tablestore/index.ts';
import { smallRegion } from '../world/small-region.ts';
import { bundlesFor } from './bundles.ts';

const parsed = parseYaml(readFileSync(join(import.meta.dirname, '../../simulator/runners.yaml'), 'utf8'));
if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join('\n'));
/** Two slots for four jobs: some wait, and the sweep starts them. */
const config = { ...parsed.config, limits: { ...parsed.config.limits, runners: 2 } };
/** The simulated functions have their secrets in their environment. */
const scope: Scope = { config, accountId: '1234567890123456', secrets: {} };
let bundles = '';
beforeAll(async () => {
  bundles = await bundlesFor(config);
});

const DAY_MS = 24 * 3_600_000;
const LABELS = [['arm64'], ['amd64', '4cpu'], ['amd64', 'on-demand'], ['arm64', '4cpu']];

/** Two newer releases, so that the mirror has an old one to remove. */
async function mirrorThrice(world: Loopback): Promise<void> {
  await mirrorRunner(world, config.name);
  for (const [version, days] of [
    ['2.337.0', 30],
    ['2.338.0', 25],
  ] as const) {
    world.releases.publish(version, world.clock.nowMs() - days * DAY_MS);
    await mirrorRunner(world, config.name);
  }
}

/** Everything that the ledger holds at this moment. */
async function rowsOf({ store }: Loopback): Promise<string[]> {
  const ledger = ledgerOn(
    { ledger: tableOf(store, 'ledger'), history: tableOf(store, 'history') },
    () => 'reads-only',
  );
  const lists = [
    ledger.jobs.list(1000),
    ledger.runners.list(1000),
    ledger.notes.list(1000),
    ledger.reruns.list(1000),
  ];
  const rows = (await Promise.all(lists)).flatMap(({ things }) => things.map((held) => JSON.stringify(held)));
  return [...rows, JSON.stringify(await ledger.capacity.view())];
}

/** Of simulated time. */
const PLAY_MAX_MS = 30 * 60_000;

interface Collected {
  readonly secrets: Set<string>;
  readonly texts: string[];
}

/** Until all jobs are over and nothing is left, or for so long; collects on the way. The answer: what is left. */
async function playToEnd(
  world: Loopback,
  isOver: () => boolean,
  { secrets, texts }: Collected,
  owed: () => readonly string[],
): Promise<string[]> {
  const rows = new Set<string>();
  let left = ['not looked yet'];
  const untilMs = world.clock.nowMs() + PLAY_MAX_MS;
  while (left.length > 0 && world.clock.nowMs() < untilMs) {
    await setTimeout(100);
    for (const { jitConfig } of world.github.runners()) secrets.add(jitConfig);
    for (const row of await rowsOf(world)) rows.add(row);
    if (isOver()) left = [...(await leftovers(world)), ...owed()];
  }
  texts.push(...rows, ...world.ecs.paid().map(({ tags }) => JSON.stringify(tags)));
  return left;
}

function keyLines(world: Loopback): string[] {
  const lines = (world.environment().GITHUB_PRIVATE_KEY ?? '').split('\\n');
  return lines.filter((line) => line.length > 40 && !line.startsWith('-'));
}

const TOKENS = /ghs_[A-Za-z0-9]{16}|eyJ[A-Za-z0-9_-]{20,}\.eyJ/;

/** Recorded and held to the policy at once. */
function rolesOf(called: Map<FunctionKind, Set<string>>) {
  return (kind: FunctionKind) => {
    const allowed = policyFor(kind, scope);
    return (action: string) => {
      called.get(kind)?.add(action);
      return allowed(action);
    };
  };
}

const differences = (called: Map<FunctionKind, Set<string>>) =>
  FUNCTION_KINDS.map((kind) => [kind, difference(kind, scope, called.get(kind) ?? new Set())] as const);

/** So many that some are deleted in one call, whenever the sweeps see them. */
const LEFT_MACHINES = 6;

/** As launches that nobody remembers. */
function leaveMachines({ clock, ecs }: Loopback, deployment: string): void {
  ecs.setStock('cn-hangzhou-h', 'ecs.c8y.2xlarge', LEFT_MACHINES);
  for (let at = 1; at <= LEFT_MACHINES; at++) {
    const name = `${deployment}-runner-arm64-spot-${at}-1`;
    ecs.call('cn-hangzhou', 'RunInstances', {
      ...{
        InstanceType: 'ecs.c8y.2xlarge',
        VSwitchId: 'vsw-cn-hangzhou-h',
        SecurityGroupId: 'sg-cn-hangzhou',
      },
      ...{ ImageFamily: 'acs:ubuntu_24_04_arm64', 'SystemDisk.Category': 'cloud_essd', InstanceName: name },
      ...{ 'Tag.1.Key': TAG.deployment, 'Tag.1.Value': deployment },
      ...{ 'Tag.2.Key': TAG.name, 'Tag.2.Value': name },
      AutoReleaseTime: `${new Date(clock.nowMs() + 6 * 3_600_000).toISOString().slice(0, 16)}:00Z`,
    });
  }
}

test('jobs of every kind run under exact roles, leave nothing, and no secret is seen', async () => {
  const called = new Map<FunctionKind, Set<string>>(FUNCTION_KINDS.map((kind) => [kind, new Set()]));
  const seen: Collected = { secrets: new Set(), texts: [] };
  const { name: deployment, placements } = config;
  // The first machine never gets to its runner, so that the reaper has a console to read.
  let booted = 0;
  const boots = { hangs: () => booted++ === 0, bootDeadlineMs: 60_000, bootMs: [20_000, 30_000] as const };
  const onLine = (_: string, line: string) => void seen.texts.push(line);
  // One market is small, and asked for everything soon.
  const regions = [smallRegion(), ...standardRegions().filter(({ id }) => id !== 'cn-hangzhou')];
  // One that pays in dollars is asked for the price of a disk, too.
  const ecs = { regions, currency: 'USD' } as const;
  const hosted = { scale: 16, seed: 3, bundles, deployment, placements, boots, onLine, ecs };
  const world = await openLoopback({ ...hosted, mayDo: rolesOf(called) });
  for (const secret of [...Object.values(world.secrets), ...keyLines(world)]) seen.secrets.add(secret);
  try {
    createDemoOrganization(world.github, deployment);
    await mirrorThrice(world);
    const jobs = LABELS.map((labels, at) => jobPlan(`job-${at}`, labels, 20_000));
    const run = world.github.queueRun({ repository: REPOSITORY, jobs });
    const areOver = () => world.github.jobsOf(run).every(({ status }) => status === 'completed');
    let isLeft = false;
    const isOver = () => {
      if (areOver() && !isLeft) leaveMachines(world, deployment);
      isLeft ||= areOver();
      // A sweep without time leaves the market's rates to the next, and a loaded machine leaves it little.
      return isLeft && called.get('reaper')?.has('ecs:DescribeSpotAdvice') === true;
    };
    // What is asked seldom comes after the jobs, where the machine is slow.
    const owed = () => differences(called).flatMap(([, { needless }]) => needless);
    expect(await playToEnd(world, isOver, seen, owed)).toEqual([]);
    expect(world.github.jobsOf(run).map(({ conclusion }) => conclusion)).toEqual(LABELS.map(() => 'success'));
  } finally {
    await world.close();
  }

  // So that the search below searches for something, in something.
  expect(seen.secrets.size).toBeGreaterThan(10);
  expect(seen.texts.length).toBeGreaterThan(50);
  const found = seen.texts.filter(
    (text) => TOKENS.test(text) || [...seen.secrets].some((secret) => text.includes(secret)),
  );
  expect(found.map((text) => text.slice(0, 60))).toEqual([]);

  const exact = { missing: [], needless: [] };
  expect(Object.fromEntries(differences(called))).toEqual({
    webhook: exact,
    launcher: exact,
    reaper: exact,
    mirror: exact,
  });
});
