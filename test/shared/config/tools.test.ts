/** `mirror.tools`: what it may name, and what is said of what it may not. */
import { expect, test } from 'vitest';
import { parseYaml } from '../../../shared/config/parse.ts';
import { wantedTools } from '../../../shared/config/tools.ts';

const parsed = (tools: string, bucket = 'acme-runner') =>
  parseYaml(`repositories: {allow: [acme/*]}
placements: [{region: cn-hangzhou, vpc: vpc-1a, zones: {k: vsw-1a}, securityGroup: sg-1a${bucket && `, mirrorBucket: ${bucket}`}}]
mirror: {tools: ${tools}}
`);
const mistakes = (tools: string, bucket?: string) => {
  const found = parsed(tools, bucket);
  return found.kind === 'wrong' ? found.mistakes : [];
};

// biome-ignore format: a table reads best as a table.
test.each<[string, string[]]>([
  ['{}', []],
  ['{node: [20, 20.x, "20.11", "20.11.x", "20.11.1"]}'.replace('[20, 20.x, ', '["20", '), ['node 20', 'node 20.11', 'node 20.11.1']],
  ['{node: [20, 20.x]}', ['node 20']],
  ['{java: [21, "21.0.4+7"], go: ["1.22"], python: ["3.10"]}', ['python 3.10', 'go 1.22', 'java 21', 'java 21.0.4+7']],
])('%s', (tools, wanted) => {
  const found = parsed(tools);
  expect(found.kind === 'ok' ? wantedTools(found.config.mirror.tools) : found.mistakes).toEqual(wanted);
});

// biome-ignore format: a table reads best as a table.
test.each<[string, string]>([
  ['{python: [3.10]}', 'mirror.tools.python[0]: must stand in quotes: YAML reads 3.10 as 3.1'],
  ['{node: ["lts/*"]}', 'mirror.tools.node[0]: must be a version such as 20, 20.11 or 20.11.1, of which the newest release is kept; ranges and names such as lts/* are not'],
  ['{node: [">=18"]}', 'mirror.tools.node[0]: must be a version such as 20, 20.11 or 20.11.1, of which the newest release is kept; ranges and names such as lts/* are not'],
  ['{go: ["1.22.5+7"]}', "mirror.tools.go[0]: must be a version such as '1.22' or '1.22.5', of which the newest release is kept; ranges and names such as lts/* are not"],
  ['{nodejs: [20]}', "mirror.tools: there is no key 'nodejs' here; is 'node' meant?"],
  ['{node: [1, 2, 3, 4, 5]}', 'mirror.tools.node: must be at most 4 long'],
])('%s is refused', (tools, text) => {
  expect(mistakes(tools)).toEqual([text]);
});

test('without a bucket there is nowhere to keep them', () => {
  expect(mistakes('{node: [20]}', '')).toEqual([
    'mirror.tools: no placement has a mirrorBucket to keep them in; name one, or leave this out',
  ]);
});
