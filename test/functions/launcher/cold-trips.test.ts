/** How often a launcher that has just been started waits for answers before its job has a machine: over the wire. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readRunnersYaml } from '../../../cli/shared/runners-yaml.ts';
import { ROOT } from '../../../cli/shared/steps.ts';
import { KEY, openServices } from '../../../dev/bench/services.ts';
import { launchAny } from '../../../functions/launcher/warm/launch-any.ts';
import { launcherWorld } from '../../../functions/launcher/world.ts';
import { createAdapters } from '../../../shared/adapters/adapters.ts';
import { readUserDataScripts } from '../../../shared/adapters/user-data-scripts.ts';
import { parseEnvironment } from '../../../shared/config/environment.ts';
import { parseEvent } from '../../../shared/job/handed-on.ts';
import { RUNNER_RELEASE_NOTE } from '../../../shared/runner/release.ts';
import { RELEASE } from '../../world/release.ts';

/** Turns of this process in which nobody asks for more: what follows from an answer has been asked by then. */
const QUIET_TURNS = 50;

/** Answers come all at once: what was asked meanwhile was asked without them. */
function inTrips(services: Awaited<ReturnType<typeof openServices>>) {
  let waiting: (() => void)[] = [];
  let trips = 0;
  const answerAll = async () => {
    for (let turns = 0; turns < QUIET_TURNS; turns++) {
      const asked = waiting.length;
      await setImmediate();
      if (waiting.length > asked || services.open() > waiting.length) turns = 0;
    }
    trips++;
    const now = waiting;
    waiting = [];
    for (const go of now) go();
  };
  services.hold(
    () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 1) void answerAll();
      }),
  );
  return () => trips;
}

test('a cold launch asks nine times in a row at most, secret, tokens and the claim of its run’s question included, and once more to write down what it got', async () => {
  const config = readRunnersYaml(join(ROOT, 'simulator', 'runners.yaml'));
  if (config === null) throw new Error('simulator/runners.yaml is wrong');
  const services = await openServices(null, config);
  try {
    const environment = parseEnvironment('launcher', services.environment);
    const events = services.events('launcher', 2);
    const open = () =>
      createAdapters(
        config,
        environment,
        () => KEY,
        () => undefined,
      );
    /** In a process of its own, as it were: nothing is known yet. */
    const launchCold = async () => {
      const world = launcherWorld(open(), readUserDataScripts(join(ROOT, 'userdata')));
      const outcome = await launchAny(parseEvent(Buffer.from(events.pop() ?? '')), world);
      expect(outcome).toMatchObject({ kind: 'booting' });
    };
    await open().ledger.notes.add(RUNNER_RELEASE_NOTE, { text: JSON.stringify(RELEASE), untilMs: null });
    // The deployment's first one makes its rows, and looks for its runner group.
    await launchCold();
    const before = services.calls();
    const trips = inTrips(services);
    await launchCold();
    expect(services.calls() - before).toBeGreaterThan(12);
    expect(trips()).toBeLessThanOrEqual(9 + 1);
  } finally {
    await services.close();
  }
});
