/** What a stack's template names comes into being in the other simulators, and goes with it. */
import type { Ecs } from '../ecs/index.ts';
import { GROUP_MAX } from '../ecs/region/network.ts';
import { ManagementRefusal, type ManagementState, type SimStack } from '../management/index.ts';
import type { TableStore } from '../tablestore/index.ts';
import { makeLedger, makeTable, removeLedger } from './ledger.ts';

export interface Places {
  readonly management: ManagementState;
  readonly ecs: Ecs;
  readonly store: TableStore;
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

interface Made extends Resource {
  readonly region: string;
  /** Its id, as an output tells it. */
  readonly id: string;
  /** A property that may point at another resource, as text. */
  text(property: string): string;
}

/** Absent parts: nothing of it is to be seen anywhere in the simulators. */
interface Kind {
  make(places: Places, made: Made): void;
  remove(places: Places, made: Made): void;
}

const INVISIBLE: Kind = { make: () => undefined, remove: () => undefined };

/** What is not named here is refused, as a service refuses a type that it does not know. */
const KINDS: Readonly<Record<string, Kind>> = {
  'ALIYUN::ECS::VPC': INVISIBLE,
  'ALIYUN::VPC::NatGateway': INVISIBLE,
  'ALIYUN::VPC::EIP': INVISIBLE,
  'ALIYUN::VPC::EIPAssociation': INVISIBLE,
  'ALIYUN::VPC::SnatEntry': INVISIBLE,
  'ALIYUN::SLS::Project': INVISIBLE,
  'ALIYUN::SLS::Logstore': INVISIBLE,
  'ALIYUN::SLS::Index': INVISIBLE,
  'ALIYUN::ECS::VSwitch': { make: makeVSwitch, remove: removeVSwitch },
  'ALIYUN::ECS::SecurityGroup': { make: makeGroup, remove: removeGroup },
  'ALIYUN::RAM::Role': {
    make: makeRole,
    remove: ({ management }, { text }) => void management.roles.delete(text('RoleName')),
  },
  'ALIYUN::RAM::OIDCProvider': {
    make: ({ management }, { text, Properties }) =>
      void management.oidcProviders.set(providerArn(management, text('OIDCProviderName')), {
        issuer: text('IssuerUrl'),
        clientIds: Properties.ClientIds as string[],
        fingerprints: Properties.Fingerprints as string[],
      }),
    remove: ({ management }, { text }) =>
      void management.oidcProviders.delete(providerArn(management, text('OIDCProviderName'))),
  },
  'ALIYUN::OTS::Instance': { make: makeLedger, remove: removeLedger },
  'ALIYUN::OTS::InstanceV2': { make: makeLedger, remove: removeLedger },
  'ALIYUN::OTS::Table': {
    make: makeTable,
    remove: ({ store }, { text }) => void store.tables.delete(text('TableName')),
  },
};

/** Brings the account from one template to the next. Throws the refusal of the first resource that cannot follow. */
export function applyStack(
  places: Places,
  stack: SimStack,
  before: string | null,
  after: string | null,
): void {
  const [old, next] = [madeIn(before, stack), madeIn(after, stack)];
  // ROS docs do not say that a resource may change its type in place: it is replaced, with what it held.
  const isKept = (name: string, { Type }: Made) => next.get(name)?.Type === Type;
  for (const [name, made] of old) if (!isKept(name, made)) kindOf(made).remove(places, made);
  for (const [name, made] of next)
    if (old.get(name)?.Type !== made.Type || made.id !== '') kindOf(made).make(places, made);
}

function kindOf({ Type }: Resource): Kind {
  const kind = KINDS[Type];
  if (kind === undefined) throw new ManagementRefusal(400, 'InvalidTemplate', `${Type} is not played here`);
  return kind;
}

function madeIn(text: string | null, { region, outputs }: SimStack): Map<string, Made> {
  const { Resources, Outputs = {} } = JSON.parse(text ?? '{"Resources":{}}') as Template;
  const ids = new Map(
    Object.entries(Outputs).map(([key, { Value }]) => [pointedAt(Value), outputs[key] ?? '']),
  );
  const textOf = (value: unknown): string => {
    const name = pointedAt(value);
    if (name === null) return String(value);
    const { InstanceName } = Resources[name]?.Properties ?? {};
    return ids.get(name) ?? String(InstanceName ?? '');
  };
  return new Map(
    Object.entries(Resources).map(([name, resource]) => {
      const text = (property: string) => textOf(resource.Properties[property]);
      return [name, { ...resource, region, id: ids.get(name) ?? '', text }];
    }),
  );
}

/** `{"Fn::GetAtt": [resource, attribute]}` points at a resource. */
function pointedAt(value: unknown): string | null {
  const found = (value as Readonly<Record<string, readonly string[]>> | undefined)?.['Fn::GetAtt'];
  return found?.[0] ?? null;
}

/** VPC docs: four addresses of each vSwitch are the system's. */
const SYSTEM_ADDRESSES = 4;

function makeVSwitch({ management, ecs }: Places, { id, region, text }: Made): void {
  if (management.vSwitches.has(id)) return;
  const freeIps = 2 ** (32 - Number(text('CidrBlock').split('/')[1])) - SYSTEM_ADDRESSES;
  const [vpc, zone] = [text('VpcId'), text('ZoneId')];
  management.vSwitches.set(id, { vpc, zone, freeIps, region });
  ecs.region(region).network.vSwitches.set(id, { id, vpc, zone, freeIps, status: 'Available' });
}

function removeVSwitch({ management, ecs }: Places, { id, region }: Made): void {
  if (ecs.alive().some(({ vSwitch }) => vSwitch === id))
    throw new ManagementRefusal(400, 'DependencyViolation', `there is an instance in ${id}`);
  management.vSwitches.delete(id);
  ecs.region(region).network.vSwitches.delete(id);
}

interface Rule {
  readonly Policy: 'accept' | 'drop';
  readonly DestCidrIp?: string;
  readonly SourceCidrIp?: string;
  readonly Priority: number;
}

/** ECS docs, "Basic and advanced security groups": members of an advanced one do not reach each other. */
function makeGroup({ management, ecs }: Places, { id, region, text, Properties }: Made): void {
  const rules = (['egress', 'ingress'] as const).flatMap((direction) =>
    (
      (Properties[direction === 'egress' ? 'SecurityGroupEgress' : 'SecurityGroupIngress'] ?? []) as Rule[]
    ).map(({ Policy, DestCidrIp, SourceCidrIp, Priority }) => ({
      direction,
      policy: Policy === 'drop' ? ('Drop' as const) : ('Accept' as const),
      cidr: (direction === 'egress' ? DestCidrIp : SourceCidrIp) ?? '',
      priority: String(Priority),
    })),
  );
  const isAdvanced = text('SecurityGroupType') === 'enterprise';
  const innerAccess = isAdvanced ? 'Drop' : 'Accept';
  const instancesMax = GROUP_MAX[isAdvanced ? 'enterprise' : 'normal'];
  management.groups.set(id, { region, innerAccess, rules });
  ecs.region(region).network.securityGroups.set(id, { id, vpc: text('VpcId'), instancesMax });
}

function removeGroup({ management, ecs }: Places, { id, region }: Made): void {
  management.groups.delete(id);
  ecs.region(region).network.securityGroups.delete(id);
}

const providerArn = ({ accountId }: ManagementState, name: string) =>
  `acs:ram::${accountId}:oidc-provider/${name}`;

interface Policy {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

function makeRole({ management }: Places, { text, Properties }: Made): void {
  const { Policies = [], AssumeRolePolicyDocument } = resolved(Properties, management.accountId) as {
    Policies?: readonly Policy[];
    AssumeRolePolicyDocument: unknown;
  };
  management.roles.set(text('RoleName'), {
    trust: AssumeRolePolicyDocument,
    policies: new Map(Policies.map(({ PolicyName, PolicyDocument }) => [PolicyName, PolicyDocument])),
  });
}

/** ROS docs, "Functions" and "Pseudo parameters": what RAM keeps has the account's id where the template names it. */
function resolved(value: unknown, accountId: string): unknown {
  if (Array.isArray(value)) return value.map((each) => resolved(each, accountId));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (Ref === 'ALIYUN::TenantId') return accountId;
  if (join !== undefined) return join[1].map((each) => resolved(each, accountId)).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolved(each, accountId)]));
}
