/**
 * One template for all of a deployment, with parameters where `runners.yaml` and `.env` would be: the stacks that a
 * deploy makes and the functions of `s.yaml`, synthesised of a configuration whose values are marks.
 */
import * as ros from '@alicloud/ros-cdk-core';
import { parseConfig } from '../../shared/config/parse.ts';
import { REGIONS } from '../../shared/config/regions.ts';
import { synthesise } from '../app.ts';
import { filledYaml } from '../functions-yaml.ts';
import { FUNCTION_KINDS, namesOf, zoneIdOf } from '../names.ts';
import { secretReferences } from '../secrets.ts';
import { CONFIGURATION_VARIABLE } from './configuration.ts';
import { FunctionsStack, titleOf } from './functions-stack.ts';
import { type Marks, unmarked } from './marks.ts';
import { PARAMETERS } from './parameters.ts';

export interface OneClick {
  /** What the functions say that they are: version and build. */
  readonly release: string;
  /** The text of `s.yaml`. */
  readonly functions: string;
  readonly outdir: string;
}

interface Body {
  readonly Resources: Readonly<Record<string, object>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** As a region whose zones are written without a dash, so that a zone's id is no part of any name. */
const REGION = 'zz-region-1';
const NAME = 'zz-name';
const ZONES = { a: 'Zone1', b: 'Zone2' } as const;

const ref = (name: keyof typeof PARAMETERS | `ALIYUN::${string}`) => ({ Ref: name });

/** In `runners.yaml`'s own words, and no key that has a default to live with. */
const CONFIGURATION = {
  name: NAME,
  control: { region: REGION },
  repositories: { allow: ['zz-organization/*'] },
  defaults: { cpu: 'zz-cores' },
  limits: { runners: 'zz-runners' },
  placements: [
    {
      region: REGION,
      network: {},
      zones: { 'zz-letter-a': 'vsw-zz-a', 'zz-letter-b': 'vsw-zz-b' },
      securityGroup: 'sg-of-zz',
      // No gateway, so that nothing costs while no job runs.
      egress: 'public-ip',
    },
  ],
};

const MARKS: Marks = {
  [NAME]: ref('Name'),
  [REGION]: ref('ALIYUN::Region'),
  'zz-account': ref('ALIYUN::TenantId'),
  'zz-organization': ref('Organization'),
  'zz-app': ref('GitHubAppId'),
  'zz-key': ref('PrivateKeyParameter'),
  'zz-hook-secret-of-webhook': ref('WebhookSecret'),
  // Numbers stand in JSON without the quotes.
  '"zz-cores"': ref('Cores'),
  '"zz-runners"': ref('Runners'),
  'sg-of-zz': { 'Fn::GetAtt': ['SecurityGroup', 'SecurityGroupId'] },
  'zz-bucket': ref('CodeBucket'),
  'zz-folder': ref('CodeFolder'),
  ...Object.fromEntries(Object.entries(ZONES).flatMap(([letter, name]) => zoneMarks(letter, name))),
};

function zoneMarks(letter: string, name: 'Zone1' | 'Zone2'): [string, unknown][] {
  const before = { 'Fn::FindInMap': ['Zones', ref('ALIYUN::Region'), 'Before'] };
  return [
    [zoneIdOf(REGION, letter), { 'Fn::Join': ['', [before, ref(name)]] }],
    [`${REGION}-${letter}`, { 'Fn::Join': ['', [ref('ALIYUN::Region'), '-', ref(name)]] }],
    [`zz-letter-${letter}`, ref(name)],
    [`vsw-zz-${letter}`, { 'Fn::GetAtt': [`VSwitch${letter.toUpperCase()}`, 'VSwitchId'] }],
  ];
}

/** The template's body, for everybody the same. */
export function oneClickTemplate({ release, functions, outdir }: OneClick): Record<string, unknown> {
  const variables = { GITHUB_PRIVATE_KEY: 'oos:zz-key', WEBHOOK_SECRET: 'zz-hook-secret-of-webhook' };
  const stacks = synthesise(marked(), secretReferences(variables), outdir).map(({ body }) => body as never);
  const bodies: readonly Body[] = [...stacks, functionsBody(functions, release, variables, outdir)];
  const of = (part: 'Resources' | 'Outputs') => Object.assign({}, ...bodies.map((body) => body[part] ?? {}));
  const { Resources, Outputs } = unmarked(
    { Resources: of('Resources'), Outputs: of('Outputs') },
    MARKS,
  ) as Body;
  return {
    ROSTemplateFormatVersion: '2015-09-01',
    Description: `GitHub Actions runners on spot instances: aliyun-spot-runners ${release}`,
    Parameters: {
      ...PARAMETERS,
      CodeFolder: { ...PARAMETERS.CodeFolder, Default: `aliyun-spot-runners/${release.split(' ')[0]}` },
    },
    Mappings: { Zones: Object.fromEntries(REGIONS.map((each) => [each, { Before: zoneIdOf(each, '') }])) },
    Resources: inOrder(Resources),
    Outputs,
  };
}

/** What a person would have written, and a deploy read. */
function marked() {
  const [placement] = CONFIGURATION.placements;
  const parsed = parseConfig({
    ...CONFIGURATION,
    defaults: {},
    limits: {},
    placements: [{ ...placement, zones: { a: 'vsw-zz-a', b: 'vsw-zz-b' } }],
  });
  if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join('\n'));
  return parsed.config;
}

function functionsBody(
  source: string,
  release: string,
  secrets: Readonly<Record<string, string>>,
  outdir: string,
): Body {
  const filled = filledYaml(source, {
    ...{ DEPLOYMENT: NAME, REGION, ACCOUNT_ID: 'zz-account', RELEASE: release, GITHUB_APP_ID: 'zz-app' },
    ...secrets,
    TABLESTORE_INSTANCE: namesOf(marked()).tablestoreInstance,
  });
  for (const kind of FUNCTION_KINDS)
    filled.resources[kind].props.environmentVariables[CONFIGURATION_VARIABLE] = JSON.stringify(CONFIGURATION);
  const app = new ros.App({ outdir });
  new FunctionsStack(app, filled, (kind) => ({
    ossBucketName: 'zz-bucket',
    ossObjectName: `zz-folder/${kind}.zip`,
  }));
  return app.synth().getStackByName('functions').template as Body;
}

/** A function is made after what it runs as, writes to and reads; nothing calls one, or names it as its destination, before it is there. */
function inOrder(resources: Body['Resources']): Body['Resources'] {
  const functions = FUNCTION_KINDS.map(titleOf);
  const needs = (name: string, resource: unknown): string[] => {
    const { Type: type, Properties } = resource as { Type: string; Properties?: Destined };
    if (type === 'ALIYUN::FC3::AsyncInvokeConfig') return destinationIn(Properties);
    if (type === 'ALIYUN::FC3::Function') return [`Role${name}`, 'LogIndex', 'TableLedger', 'TableHistory'];
    return type === 'ALIYUN::FC3::Trigger' ? functions : [];
  };
  return Object.fromEntries(
    Object.entries(resources).map(([name, resource]) => {
      const needed = needs(name, resource);
      return [name, needed.length === 0 ? resource : { ...resource, DependsOn: needed }];
    }),
  );
}

interface Destined {
  readonly DestinationConfig?: unknown;
}

/** The name of a function ends in its kind. */
const destinationIn = ({ DestinationConfig = {} }: Destined = {}): string[] =>
  FUNCTION_KINDS.filter((kind) => JSON.stringify(DestinationConfig).includes(`-${kind}"`)).map(titleOf);
