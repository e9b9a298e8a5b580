/** What stands in a template for values that come later. ROS docs, "Functions" and "Pseudo parameters". */
import { ManagementRefusal, type Parameters } from '../management/index.ts';

export interface Known {
  readonly accountId: string;
  readonly region: string;
  readonly parameters: Parameters;
  readonly mappings: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
  /** Of a resource; throws where there is none of that name. */
  attribute(resource: string, name: string): string;
}

/** Refuses a function that is not played, and a reference to nothing. */
export function resolved(value: unknown, known: Known): unknown {
  if (Array.isArray(value)) return value.map((each) => resolved(each, known));
  if (typeof value !== 'object' || value === null) return value;
  const [[key, argument] = ['', null], ...rest] = Object.entries(value);
  const isReference = rest.length === 0 && (key === 'Ref' || key.startsWith('Fn::'));
  if (isReference) return FUNCTIONS[key]?.(argument, known) ?? refuse(`${key} is not played here`);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolved(each, known)]));
}

const FUNCTIONS: Readonly<Record<string, (argument: unknown, known: Known) => string>> = {
  Ref: (name, { accountId, region, parameters }) =>
    ({ 'ALIYUN::TenantId': accountId, 'ALIYUN::Region': region, ...parameters })[name as string] ??
    refuse(`nothing is called ${name}`),
  'Fn::GetAtt': (argument, { attribute }) => attribute(...(argument as [string, string])),
  'Fn::Join': (argument, known) => {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map((each) => String(resolved(each, known))).join(separator);
  },
  'Fn::FindInMap': (argument, known) => {
    const [map, first, second] = resolved(argument, known) as [string, string, string];
    return known.mappings[map]?.[first]?.[second] ?? refuse(`${map} has no ${first}.${second}`);
  },
};

export function refuse(because: string): never {
  throw new ManagementRefusal(400, 'InvalidTemplate', `The template is invalid: ${because}`);
}
