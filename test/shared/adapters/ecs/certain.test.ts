import { test } from 'vitest';
import { KNOWN_CODES } from '../../../../shared/adapters/ecs/errors.ts';
import type { Fault } from '../../../../simulator/ecs/index.ts';
import fc from '../../../fast-check.ts';
import { account, directly, instancesOn, requestFor, type Sent, TYPES } from './fixture.ts';

const lost: Fault[] = ['timeout-before', 'timeout-after', 'truncated', 'gateway', '500-after-success'];
const strange: Fault[] = [
  { code: 'Strange.Rule', status: 403 },
  { code: 'Strange.Trouble', status: 500 },
];
const refusals = KNOWN_CODES.map((code): Fault => ({ code }));
const fault = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...lost) },
  { weight: 1, arbitrary: fc.constantFrom(...strange) },
  { weight: 4, arbitrary: fc.constantFrom(...refusals) },
);

test('whatever goes wrong in whatever order: never two instances, and a definite outcome is true', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 12 }),
      fc.constantFrom(TYPES.arm, TYPES.old),
      async (faults, type) => {
        const { ecs, clock } = account();
        for (const one of faults) ecs.failNext('RunInstances', one);
        const sent: Sent[] = [];
        const { instances } = instancesOn(directly(ecs, sent), clock);
        const outcome = await instances.run(requestFor(ecs, type));
        const alive = ecs.alive().map(({ id }) => id);
        if (outcome.kind === 'running') return alive.length === 1 && alive[0] === outcome.instanceId;
        return outcome.kind === 'unknown' ? alive.length <= 1 : alive.length === 0;
      },
    ),
    { numRuns: 300 },
  ));
