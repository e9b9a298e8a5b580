/** Each mistake of an operator's has its line, its key, what is wanted, and where a word is near, that word. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { main as advise } from '../../../cli/advise/index.ts';
import { main as build } from '../../../cli/build/index.ts';
import { main as doctor } from '../../../cli/doctor/index.ts';
import { main as synth } from '../../../cli/infra-synth/index.ts';
import { main as mirror } from '../../../cli/mirror/index.ts';
import { main as prove } from '../../../cli/prove/index.ts';
import { parseYaml } from '../../../shared/config/parse.ts';
import { hoverOver, marksOf, proposalsAt } from './editor.ts';
import { GOOD, more, WRONG } from './wrong-files.ts';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../../runners.example.yaml'), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'wrong-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a command wrote on standard error, and its exit code. */
async function said(main: Main, yaml: string): Promise<{ readonly text: string; readonly code: number }> {
  const file = join(folder, 'runners.yaml');
  writeFileSync(file, yaml);
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const code = await main(['--config', file]);
    return { text: written.mock.calls.map(([text]) => String(text)).join(''), code };
  } finally {
    written.mockRestore();
  }
}
type Main = (args: readonly string[]) => Promise<number>;

describe('a file that is wrong', () => {
  test.each(WRONG)('%j: line %s, %s', async (yaml, line, says) => {
    const { text, code } = await said(build, yaml);
    const [head, first = ''] = text.split('\n');
    expect(head).toMatch(/runners\.yaml has mistakes:$/);
    expect(first).toContain(`  runners.yaml:${line}: ${says}`);
    expect(text).not.toMatch(/Invalid|expected|received|undefined|regex|\^/);
    expect(code).toBe(2);
  });

  test.each([
    ['doctor', doctor],
    ['prove', prove],
    ['mirror', mirror],
    ['infra:synth', synth],
    ['advise --labels arm64', (args: readonly string[]) => advise([...args, '--labels', 'arm64'])],
  ] as [string, Main][])('ends %s, too, with exit code 2', async (_name, main) => {
    const { text, code } = await said(main, more('limit: {runners: 5}'));
    expect(text).toContain("runners.yaml:4: there is no key 'limit' here; is 'limits' meant?");
    expect(code).toBe(2);
  });

  test('has all its mistakes told, in the order of their lines', async () => {
    const { text } = await said(build, more('tags:\n  aliyunA: b\nname: My_CI\nlimits: {runners: 0}'));
    expect([...text.matchAll(/runners\.yaml:(\d+):/g)].map(([, line]) => Number(line))).toEqual([5, 6, 7]);
  });

  test.each(WRONG)(
    '%j is marked by an editor as far as a schema can say it',
    async (yaml, _line, _says, marked) => {
      const marks = await marksOf(yaml);
      expect(marks[0]?.line ?? null).toBe(marked);
      expect(marks.map(({ message }) => message).join('\n')).not.toMatch(/the pattern of|\^|\\d/);
    },
  );
});

test('an editor shows nothing wrong in what is good, tells what a key means, and proposes what may stand there', async () => {
  expect(await marksOf(GOOD)).toEqual([]);
  expect(await marksOf(EXAMPLE)).toEqual([]);
  const hover = await hoverOver('lifetime', more('limits:\n  lifetime: 6h'));
  expect(hover).toContain('Every instance is deleted after this');
  expect(hover).toContain('390m');
  expect(await proposalsAt(`${GOOD}github:\n  scope: `)).toEqual(['organization', 'repository']);
  expect(await proposalsAt(`${GOOD}limits:\n  `)).toContain('pricePerHour');
  expect(await proposalsAt('placements:\n  - region: ')).toContain('cn-hangzhou');
});

test.each(['cn-taipei', 'ap-southeast-9', 'sa-brazil-1'])(
  'a region that is new, such as %s, is taken',
  (region) => {
    expect(parseYaml(GOOD.replace('cn-hangzhou', region))).toMatchObject({ kind: 'ok' });
  },
);

test.each([
  ['x64', 'amd64'],
  ['aarch64', 'arm64'],
])('an architecture may be called as in labels: %s is %s', (name, arch) => {
  const parsed = parseYaml(more(`profiles: {big: {arch: ${name}}}`));
  expect(parsed.kind === 'ok' && parsed.config.profiles.big?.arch).toBe(arch);
});

test('who names an image for one architecture alone is told that the other is not offered', () => {
  const parsed = parseYaml(more('images: {arm64: {id: m-abc}}'));
  expect(parsed.kind === 'ok' && parsed.warnings).toEqual([expect.stringContaining('only arm64 is offered')]);
});

test('what surrounds each of them is good', () => {
  expect(parseYaml(GOOD)).toMatchObject({ kind: 'ok' });
});

test('one image of one’s own leaves those of the architectures', () => {
  const parsed = parseYaml(more('images: {mine: {id: m-abc, arch: amd64}}'));
  expect(parsed.kind === 'ok' && Object.keys(parsed.config.images).sort()).toEqual([
    'amd64',
    'arm64',
    'mine',
  ]);
});

test('no value is told: it may be a secret by accident', () => {
  const parsed = parseYaml(more('github: {runnerGroup: [hunter2]}\nalerts: {url: hunter2}\nname: HUNTER2'));
  expect(parsed.kind === 'wrong' && parsed.mistakes.join('\n')).not.toMatch(/hunter2/i);
});
