/** `s.yaml`, stricter than its component reads it: theirs lets an unknown key pass, and a wrong trigger. */
import { type Document, parseDocument } from 'yaml';
import * as z from 'zod';
import type { Config } from '../shared/config/config.ts';
import { FUNCTION_KINDS, functionPlaces } from './names.ts';

const text = z.string().min(1);
const reference = text;

const Timer = z.strictObject({
  triggerName: text,
  triggerType: z.literal('timer'),
  description: text,
  qualifier: z.literal('LATEST'),
  triggerConfig: z.strictObject({
    cronExpression: z
      .string()
      .regex(/^(@every [1-9]\d*m|\S+ \S+ \S+ \S+ \S+ \S+)$/, 'must be @every Nm or six fields'),
    enable: z.literal(true),
    payload: z.string(),
  }),
});
const Http = z.strictObject({
  triggerName: text,
  triggerType: z.literal('http'),
  description: text,
  qualifier: z.literal('LATEST'),
  triggerConfig: z.strictObject({
    authType: z.literal('anonymous'),
    methods: z.tuple([z.literal('POST')]),
    disableURLInternet: z.literal(false),
  }),
});

const PROPORTIONS = 'cpu and memory must stand 1:1 to 1:4';
/** Function Compute 3.0 docs, "Instance specifications": cpu in steps of 0.05, memory of 64 MB, 1:1 to 1:4. */
const isProportioned = ({ cpu, memorySize }: { cpu: number; memorySize: number }) =>
  memorySize / 1024 >= cpu && memorySize / 1024 <= cpu * 4;

const settings = {
  region: reference,
  functionName: reference,
  description: reference,
  runtime: z.literal('nodejs20'),
  handler: z.literal('index.handler'),
  code: z.string().regex(/^\.\/dist\/[a-z]+$/),
  cpu: z.number().min(0.05).max(16).multipleOf(0.05),
  memorySize: z.int().min(128).max(32_768).multipleOf(64),
  diskSize: z.union([z.literal(512), z.literal(10_240)]),
  timeout: z.int().min(1).max(86_400),
  internetAccess: z.boolean(),
  role: z.string().startsWith('acs:ram::'),
  environmentVariables: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()),
  asyncInvokeConfig: z
    .strictObject({
      maxAsyncRetryAttempts: z.int().min(0).max(8),
      maxAsyncEventAgeInSeconds: z.int().min(1).max(604_800),
      destinationConfig: z
        .strictObject({ onFailure: z.strictObject({ destination: z.string().startsWith('acs:fc:') }) })
        .optional(),
    })
    .optional(),
  concurrencyConfig: z.strictObject({ reservedConcurrency: z.int().min(1).max(90) }).optional(),
  // Not of `s.yaml`: what a deploy finds on a live function, and keeps.
  tags: z.array(z.strictObject({ key: text, value: z.string() })).optional(),
  scalingConfig: z.record(z.string(), z.unknown()).optional(),
  vpcBinding: z.strictObject({ vpcIds: z.array(text) }).optional(),
  vpcConfig: z
    .strictObject({ vpcId: text, vSwitchIds: z.array(text).min(1), securityGroupId: text })
    .optional(),
  triggers: z.array(z.discriminatedUnion('triggerType', [Timer, Http])).optional(),
};
const logConfig = z.strictObject({
  project: reference,
  logstore: text,
  enableRequestMetrics: z.boolean(),
  enableInstanceMetrics: z.boolean(),
  logBeginRule: z.enum(['None', 'DefaultRegex']),
});

const Resource = z.strictObject({
  component: z.literal('fc3@0.1.22'),
  props: z.strictObject({ ...settings, logConfig }).refine(isProportioned, PROPORTIONS),
});
/** A mirror in another region: a log project of that region would cost more than it tells; its answers say what failed. */
const Regional = z.strictObject({
  component: z.literal('fc3@0.1.22'),
  props: z.strictObject(settings).refine(isProportioned, PROPORTIONS),
});

export const FunctionsYaml = z.strictObject({
  edition: z.literal('3.0.0'),
  name: text,
  access: text,
  vars: z.record(z.string(), z.string()),
  resources: z
    .object({ reaper: Resource, launcher: Resource, webhook: Resource, mirror: Resource })
    .catchall(Regional),
});
export type FunctionsYaml = z.output<typeof FunctionsYaml>;

/** The file as deployed: with a mirror in each region, the functions' own network where one is asked for, and checked. */
export function renderFunctionsYaml(
  source: string,
  config: Pick<Config, 'name' | 'control' | 'placements'>,
): string {
  const document = parseDocument(source);
  // Before the network: that is of the functions' own region.
  for (const { kind, name, region } of functionPlaces(config))
    if (region !== config.control.region) addRegional(document, kind, name, region);
  if (config.control.fixedAddress !== null) useNetwork(document, config.control.fixedAddress);
  FunctionsYaml.parse(document.toJS());
  return document.toString({ lineWidth: 0 });
}

/** What it says, parsed. */
export const functionsIn = (rendered: string): FunctionsYaml =>
  FunctionsYaml.parse(parseDocument(rendered).toJS());

/** As Serverless Devs fills it in: `env()` by `variables`, then what `vars` says. Throws where nothing stands for a variable. */
export function filledYaml(
  rendered: string,
  variables: Readonly<Record<string, string | undefined>>,
): FunctionsYaml {
  const raw = functionsIn(rendered);
  const env = (text: string) =>
    text.replace(
      /\$\{env\('(\w+)'(?:, '([^']*)')?\)\}/g,
      (_, name: string, preset?: string) => variables[name] || (preset ?? notFound(name)),
    );
  const text = (part: string) =>
    env(part.replace(/\$\{vars\.(\w+)\}/g, (_, name: string) => raw.vars[name] ?? ''));
  return FunctionsYaml.parse(mapped(raw, text));
}

function notFound(name: string): never {
  throw new Error(`env('${name}') not found`);
}

function mapped(value: unknown, text: (part: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((each) => mapped(each, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapped(each, text)]));
}

function addRegional(document: Document, kind: string, functionName: string, region: string): void {
  const { component, props } = (document.toJS() as FunctionsYaml).resources[
    kind
  ] as FunctionsYaml['resources']['mirror'];
  const { logConfig: _, ...settings } = props;
  const resource = { component, props: { ...settings, region, functionName } };
  document.setIn(['resources', `${kind}-${region}`], document.createNode(resource));
}

function useNetwork(document: Document, network: NonNullable<Config['control']['fixedAddress']>): void {
  const { vpc, vSwitch, securityGroup } = network;
  if (vpc === null || vSwitch === null || securityGroup === null)
    throw new Error('control.fixedAddress: its network is not made yet; npm run deploy makes it');
  const vpcConfig = { vpcId: vpc, vSwitchIds: [vSwitch], securityGroupId: securityGroup };
  for (const name of FUNCTION_KINDS) {
    const props = ['resources', name, 'props'];
    document.setIn([...props, 'vpcConfig'], document.createNode(vpcConfig));
    // FC docs, "Configure a fixed public IP": with the default NIC's way to the Internet open, calls leave by that one.
    document.setIn([...props, 'internetAccess'], false);
  }
}
