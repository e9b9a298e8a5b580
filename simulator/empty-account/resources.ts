/** What a stack's template names comes into being in the other simulators, and goes with it. */
import { isDeepStrictEqual } from 'node:util';
import type { Ecs } from '../ecs/index.ts';
import type { AppliedTemplate, ManagementState, SimStack } from '../management/index.ts';
import type { TableStore } from '../tablestore/index.ts';
import { FUNCTION_RESOURCES, urlOf } from './functions.ts';
import { makeLedger, makeTable, removeLedger } from './ledger.ts';
import { makeGroup, makeVSwitch, removeGroup, removeVSwitch } from './network.ts';
import { type Known, refuse, resolved } from './references.ts';

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
  readonly Mappings?: Known['mappings'];
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

interface Made extends Resource {
  readonly region: string;
  /** Its id, as an output tells it. */
  readonly id: string;
  /** Null: no output tells of it. */
  readonly output: string | null;
  text(property: string): string;
}

/** Absent parts: nothing of it is to be seen anywhere in the simulators. */
interface Kind {
  make(places: Places, made: Made): void | Promise<void>;
  remove(places: Places, made: Made): void | Promise<void>;
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
  ...FUNCTION_RESOURCES,
};

/**
 * Brings the account from one template to the next; gives what outputs tell of it that is known only now. Throws the
 * refusal of the first resource that cannot follow.
 */
export async function applyStack(
  places: Places,
  stack: SimStack,
  before: AppliedTemplate | null,
  after: AppliedTemplate | null,
): Promise<Record<string, string>> {
  const { accountId } = places.management;
  const [old, next] = [madeIn(before, stack, accountId), madeIn(after, stack, accountId)];
  // ROS docs do not say that a resource may change its type in place: it is replaced, with what it held.
  const isKept = (name: string, { Type }: Made) => next.get(name)?.Type === Type;
  // Last made, first removed: a function has no triggers any more when its turn comes.
  for (const [name, made] of [...old].reverse())
    if (!isKept(name, made)) await kindOf(made).remove(places, made);
  const done: Made[] = [];
  for (const [name, made] of next) {
    if (old.get(name)?.Type === made.Type && !isChanged(old.get(name), made)) continue;
    await kindOf(made)
      .make(places, made)
      ?.catch((error: unknown) => undone(places, before === null ? done : [], error));
    done.unshift(made);
  }
  return Object.fromEntries(
    [...next.values()].flatMap((made) => {
      const url = made.Type === 'ALIYUN::FC3::Trigger' ? urlOf(places.management, made) : null;
      return url === null || made.output === null ? [] : [[made.output, url]];
    }),
  );
}

/** ROS docs, "Rollback": of a stack that could not be made, nothing stays. What an update changed is not taken back here. */
async function undone(places: Places, done: readonly Made[], error: unknown): Promise<never> {
  for (const made of done) await kindOf(made).remove(places, made);
  throw error;
}

const isChanged = (before: Made | undefined, { Properties, id }: Made): boolean =>
  id !== '' || !isDeepStrictEqual(before?.Properties, Properties);

function kindOf({ Type }: Resource): Kind {
  return KINDS[Type] ?? refuse(`${Type} is not played here`);
}

function madeIn(applied: AppliedTemplate | null, stack: SimStack, accountId: string): Map<string, Made> {
  const { region, outputs } = stack;
  const { text: body, parameters } = applied ?? { text: '{"Resources":{}}', parameters: {} };
  const { Resources, Outputs = {}, Mappings: mappings = {} } = JSON.parse(body) as Template;
  const told = new Map(Object.entries(Outputs).map(([key, { Value }]) => [pointedAt(Value), key]));
  const idOf = (name: string): string => outputs[told.get(name) ?? ''] ?? '';
  const known: Known = {
    ...{ accountId, region, parameters, mappings },
    attribute(name, attribute) {
      const { Properties } = Resources[name] ?? refuse(`there is no resource ${name}`);
      // What a resource was given, it tells; of what it is given by the service, its id alone.
      return attribute in Properties ? String(resolved(Properties[attribute], known)) : idOf(name);
    },
  };
  return new Map(
    Object.entries(Resources).map(([name, { Type, Properties: written }]) => {
      const Properties = resolved(written, known) as Made['Properties'];
      const text = (property: string) => String(Properties[property]);
      return [name, { Type, Properties, region, id: idOf(name), output: told.get(name) ?? null, text }];
    }),
  );
}

/** `{"Fn::GetAtt": [resource, attribute]}` points at a resource. */
function pointedAt(value: unknown): string | null {
  const found = (value as Readonly<Record<string, readonly string[]>> | undefined)?.['Fn::GetAtt'];
  return found?.[0] ?? null;
}

const providerArn = ({ accountId }: ManagementState, name: string) =>
  `acs:ram::${accountId}:oidc-provider/${name}`;

interface Policy {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

function makeRole({ management }: Places, { text, Properties }: Made): void {
  const { Policies = [], AssumeRolePolicyDocument } = Properties as {
    Policies?: readonly Policy[];
    AssumeRolePolicyDocument: unknown;
  };
  management.roles.set(text('RoleName'), {
    trust: AssumeRolePolicyDocument,
    policies: new Map(Policies.map(({ PolicyName, PolicyDocument }) => [PolicyName, PolicyDocument])),
  });
}
