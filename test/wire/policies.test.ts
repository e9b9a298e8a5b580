/** The built bundles under their own roles: what each function calls is what its policy allows, no more and no less. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { leftovers } from '../../cli/start/leftovers.ts';
import { mirrorRunner } from '../../cli/start/mirror.ts';
import { jobPlan, REPOSITORY, setScene } from '../../cli/start/scene.ts';
import { FUNCTION_KINDS } from '../../infra/names.ts';
import type { Scope } from '../../infra/policies.ts';
import { difference, policyFor } from '../../infra/policy-document.ts';
import { parseYaml } from '../../shared/config-parse.ts';
import type { FunctionKind } from '../../shared/environment.ts';
import { type Loopback, openLoopback } from '../../simulator/loopback.ts';
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
}, 60_000);

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

test('jobs of every kind run under the roles, and every right is used', { timeout: 120_000 }, async () => {
  const called = new Map<FunctionKind, Set<string>>(FUNCTION_KINDS.map((kind) => [kind, new Set()]));
  const mayDo = (kind: FunctionKind) => {
    const allowed = policyFor(kind, scope);
    return (action: string) => {
      called.get(kind)?.add(action);
      return allowed(action);
    };
  };
  const { name: deployment, placements } = config;
  // The first machine never gets to its runner, so that the reaper has a console to read.
  let booted = 0;
  const boots = { hangs: () => booted++ === 0, bootDeadlineMs: 60_000, bootMs: [20_000, 30_000] as const };
  const world = await openLoopback({ scale: 16, seed: 3, bundles, deployment, placements, mayDo, boots });
  try {
    setScene(world.github, deployment);
    await mirrorThrice(world);
    const jobs = LABELS.map((labels, at) => jobPlan(`job-${at}`, labels, 20_000));
    const run = world.github.queueRun({ repository: REPOSITORY, jobs });
    const isOver = () => world.github.jobsOf(run).every(({ status }) => status === 'completed');
    for (let tries = 0; tries < 900 && !(isOver() && (await leftovers(world)).length === 0); tries++)
      await setTimeout(100);
    expect(await leftovers(world)).toEqual([]);
  } finally {
    await world.close();
  }
  const differences = Object.fromEntries(
    FUNCTION_KINDS.map((kind) => [kind, difference(kind, scope, called.get(kind) ?? new Set())]),
  );
  const exact = { missing: [], needless: [] };
  expect(differences).toEqual({ webhook: exact, launcher: exact, reaper: exact, mirror: exact });
});
