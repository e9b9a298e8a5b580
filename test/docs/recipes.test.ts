/** Recipes are what people copy: their labels are understood, their shell is shell, their configuration is taken. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { lintWorkflow } from '../../cli/lint/check.ts';
import { type Config, RunnersYaml } from '../../shared/config/config.ts';
import { parseConfig } from '../../shared/config/parse.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/workflows.md'), 'utf8');
const [, RECIPES = ''] = PAGE.split('\n## Recipes\n');
const blocks = [...RECIPES.matchAll(/^### (.+)\n[\s\S]*?(?=^### |(?![\s\S]))/gm)].flatMap(
  ([section, title = '']) =>
    [...section.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, yaml = '']) => ({ title, yaml })),
);
const workflows = blocks.filter(({ yaml }) => yaml.includes('jobs:\n'));
const configurations = blocks.filter(({ yaml }) => !yaml.includes('jobs:\n'));

const NETWORK = { region: 'cn-hangzhou', zones: { b: 'vsw-1a' }, securityGroup: 'sg-1a' };
const NEEDED = { repositories: { allow: ['my-org/*'] }, placements: [NETWORK] };
const config: Config = RunnersYaml.parse({
  ...NEEDED,
  ...configurations.map(({ yaml }) => parse(yaml)).find((each) => 'profiles' in each),
});

interface Step {
  readonly run?: string;
}
const stepsOf = (yaml: string): Step[] =>
  Object.values((parse(yaml) as { jobs: Record<string, { steps: Step[] }> }).jobs).flatMap(
    ({ steps }) => steps,
  );

describe.each(workflows)('$title', ({ yaml }) => {
  test('asks for machines in words that are understood', () => {
    // A repository is named by a profile that is for it alone: the lint knows of none.
    const free = {
      ...config,
      profiles: { ...config.profiles, kernel: { ...config.profiles.kernel, repositories: undefined } },
    };
    expect(lintWorkflow('recipe.yml', yaml, free as Config)).toEqual([]);
    expect(
      lintWorkflow('recipe.yml', yaml.replaceAll('aliyun, ', 'aliyun, 8cup, '), free as Config),
    ).not.toEqual([]);
  });

  test('says what bash can read', () => {
    for (const { run = '' } of stepsOf(yaml)) {
      const { status, stderr } = spawnSync('bash', ['-n'], {
        input: run.replace(/\$\{\{.*?\}\}/g, 'x'),
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([0, '']);
    }
  });
});

test('no secret stands in a shell line: its own characters would be read as the shell’s', () => {
  for (const { yaml } of workflows)
    for (const { run = '' } of stepsOf(yaml))
      expect(run).not.toMatch(/\$\{\{\s*(secrets|github\.event|inputs)\b/);
});

test.each(configurations)('$title: the configuration is taken', ({ yaml }) => {
  expect(parseConfig({ ...NEEDED, ...parse(yaml) })).toMatchObject({ kind: 'ok' });
});

test('all of them were found', () => {
  expect([workflows.length, configurations.length]).toEqual([6, 2]);
});
