import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, buildFunction, functionNames } from '../build.ts';
import { ENVIRONMENT, numberFrom } from '../dev/bench/child.ts';
import { CONFIG } from './build-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'build-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Package names of all that is in the given outputs. */
function packagesIn(bundle: Bundle, isIn: (output: string) => boolean): Set<string> {
  const inputs = Object.entries(bundle.metafile.outputs)
    .filter(([path]) => isIn(path))
    .flatMap(([, output]) => Object.keys(output.inputs));
  return new Set(inputs.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path));
}

describe('the bundle of webhook', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await buildFunction('webhook', CONFIG, join(folder, 'webhook'));
  });

  test('holds no code of ECS, of TableStore, of GitHub’s API, or of uploads and shells', () => {
    const all = [...packagesIn(bundle, () => true)];
    const unwanted =
      /@alicloud|@darabonba|tablestore|octokit\/(?!webhooks)|protobufjs|^ali-oss|urllib|axios|^ws$|^proxy-agent|^undici/;
    expect(all.filter((name) => unwanted.test(name))).toEqual([]);
    expect(all).toContain('@octokit/webhooks'); // so that the line above searches the right things
  });

  test('is at most 80 kB', () => {
    const sizes = Object.entries(bundle.metafile.outputs).filter(([path]) => !path.endsWith('.map'));
    expect(sizes.reduce((sum, [, { bytes }]) => sum + bytes, 0)).toBeLessThan(80_000);
  });

  test('loads no more of a vendor’s code than verifies', () => {
    const first = [...packagesIn(bundle, (path) => path.endsWith('/index.mjs'))];
    expect(first.filter((name) => !/^(functions|shared)\//.test(name)).sort()).toEqual([
      '@octokit/webhooks',
      '@octokit/webhooks-methods',
      'zod',
    ]);
  });

  test('holds zod in its small form alone: the whole of it took a fifth of a cold start', () => {
    const whole = Object.keys(bundle.metafile.inputs).filter((path) => path.includes('zod/v4/classic'));
    expect(whole).toEqual([]);
  });

  test('does not hold what reads events that functions hand on: the webhook only writes them', () => {
    const inputs = Object.keys(bundle.metafile.inputs);
    expect(inputs).toContain('shared/job/event.ts');
    expect(inputs).not.toContain('shared/job/handed-on.ts');
  });

  test('does not load node:module, which only CommonJS needs: a millisecond of each cold start', () => {
    expect(readFileSync(bundle.path, 'utf8')).not.toContain('node:module');
  });

  test('the same sources and configuration make the same bytes', async () => {
    const again = await buildFunction('webhook', CONFIG, join(folder, 'again'));
    const files = readdirSync(bundle.folder).sort();
    expect(readdirSync(again.folder).sort()).toEqual(files);
    for (const file of files)
      expect(
        readFileSync(join(again.folder, file)).equals(readFileSync(join(bundle.folder, file))),
        file,
      ).toBe(true);
  });
});

test.each(functionNames())(
  'the bundle of %s loads in a fresh process, without the generated ECS client',
  async (name) => {
    const bundle = await buildFunction(name, CONFIG, join(folder, `load-${name}`));
    const all = packagesIn(bundle, () => true);
    expect([...all]).not.toContain('@alicloud/ecs20140526');
    expect(all.has('@octokit/webhooks'), 'only who verifies holds more of it than types').toBe(
      name === 'webhook',
    );
    const script = `const { handler } = await import(${JSON.stringify(bundle.path)});
    process.stdout.write(handler.length === 2 ? '1' : '0', () => process.exit());`;
    expect(await numberFrom(script, ENVIRONMENT)).toBe(1);
  },
);

test('every folder with an entry is a function', () => {
  expect(functionNames()).toContain('webhook');
});
