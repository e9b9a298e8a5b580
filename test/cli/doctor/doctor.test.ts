import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { examine, exitCodeOf, type Finding } from '../../../cli/doctor/finding.ts';
import { CHECKS, formatFinding } from '../../../cli/doctor/index.ts';
import { FAULTS } from './faults.ts';
import { type Healthy, healthy } from './healthy.ts';

let here: Healthy;
afterEach(() => here.close());

const notWell = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level === 'wrong' || level === 'warning');

describe('doctor', () => {
  test('finds nothing where everything is well', async () => {
    here = await healthy();
    const findings = await examine(CHECKS, here.world());
    expect(notWell(findings)).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual(CHECKS.map(({ name }) => name));
    expect(exitCodeOf(findings)).toBe(0);
  });

  test.each(FAULTS)('finds %s, and nothing else', async (_what, level, says, fault) => {
    here = await healthy(fault.options);
    await fault.breakIt?.(here);
    const findings = await examine(CHECKS, here.world(fault.config?.(here.config)));
    expect(notWell(findings).map(({ check, text }) => `${check}: ${text}`)).toEqual([
      expect.stringMatching(says),
    ]);
    expect(notWell(findings)[0]?.level).toBe(level);
    expect(notWell(findings)[0]?.advice?.length).toBeGreaterThan(5);
    expect(exitCodeOf(findings)).toBe(level === 'wrong' ? 1 : 0);
  });

  test('changes nothing', async () => {
    here = await healthy();
    const before = JSON.stringify([...here.management.functions, ...here.management.roles]);
    here.management.calls.length = 0;
    await examine(CHECKS, here.world());
    const verbs = here.management.calls.map((action) => action.split(':')[1] ?? '');
    expect(verbs.filter((verb) => !/^(Get|List|Describe|RunInstances|InvokeFunction)/.test(verb))).toEqual(
      [],
    );
    expect(JSON.stringify([...here.management.functions, ...here.management.roles])).toBe(before);
    expect(here.ecs.alive()).toEqual([]);
    expect(
      [...here.github.calls.keys()].filter(
        (route) => !/^(GET|PATCH \/app\/hook|POST .*access_tokens)/.test(route),
      ),
    ).toEqual([]);
  });
});

describe('a line', () => {
  beforeEach(async () => {
    here = await healthy();
  });
  test('says what is so and what to do', () => {
    const line = formatFinding({
      check: 'quota',
      level: 'warning',
      text: 'too small',
      advice: 'ask for more',
    });
    expect(line).toMatch(/warning.* quota: too small.* → ask for more/);
  });
});
