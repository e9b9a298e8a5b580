/** When the checkers wait longer: by what is so in the simulated cloud, and by what there is to look at. */
import { expect, test } from 'vitest';
import type { Machine } from '../../simulator/ecs/index.ts';
import { START_MS } from '../world/in-process.ts';
import { clearedMaxMs, isAllStuck } from './bound.ts';
import { TAGS } from './checkers/truth.ts';
import type { Simulation } from './plan/simulation.ts';

const MINUTE_MS = 60_000;

interface Seen {
  readonly deployment?: string;
  readonly statuses?: readonly string[];
  readonly minutes?: number;
}

const machine = ({ deployment = 'ci', statuses = ['Pending'], minutes = 10 }: Seen = {}) =>
  ({
    name: null,
    tags: new Map([[TAGS.deployment, deployment]]),
    createdAtMs: START_MS - minutes * MINUTE_MS,
    history: statuses.map((status) => ({ atMs: START_MS - minutes * MINUTE_MS, status })),
  }) as unknown as Machine;

/** Two runners may live at once. */
function seen(machines: readonly Machine[]): boolean {
  const world = { clock: { nowMs: () => START_MS }, ecs: { alive: () => machines } };
  const plan = { config: { limits: { runners: 2 } } };
  return isAllStuck({ world, plan } as unknown as Simulation);
}

// biome-ignore format: a table reads best as a table.
test.each<[string, Seen, boolean]>([
  ['stays Pending, too',   {},                                             true],
  ['boots',                { statuses: ['Pending', 'Starting'] },          false],
  ['was made a moment ago', { minutes: 0.5 },                              false],
  ['is somebody else’s',   { deployment: 'another' },                      false],
])('with two slots, and a machine in the first that stays Pending, time stands still if the second %s', (_what, second, isStuck) => {
  expect(seen([machine(), machine(second)])).toBe(isStuck);
});

test('it goes on while there is a slot that nothing holds', () => {
  expect(seen([machine()])).toBe(false);
});

test.each([
  ['organization', 0, 25],
  ['organization', 30, 26],
  ['organization', 300, 44],
  ['repository', 300, 40],
])(
  'in scope %s, beside %i quiet repositories, all is gone %i minutes after the last job',
  (scope, quietRepositories, minutes) => {
    const plan = { config: { github: { scope } }, wide: { quietRepositories } };
    const simulation = { plan, faults: { fired: new Map() } } as unknown as Simulation;
    expect(clearedMaxMs(simulation)).toBe(minutes * MINUTE_MS);
  },
);
