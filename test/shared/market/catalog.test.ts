/** `npm run catalog`: what answers of ECS change in the catalogue, and what is said of it. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { ROOT } from '../../../cli/shared/steps.ts';
import { main, readFull, seenIn, seenLive, textOf } from '../../../dev/catalog.ts';
import { type FullCatalog, mergeCatalog, type Seen } from '../../../dev/catalog-merge.ts';
import { simulated, smallRegion } from './simulated.ts';

const SMALL: FullCatalog = {
  ...{ about: 'small', source: 'a list', regions: ['cn-hangzhou', 'cn-shanghai'] },
  types: {
    'ecs.c8y.large': entry('ecs.c8y', { 'cn-hangzhou': 0.4, 'cn-shanghai': 0.4 }),
    'ecs.c6.large': entry('ecs.c6', { 'cn-hangzhou': 0.3 }),
  },
};
function entry(family: string, onDemandCnyPerHour: Record<string, number>) {
  return { family, cpu: 2, memoryGiB: 4, arch: 'arm64', onDemandCnyPerHour };
}
const type = (name: string, price: number | null, isSpecial = false): Seen['types'][0] => ({
  ...{ type: name, family: name.slice(0, name.lastIndexOf('.')), cpu: 2, memoryGiB: 4 },
  ...{ arch: 'arm64', isSpecial, price },
});
const merge = (look: Partial<Seen>) =>
  mergeCatalog(SMALL, [{ region: 'cn-hangzhou', isWhole: true, types: [], ...look }], 'today');

test('what is new is added, what costs something else changed, what is sold no more gone; and what it lacks is said', () => {
  const { catalog, lines } = merge({ types: [type('ecs.c8y.large', 0.5), type('ecs.c9y.large', 0.6)] });
  expect(Object.keys(catalog.types)).toEqual(['ecs.c8y.large', 'ecs.c9y.large']);
  expect(catalog.types['ecs.c8y.large']?.onDemandCnyPerHour).toEqual({
    'cn-hangzhou': 0.5,
    'cn-shanghai': 0.4,
  });
  expect(catalog.source).toBe('a list; today');
  expect(lines.slice(0, 3)).toEqual([
    'added: 1 types: ecs.c9y (1)',
    'changed: 1 types: ecs.c8y (1)',
    'gone: 1 types: ecs.c6 (1)',
  ]);
  expect(lines.join('\n')).not.toContain('generation 9');
  expect(merge({ isWhole: false }).lines.join('\n')).toContain(
    'lacks: generation 9, of which it has no family',
  );
});

test.each<[what: string, look: Partial<Seen>]>([
  ['a list that was cut', { isWhole: false, types: [type('ecs.c8y.large', 0.4)] }],
  ['files, which tell no region', { region: null, types: [type('ecs.c8y.large', null)] }],
])('%s proves nothing gone', (_what, look) => {
  expect(merge(look).catalog).toEqual({ ...SMALL, types: { ...sorted(SMALL) } });
});
const sorted = ({ types }: FullCatalog) => Object.fromEntries(Object.entries(types).sort());

test('burstable, local-disk and special types stay out', () => {
  const types = [type('ecs.t6.large', 1), type('ecs.i4.large', 1), type('ecs.gn7i.large', 1, true)];
  expect(merge({ isWhole: false, types }).lines[0]).toBe('added: 0 types');
});

test('files hold pages, one each or several in an array; a type without a price is said so', () => {
  const page = (id: string) => ({
    InstanceTypes: {
      InstanceType: [
        {
          InstanceTypeId: id,
          InstanceTypeFamily: 'ecs.c9i',
          CpuCoreCount: 2,
          MemorySize: 4,
          CpuArchitecture: 'X86',
        },
      ],
    },
    NextToken: '',
  });
  const seen = seenIn([JSON.stringify(page('ecs.c9i.large')), JSON.stringify([page('ecs.c9i.xlarge')])]);
  const { catalog, lines } = mergeCatalog(SMALL, [seen], 'files');
  expect(catalog.types['ecs.c9i.xlarge']).toMatchObject({ arch: 'amd64', cpu: 2, onDemandCnyPerHour: {} });
  expect(lines).toContain('lacks: the price of 2 types in any region: they stand in nowhere that it knows');
  expect(() => seenIn(['{"Code": "Forbidden.RAM"}'])).toThrow();
});

test('the simulated cloud is read by our own adapter; its prices are the catalogue’s, in yuan alone', async () => {
  const look = async (currency: 'CNY' | 'USD') => {
    const world = simulated({ regions: [smallRegion()], currency });
    return (await world.timed(() => seenLive(['cn-hangzhou'], world.source, () => world.clock.nowMs())))
      .answer;
  };
  const { seen, notes } = await look('CNY');
  expect(notes).toEqual([]);
  expect(seen[0]?.isWhole).toBe(true);
  const { catalog } = mergeCatalog(readFull(), seen, 'the simulator');
  const known = readFull().types['ecs.c8y.2xlarge'];
  expect(catalog.types['ecs.c8y.2xlarge']).toEqual(known);
  const inDollars = await look('USD');
  expect(inDollars.notes[0]).toMatch(/prices in USD are left out/);
  expect(inDollars.seen[0]?.types.every(({ price }) => price === null)).toBe(true);
});

const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('writes both files as they are in the repository, where nothing is new', async () => {
  mkdirSync(join(folder, 'shared', 'market'), { recursive: true });
  cpSync(join(ROOT, 'data', 'ecs-catalog.json'), join(folder, 'data', 'ecs-catalog.json'));
  writeFileSync(join(folder, 'none.json'), '[]');
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const code = await main([join(folder, 'none.json')], folder);
  said.mockRestore();
  expect(code).toBe(0);
  for (const path of [join('data', 'ecs-catalog.json'), join('shared', 'market', 'catalog.json')])
    expect(readFileSync(join(folder, path), 'utf8')).toBe(readFileSync(join(ROOT, path), 'utf8'));
  expect(textOf(readFull())).toBe(readFileSync(join(ROOT, 'data', 'ecs-catalog.json'), 'utf8'));
});
