/** docs/architecture.md draws what the code does: its pictures are read, and compared. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MOVES } from '../shared/ledger/moves.ts';
import * as limits from '../shared/limits.ts';
import { FULL, resourcesOf, templatesOf } from './infra/deployment.ts';

const ROOT = join(import.meta.dirname, '..');
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const filesIn = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
const PAGE = textOf('docs/architecture.md');

/** The first picture under a heading of the page. */
function pictureUnder(heading: string): string {
  const [, section = ''] = PAGE.split(`\n## ${heading}\n`);
  const picture = /^```mermaid\n(.*?)^```$/ms.exec(section.split('\n## ')[0] as string)?.[1];
  if (picture === undefined) throw new Error(`docs/architecture.md has no picture under '${heading}'`);
  return picture;
}

/** The lines of each box: `id["one<br/>two"]`. */
const boxesOf = (picture: string) =>
  new Map(
    [...picture.matchAll(/(\w+)\["([^"]+)"\]/g)].map(([, id, text]) => [
      id as string,
      (text as string).split('<br/>'),
    ]),
  );
const arrowsOf = (picture: string) =>
  [...picture.matchAll(/^ *(\w+) --> (.+)$/gm)].flatMap(([, from, to]) =>
    (to as string).split(' & ').map((each) => [from as string, each] as const),
  );

const HOUSE = ['cli', 'dev', 'functions', 'infra', 'shared', 'simulator'].flatMap(filesIn).concat('build.ts');

describe.each([
  { heading: 'The house', files: HOUSE },
  { heading: 'Inside the reaper', files: filesIn('functions/reaper') },
])('the picture of "$heading"', ({ heading, files }) => {
  const picture = pictureUnder(heading);
  /** A box names its paths first: a file, a folder ending in `/`, or `*` for any one name. */
  const places = [...boxesOf(picture)].flatMap(([id, lines]) =>
    lines.filter((line) => /^[\w*./-]+(\/|\.ts)$/.test(line)).map((path) => ({ id, path })),
  );
  const boxOf = (file: string) =>
    places.filter(({ path }) => patternOf(path).test(file)).sort((a, b) => rankOf(b.path) - rankOf(a.path))[0]
      ?.id;
  const sources = files.filter((path) => /\.(ts|mjs)$/.test(path)).sort();
  const imports = sources.flatMap((file) =>
    importsOf(file)
      .map((to) => ({ file, to, from: boxOf(file), into: boxOf(to) }))
      .filter(({ to, from, into }) => files.includes(to) && from !== into),
  );
  const arrows = arrowsOf(picture);

  test('has a room for each file', () => {
    expect(sources.filter((file) => boxOf(file) === undefined)).toEqual([]);
  });

  test('draws no arrow that no file imports along', () => {
    const imported = new Set(imports.map(({ from, into }) => `${from} --> ${into}`));
    expect(arrows.map(([from, to]) => `${from} --> ${to}`).filter((each) => !imported.has(each))).toEqual([]);
  });

  test('has a way along its arrows for each import', () => {
    const against = imports.filter(({ from, into }) => !reaches(from, into, arrows));
    expect(
      [...new Set(against.map(({ from, into, file, to }) => `${from} --> ${into}: ${file} imports ${to}`))],
      'draw the arrow, or turn the import round',
    ).toEqual([]);
  });

  test('draws no circle, and no arrow that others imply', () => {
    const circles = arrows.filter(([from, to]) => reaches(to, from, arrows));
    const implied = arrows.filter((arrow) =>
      reaches(
        ...arrow,
        arrows.filter((other) => other !== arrow),
      ),
    );
    expect({ circles, implied }).toEqual({ circles: [], implied: [] });
  });
});

function importsOf(file: string): string[] {
  const found = textOf(file).matchAll(/(?:from|import\(|import)\s*'(\.[^']+)'/g);
  return [...found].map(([, to]) => join(dirname(file), to as string));
}

function patternOf(path: string): RegExp {
  const escaped = path.replaceAll('.', '\\.').replaceAll('*', '[^/]+');
  return new RegExp(`^${escaped}${path.endsWith('/') ? '' : '$'}`);
}

/** A file's own box goes before its folder's, a folder's before the folder's around it. */
const rankOf = (path: string) => (path.endsWith('/') ? 0 : 1_000) + path.length;

function reaches(
  from: string | undefined,
  to: string | undefined,
  arrows: readonly (readonly [string, string])[],
): boolean {
  const seen = new Set<string>();
  const next = [from];
  for (let at = next.pop(); at !== undefined; at = next.pop())
    for (const [start, end] of arrows)
      if (start === at && !seen.has(end)) {
        seen.add(end);
        next.push(end);
      }
  return to !== undefined && seen.has(to);
}

test("a runner's life is drawn with the moves that the ledger allows, and no other", () => {
  const drawn = [...pictureUnder('The life of a runner').matchAll(/^ *(\w+) --> (\w+)\b/gm)];
  const allowed = Object.entries(MOVES).flatMap(([from, ends]) => ends.map((to) => `${from} --> ${to}`));
  expect(drawn.map(([, from, to]) => `${from} --> ${to}`).sort()).toEqual(allowed.sort());
});

test('the parts of a sweep are drawn in their order, with their times', () => {
  const drawn = [...boxesOf(pictureUnder('The parts of a sweep')).values()].map(([name, ...lines]) => [
    name,
    lines.find((line) => /^\d+ s$/.test(line)) ?? 'no time of its own',
  ]);
  expect(drawn).toEqual(partsOfSweep());
});

/** As the story calls them: what it imports from survey, repair, brake, events and rounds, and the market's refresh. */
function partsOfSweep(): string[][] {
  const [imported, story = ''] = textOf('functions/reaper/sweep.ts').split('async function sweepOnce');
  const names = [
    ...(imported as string).matchAll(/\{ (.+) \} from '.\/(?:survey|repair|brake|events|rounds)\//g),
  ]
    .flatMap(([, list]) => (list as string).split(', '))
    .filter((name) => !name.startsWith('type '));
  const called = new RegExp(`\\b(${[...names, 'refreshMarket'].join('|')})\\(`, 'g');
  const found = [...story.matchAll(called)];
  expect(found.map(([, name]) => name).sort(), 'each part is called once').toEqual(
    [...names, 'refreshMarket'].sort(),
  );
  return found.map(({ 1: name, index }, at) => {
    const call = story.slice(index, found[at + 1]?.index);
    const part = /until\('(\w+)'\)/.exec(call)?.[1] as keyof typeof limits.SWEEP_PARTS_MS | undefined;
    const time = part === undefined ? 'no time of its own' : `${limits.SWEEP_PARTS_MS[part] / 1000} s`;
    return [name as string, time];
  });
}

test('each region is drawn with the functions and the services that are deployed there', () => {
  const picture = pictureUnder('What runs where');
  const regionOf = (name: string) => picture.split(`subgraph ${name}`)[1]?.split(/^ *end$/m)[0] ?? '';
  const boxes = (region: string) => [...boxesOf(regionOf(region)).values()].flat();
  const functions = [...textOf('s.yaml').matchAll(/^ {2}(\w+):\n {4}component: fc3@[\d.]+$/gm)].map(
    ([, name]) => name,
  );
  expect(boxes('control')).toEqual(expect.arrayContaining(functions));
  const services = (region: string) =>
    templatesOf(FULL)
      .filter((template) => template.region === region)
      .flatMap(resourcesOf)
      .map(({ Type }) => SERVICES[Type.split('::')[1] as string] ?? Type);
  expect(boxes('control')).toEqual(expect.arrayContaining(services(FULL.control.region)));
  expect(boxes('placement')).toEqual(expect.arrayContaining(services('cn-hangzhou')));
});

/** A service's part of a ROS resource type, and its box. */
const SERVICES: Readonly<Record<string, string>> = {
  OTS: 'TableStore',
  SLS: 'Log Service',
  RAM: 'RAM roles',
  OSS: 'OSS bucket',
  ECS: 'VPC',
  VPC: 'NAT gateway',
};

test('each step of a job’s life names the file that it happens in', () => {
  const steps = [...pictureUnder('The life of a job').matchAll(/^ *(?:\w+->>\w+|Note over \w+): (.+)$/gm)];
  expect(steps.length).toBeGreaterThan(10);
  expect(
    steps.map(([, text]) => text).filter((text) => !/<br\/>[\w./-]+\.(ts|sh)$/.test(text as string)),
  ).toEqual([]);
});

test('each folder of adapters is in the table of who speaks to whom', () => {
  const folders = readdirSync(join(ROOT, 'shared/adapters'), { withFileTypes: true })
    .filter((each) => each.isDirectory() && each.name !== 'alibaba')
    .map(({ name }) => `shared/adapters/${name}/`);
  expect(folders.filter((folder) => !PAGE.includes(`\`${folder}`) && !PAGE.includes(`../${folder}`))).toEqual(
    [],
  );
});
