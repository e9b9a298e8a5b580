import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lintWorkflow } from '../../../cli/lint/check.ts';
import { rendered } from '../../../cli/lint/finding.ts';
import { runsOnIn } from '../../../cli/lint/workflow.ts';
import { parseYaml } from '../../../shared/config/parse.ts';
import { PUBLIC_RUNS_ON } from './public-runs-on.ts';

const ROOT = join(import.meta.dirname, '../../..');
const YAML = `repositories: {allow: ["my-org/*"]}
placements:
  - {region: cn-hangzhou, zones: {b: vsw-abc}, securityGroup: sg-abc}
profiles:
  big: {cpu: 32}
`;
const parsed = parseYaml(YAML);
if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join('\n'));
const { config } = parsed;

const workflow = (runsOn: string, more = '') =>
  `on: push\njobs:\n  build:\n${more}    runs-on: ${runsOn}\n    steps: [{run: make}]\n`;
const lint = (runsOn: string, more = '') => lintWorkflow('ci.yml', workflow(runsOn, more), config);

test.each(PUBLIC_RUNS_ON)('%s is somebody else’s, and no mistake', (runsOn) => {
  expect(lint(runsOn.startsWith('$') ? JSON.stringify(runsOn) : runsOn)).toEqual([]);
});

test.each([
  '[self-hosted, aliyun, arm64]',
  '[self-hosted, Aliyun, X64, 16cpu, 64gb]',
  '[self-hosted, aliyun, big, amd64]',
  '[self-hosted, aliyun, ecs.c8y, arm64]',
  '[self-hosted, aliyun, ecs.c7.xlarge, amd64, 4cpu]',
  '[self-hosted, aliyun, ecs.c7.4xlarge, amd64]',
  '{group: ci-runners, labels: [self-hosted, aliyun, arm64]}',
  '{group: organization/ci-runners-public, labels: [self-hosted, aliyun, arm64]}',
  `[self-hosted, aliyun, "\${{ matrix.arch }}"]`,
  `[self-hosted, aliyun, "\${{ inputs.size }}cpu"]`,
])('%s is ours, and right', (runsOn) => {
  expect(lint(runsOn)).toEqual([]);
});

test.each([
  ['[self-hosted, aliyun, arm64, 8cup]', "the label '8cup' is not understood; is '8cpu' meant?"],
  ['[self-hosted, aliyun, ecs.c8y, amd64]', 'ecs.c8y is arm64, and the job is for amd64: write arm64'],
  [
    '[self-hosted, aliyun, amd64, ecs.c7.xlarge]',
    'ecs.c7.xlarge has 4 cores, and 8 are asked for, by a label',
  ],
  ['[self-hosted, aliyun, x64, 4cpu, 16gb, ecs.c7.xlarge]', 'ecs.c7.xlarge has 8 GiB, and 16 are asked for'],
  ['[self-hosted, aliyun]', 'its labels name no architecture, and both are offered: add arm64 or amd64'],
  ['[self-hosted, aliyun, arm64, amd64]', 'its labels name an architecture twice: arm64 and amd64'],
  ['[self-hosted, aliyun, windows]', 'asks for an operating system that is not offered'],
  ['[self-hosted, aliyun, arm64, image-none]', "there is no image 'none' in runners.yaml"],
  ['{labels: [self-hosted, aliyun, arm46]}', "the label 'arm46' is not understood; is 'arm64' meant?"],
  [`[self-hosted, aliyun, "\${{ matrix.arch }}", 8cup]`, "the label '8cup' is not understood"],
  [`[self-hosted, aliyun, arm64, x64, "\${{ inputs.a }}"]`, 'name an architecture twice: arm64 and amd64'],
  ['{group: gpus, labels: [self-hosted, aliyun, arm64]}', 'the group gpus has no runners of ours'],
])('%s: %s', (runsOn, says) => {
  const [found, ...others] = lint(runsOn);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ file: 'ci.yml', line: 4, level: 'error' });
  expect(found?.text).toContain(`job 'build': `);
  expect(found?.text).toContain(says);
});

test('an alias is what it stands for, as at GitHub, and one that stands for nothing is GitHub’s to tell', () => {
  const steps = 'steps: [{run: make}]';
  const text = (rest: string) =>
    `on: push\njobs:\n  one: &one\n    runs-on: &on [self-hosted, aliyun, 8cup]\n    ${steps}\n${rest}`;
  const found = lintWorkflow(
    'ci.yml',
    text(`  two:\n    runs-on: *on\n    ${steps}\n  three: *one\n`),
    config,
  );
  expect(found.map(({ line, text: said }) => [line, said.slice(0, said.indexOf(':'))])).toEqual([
    [4, "job 'one'"],
    [7, "job 'two'"],
    [9, "job 'three'"],
  ]);
  expect(() => lintWorkflow('ci.yml', text('  two: *none\n'), config)).not.toThrow();
});

test.each([
  ['[self-hosted, aliyum, arm64]', "'aliyum' is no base label; is 'aliyun' meant?"],
  ['[aliyun, arm64, 8cpu]', "it lacks the label 'self-hosted'. Without it no runner of ours comes"],
  ['self-hosted, aliyun, arm64', 'is one label; is [self-hosted, aliyun, arm64] meant?'],
  ['{group: ci-runners}', "the group ci-runners is ours, and it lacks the label 'self-hosted', 'aliyun'"],
])('%s, which is nearly ours, is a warning', (runsOn, says) => {
  expect(lint(runsOn)).toEqual([
    expect.objectContaining({ level: 'warning', text: expect.stringContaining(says) }),
  ]);
});

test('a job without runs-on, as a call of another workflow, has none', () => {
  expect(runsOnIn('jobs:\n  a: {uses: ./.github/workflows/b.yml}\n')).toEqual([]);
  expect(runsOnIn('jobs: [')).toBe(null);
  expect(runsOnIn('name: no jobs\n')).toEqual([]);
});

test('SARIF names file, line and level', () => {
  const found = lint('[self-hosted, aliyun, arm64, 8cup]');
  expect(JSON.parse(rendered(found, 'sarif', '0.2.0'))).toMatchObject({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'spot-runners', version: '0.2.0' } },
        results: [
          {
            level: 'error',
            locations: [
              { physicalLocation: { artifactLocation: { uri: 'ci.yml' }, region: { startLine: 4 } } },
            ],
          },
        ],
      },
    ],
  });
});

const folder = mkdtempSync(join(tmpdir(), 'lint-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  { title: 'all is right', runners: YAML, on: '[self-hosted, aliyun, arm64]', code: 0, out: '' },
  {
    title: 'a label is wrong',
    runners: YAML,
    on: '[self-hosted, aliyun, 8cup]',
    code: 1,
    out: "ci.yml:4: error: job 'build': the label '8cup' is not understood",
  },
  {
    title: 'runners.yaml is wrong',
    runners: `${YAML}limit: {}\n`,
    on: '[self-hosted, aliyun, arm64]',
    code: 1,
    out: "runners.yaml:6: error: there is no key 'limit' here; is 'limits' meant?",
  },
])('the command ends with $code when $title', ({ runners, on, code, out }) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'runners.yaml'), runners);
  writeFileSync(join(folder, 'ci.yml'), workflow(on));
  const files = ['runners.yaml', 'ci.yml'].map((name) => join(folder, name));
  const ended = spawnSync(process.execPath, ['cli/run.mjs', 'lint', ...files], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(ended.stdout).toContain(out);
  expect(ended.status, ended.stderr).toBe(code);
});

test('a workflow whose name begins with runners is a workflow', () => {
  const workflows = join(folder, '.github', 'workflows');
  mkdirSync(workflows, { recursive: true });
  writeFileSync(join(folder, 'runners.yaml'), YAML);
  writeFileSync(join(workflows, 'runners-ci.yml'), workflow('[self-hosted, aliyun, 8cup]'));
  const files = [join(folder, 'runners.yaml'), join(workflows, 'runners-ci.yml')];
  const ended = spawnSync(process.execPath, ['cli/run.mjs', 'lint', ...files], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(ended.stdout).toMatch(/runners-ci\.yml:4: error: job 'build': the label '8cup' is not understood/);
  expect(ended.status, ended.stderr).toBe(1);
});

test('without files, the configuration that is named will do', () => {
  writeFileSync(join(folder, 'ours.yaml'), YAML);
  const args = ['cli/run.mjs', 'lint', '--config', join(folder, 'ours.yaml')];
  const ended = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  expect([ended.status, ended.stderr]).toEqual([0, 'Nothing is wrong.\n']);
});
