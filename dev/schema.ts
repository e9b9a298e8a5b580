/** `runners.schema.json`, for editors: the code's schema with the words of docs/configure.md. Pure. */
import * as z from 'zod';
import { RunnersYaml } from '../shared/config/config.ts';
import { TOOLS } from '../shared/config/package-mirrors.ts';
import { REGIONS } from '../shared/config/regions.ts';
import { type Node, ruleAt, sayOfTypes } from './schema-rules.ts';

/** `page`: the text of docs/configure.md. */
export function schemaOf(page: string): Node {
  const schema = z.toJSONSchema(RunnersYaml, {
    ...{ io: 'input', unrepresentable: 'any' },
    override: ({ zodSchema, jsonSchema }) => sayWhatIsWanted(zodSchema, jsonSchema as Node),
  }) as Node;
  describe(schema, '', wordsIn(page));
  sayOfTypes(schema);
  return { title: 'runners.yaml', ...schema };
}

interface Words {
  readonly means: string;
  readonly without: string;
}

/** Each key's row: what it means, and what is so without it. */
function wordsIn(page: string): ReadonlyMap<string, Words> {
  const rows = page
    .replace(/\| label +\|[\s\S]*?\n\n/, '')
    .matchAll(/^\| `([^`]+)` +\| (.+?) +\| (.+?) +\|$/gm);
  return new Map(
    [...rows].map(([, key = '', means = '', without = '']) => [key, { means, without }] as const),
  );
}

/** A test value that no pattern takes: its message is what editors say instead of the pattern. */
const NO_VALUE = '\u0000';

function sayWhatIsWanted(zodSchema: z.core.$ZodType, node: Node): void {
  if (node.type === 'string' && node.allOf !== undefined) sayOfEach(zodSchema, node.allOf);
  if (node.type !== 'string' || (node.pattern === undefined && node.format === undefined)) return;
  const { error } = z.safeParse(zodSchema, NO_VALUE);
  const says = error?.issues.find(({ message }) => message.startsWith('must '))?.message;
  if (says === undefined) return;
  Object.assign(node, node.pattern === undefined ? { errorMessage: says } : { patternErrorMessage: says });
}

/** Of several patterns, each has a sentence of its own. */
function sayOfEach({ _zod: { def } }: z.core.$ZodType, patterns: readonly Node[]): void {
  const checks = (def.checks ?? []) as unknown as readonly {
    readonly _zod: { readonly def: PatternCheck };
  }[];
  for (const node of patterns) {
    const own = checks.find(({ _zod }) => _zod.def.pattern?.source === node.pattern)?._zod.def;
    const said = own?.error?.({});
    if (typeof said === 'string') node.patternErrorMessage = said;
  }
}

interface PatternCheck {
  readonly pattern?: RegExp;
  readonly error?: (issue: object) => unknown;
}

function describe(node: Node, path: string, words: ReadonlyMap<string, Words>): void {
  const own = words.get(path);
  const says = own === undefined ? GROUPS[path] : sentence(own);
  const { [path]: examples } = EXAMPLES;
  Object.assign(node, says && { description: says }, examples && { examples });
  const inner = withKeys(node) ?? node;
  Object.assign(stringIn(node) ?? inner, ruleAt(path));
  for (const [at, child] of below(inner, path)) describe(child, at, words);
}

/** What a node holds, each by its path. */
function below({ properties, items, additionalProperties: free }: Node, path: string): [string, Node][] {
  const named = Object.entries(properties ?? {}).map(([name, child]): [string, Node] => [
    path === '' ? name : `${path}.${name}`,
    child,
  ]);
  if (items !== undefined) named.push([`${path}[]`, items]);
  if (typeof free === 'object') named.push([`${path}.NAME`, free]);
  return named;
}

/** What has keys or items, of all that it may be. */
function withKeys(node: Node): Node | undefined {
  if (node.properties ?? node.items) return node;
  return node.anyOf?.map(withKeys).find((each) => each !== undefined);
}

/** What may be null has its text below it. */
const stringIn = (node: Node): Node | undefined => node.anyOf?.find(({ type }) => type === 'string');

function sentence({ means, without }: Words): string {
  const plain = (text: string) => text.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1');
  const first = `${plain(means).charAt(0).toUpperCase()}${plain(means).slice(1)}.`;
  return without === '–' ? first : `${first} Without it: ${plain(without)}.`;
}

const WHERE = 'aliyun, none, or the address of a mirror. Without it: by region.';

/** Maps and lists that hold keys of their own have no row in the page. */
const GROUPS: Readonly<Record<string, string>> = {
  control: 'The functions and the ledger: their region, and their way to GitHub.',
  'control.fixedAddress':
    'One address for all that the functions ask GitHub. Without it: addresses of Function Compute.',
  'control.deployFrom': 'The workflow that may deploy new code without access keys. Without it: none.',
  functionCompute: 'How functions invoke each other.',
  alerts: 'Whom to tell what a person must know.',
  github: 'Which GitHub, and where runners register.',
  repositories: 'Whose jobs get a runner.',
  costs: 'What estimates of costs are held against.',
  defaults: 'What a job gets whose labels do not say otherwise.',
  'defaults.hooks': 'Scripts around each job.',
  limits: 'What bounds runners and money.',
  spot: 'How spot instances are bought.',
  images:
    'Images by name: amd64 and arm64 are the architectures’ own, others are asked for by the label image-NAME.',
  'images.NAME': 'An image: a family, or one id.',
  'images.NAME.bake':
    'Bakes an image that holds all that a boot would install: true, or what more it is to hold.',
  mirror: 'What the mirrors keep beside the runner.',
  'mirror.tools': 'Tools that the setup actions find on each machine. Without it: none.',
  ...Object.fromEntries(TOOLS.map((tool) => [`mirrors.${tool}`, `Where ${tool} fetches from: ${WHERE}`])),
  profiles: 'Requirements with a name, which is a label.',
  'profiles.NAME': 'What the label of this name asks for.',
  warm: 'Runners that wait for jobs.',
  'warm[]': 'A pool: its labels or profile, how many, and when.',
  placements: 'Where runners run: a region each, with its network.',
  'placements[]': 'One region, with its network.',
  'placements[].network': 'A network that deploy makes. Without it: the ids of your own.',
  'placements[].proxy': 'The runners’ way out. Without it: straight.',
  selfDestruct: 'Instances that delete themselves.',
};

const CORES = [8, '8-32', '8+'];

/** Values that the schema takes: editors propose them. */
const EXAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  'control.region': [
    'cn-hongkong',
    'ap-southeast-1',
    ...REGIONS.filter((each) => !/^cn-|^ap-southeast-1$/.test(each)),
  ],
  'control.egressProxy': ['http://proxy.internal:3128'],
  'control.fixedAddress.cidr': ['10.99.0.0/24'],
  'control.fixedAddress.zone': ['b'],
  'control.deployFrom.repository': ['my-org/runners'],
  'github.baseUrl': ['https://github.com', 'https://github.my-company.com', 'https://my-company.ghe.com'],
  'repositories.allow': [['my-org/*'], ['my-org/app', 'my-org/lib']],
  'defaults.cpu': CORES,
  'defaults.packages': [['build-essential', 'git-lfs']],
  'defaults.registryMirror': ['https://mirror.internal'],
  'limits.lifetime': ['390m', '6h', '1d'],
  'limits.types': [['ecs.c8*', 'ecs.g8y']],
  'limits.spendPerHour': [50],
  'limits.spendPerDay': [300],
  'spot.patience': ['90s', '5m', '1h'],
  'images.NAME.family': ['acs:ubuntu_24_04_x64', 'acs:ubuntu_24_04_arm64'],
  'images.NAME.id': ['m-bp1234567890'],
  'profiles.NAME.cpu': CORES,
  'profiles.NAME.memory': [16, '16-64'],
  'profiles.NAME.type': ['ecs.c8y', 'ecs.c8y.2xlarge'],
  'mirror.tools.node': [[20, 22]],
  'mirror.tools.python': [['3.12']],
  'mirror.tools.go': [['1.22']],
  'mirror.tools.java': [[17, 21]],
  'warm[].labels': [['arm64', '8cpu']],
  'warm[].when': ['Mon-Fri 08:30-19:00'],
  'placements[].region': REGIONS,
  'placements[].zones': [{ b: 'vsw-pending', k: 'vsw-pending' }],
  'placements[].securityGroup': ['sg-pending'],
  'placements[].network': [{}],
  'placements[].mirrorBucket': ['my-org-runner-cn-hangzhou'],
  tags: [{ costCenter: 'ci' }],
};
