/** What a deploy adds to `s.yaml`: a mirror in each other region with a bucket. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FunctionsYaml, renderFunctionsYaml } from '../../infra/functions-yaml.ts';
import { configOf, MADE } from './deployment.ts';

const source = readFileSync(join(import.meta.dirname, '../../s.yaml'), 'utf8');
/** The component's own schema. */
const theirs = new Ajv({ allErrors: true, strict: false }).compile(
  JSON.parse(readFileSync(join(import.meta.dirname, 'fc3/schema.json'), 'utf8')),
);

describe('a mirror of its own region', () => {
  const placement = (region: string) => ({ ...MADE, region, mirrorBucket: `ci-${region}` });
  const render = (control: object, ...regions: string[]) => {
    const config = configOf({ control, placements: regions.map(placement) });
    return FunctionsYaml.parse(parse(renderFunctionsYaml(source, config)));
  };

  test('stands in each region with a bucket besides the functions’ own, the same code under the same role', () => {
    const made = render({ region: 'cn-hongkong' }, 'cn-hangzhou', 'cn-hongkong', 'cn-beijing');
    const { mirror, 'mirror-cn-hangzhou': regional } = made.resources;
    expect(Object.keys(made.resources).slice(4)).toEqual(['mirror-cn-hangzhou', 'mirror-cn-beijing']);
    const { logConfig: _, ...settings } = mirror.props;
    const [region, functionName] = ['cn-hangzhou', 'ci-mirror-cn-hangzhou'];
    expect(regional?.props).toEqual({ ...settings, region, functionName });
    expect(theirs(JSON.parse(JSON.stringify(regional?.props)))).toBe(true);
  });

  test('is not in the network of the functions’ own region', () => {
    const ids = { vpc: 'vpc-1a', vSwitch: 'vsw-1a', securityGroup: 'sg-1a' };
    const made = render({ fixedAddress: { cidr: '10.89.0.0/24', zone: 'b', ...ids } }, 'cn-hangzhou');
    const regional = made.resources['mirror-cn-hangzhou'];
    expect([regional?.props.vpcConfig, regional?.props.internetAccess]).toEqual([undefined, true]);
  });
});
