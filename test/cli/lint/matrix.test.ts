/** A matrix is held to the jobs that it makes, and to no others. */
import { describe, expect, test } from 'vitest';
import { lintWorkflow } from '../../../cli/lint/check.ts';
import { configOf } from '../../world/in-process.ts';

const lint = (runsOn: string, more: string) =>
  lintWorkflow(
    'ci.yml',
    `on: push\njobs:\n  build:\n${more}    runs-on: ${runsOn}\n    steps: [{run: make}]\n`,
    configOf(),
  );

describe('a matrix', () => {
  const matrix = (text: string) => `    strategy: {matrix: ${text}}\n`;

  test('is held to each of its values, once for each that is wrong', () => {
    const more = matrix('{arch: [arm64, arm46, amd64], node: [20, 22]}');
    const found = lint(`[self-hosted, aliyun, "\${{ matrix.arch }}"]`, more);
    expect(found.map(({ line, text }) => [line, text])).toEqual([
      [5, "job 'build': the label 'arm46' is not understood; is 'arm64' meant?"],
    ]);
  });

  test('may give all labels at once, also by include', () => {
    const more = matrix(
      '{include: [{on: [self-hosted, aliyun, arm64]}, {on: [self-hosted, aliyun, 8cup, arm64]}]}',
    );
    expect(lint(`"\${{ matrix.on }}"`, more).map(({ text }) => text)).toEqual([
      "job 'build': the label '8cup' is not understood; is '8cpu' meant?",
    ]);
  });

  const both = `[self-hosted, aliyun, "\${{ matrix.arch }}", "\${{ matrix.type }}"]`;
  const fitting = '{arch: arm64, type: ecs.c8y}, {arch: amd64, type: ecs.c7}';
  const crossed = '{arch: arm64, type: ecs.c7}, {arch: amd64, type: ecs.c8y}';
  const axes = 'arch: [arm64, amd64], type: [ecs.c8y, ecs.c7]';

  test.each([
    ['pairs that are included', `{include: [${fitting}]}`],
    ['what is excluded', `{${axes}, exclude: [${crossed}]}`],
    ['what may be excluded', `{${axes}, exclude: "\${{ fromJSON(inputs.none) }}"}`],
    ['what may be excluded', `{${axes}, exclude: [{type: "\${{ inputs.none }}"}]}`],
    ['what is added by include', `{arch: [arm64, amd64], include: [${fitting}]}`],
  ])('is held to the jobs that it makes: %s', (_, text) => {
    expect(lint(both, matrix(text))).toEqual([]);
  });

  test.each([
    ['pairs that are included', `{include: [${crossed}]}`, 2],
    ['all pairs', `{${axes}}`, 2],
    ['what is left', `{${axes}, exclude: [{arch: amd64}]}`, 1],
    [
      'what is included after all',
      `{${axes}, exclude: [{arch: amd64}, {type: ecs.c7}], include: [${crossed}]}`,
      2,
    ],
    ['a part of a label', '{arch: [arm64], size: [8, 0], include: [{type: "cpu"}]}', 1],
  ])('is held to each of the jobs that it makes: %s', (_, text, count) => {
    const runsOn = both.replace(`"\${{ matrix.type }}"`, `"\${{ matrix.size }}\${{ matrix.type }}"`);
    expect(lint(text.includes('size') ? runsOn : both, matrix(text))).toHaveLength(count);
  });

  test('that is itself an expression says nothing', () => {
    expect(lint(`"\${{ matrix.on }}"`, matrix(`"\${{ fromJSON(needs.a.outputs.b) }}"`))).toEqual([]);
  });
});
