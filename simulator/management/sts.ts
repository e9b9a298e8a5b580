/** Security Token Service (2015-04-01): sessions of roles. STS docs, "AssumeRole", "AssumeRoleWithOIDC"; SDK models of both. */
import { assumeRoleWithOidc } from './oidc.ts';
import type { RpcAct } from './stacks.ts';
import { ManagementRefusal, type ManagementState, needed, type Query, type SimRole } from './state.ts';

interface Trust {
  readonly Statement: readonly {
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Principal?: Readonly<Record<string, string | readonly string[]>>;
  }[];
}

export const STS_ACTS: Readonly<Record<string, RpcAct>> = {
  'sts:AssumeRole': (state, query) => {
    const [name, role] = roleIn(state, query);
    // Of a session RAM compares the role that was taken.
    const who = state.identity.replace(
      /^assumed-role\/([^/]+)\/.*$/,
      (_, taken: string) => `role/${taken.toLowerCase()}`,
    );
    const isIn = (taker: string) => isTrusted(role, 'RAM', `acs:ram::${state.accountId}:${taker}`);
    // The account itself takes no role (STS docs, "AssumeRole").
    if (who === 'root' || !(isIn('root') || isIn(who))) throw noPermission();
    return sessionOf(state, query, name);
  },
  'sts:AssumeRoleWithOIDC': (state, query) => {
    const arn = needed(query, 'OIDCProviderArn');
    const provider = state.oidcProviders.get(arn);
    if (provider === undefined)
      throw new ManagementRefusal(404, 'EntityNotExist.OIDCProvider', `There is no ${arn}.`);
    const [name, role] = roleIn(state, query);
    const issuer = state.issuers.find(({ url }) => url === provider.issuer);
    if (issuer === undefined)
      throw new ManagementRefusal(400, 'AuthenticationFail.OIDCToken.IssuerUnreachable', 'Nobody is there.');
    const Subject = assumeRoleWithOidc({ provider, role, issuer }, needed(query, 'OIDCToken'), Date.now());
    if (!isTrusted(role, 'Federated', arn)) throw noPermission();
    const OIDCTokenInfo = { Subject, Issuer: issuer.url, ClientIds: provider.clientIds.join(',') };
    return { ...sessionOf(state, query, name), OIDCTokenInfo };
  },
};

const noPermission = () =>
  new ManagementRefusal(
    403,
    'NoPermission',
    'You are not authorized to do this action. You should be authorized by RAM.',
  );

/** RAM writes names of roles in small letters into ARNs. */
function roleIn({ roles }: ManagementState, query: Query): [name: string, role: SimRole] {
  const asked = needed(query, 'RoleArn').split('/').at(-1)?.toLowerCase();
  const found = [...roles].find(([name]) => name.toLowerCase() === asked);
  if (found === undefined) throw new ManagementRefusal(404, 'EntityNotExist.Role', 'The role not exists.');
  return found;
}

const listOf = (words: string | readonly string[] | undefined) => [words ?? []].flat();

function isTrusted({ trust }: SimRole, kind: 'RAM' | 'Federated', who: string): boolean {
  const about = (trust as Trust).Statement.filter(
    ({ Action, Principal }) =>
      listOf(Action).includes('sts:AssumeRole') && listOf(Principal?.[kind]).includes(who),
  );
  return about.some(({ Effect }) => Effect === 'Allow') && !about.some(({ Effect }) => Effect === 'Deny');
}

/** The longest that a role allows unless it says otherwise (RAM docs, "MaxSessionDuration"). */
const DURATION_MAX_S = 3_600;
const DURATION_MIN_S = 900;
const POLICY_MAX_CHARS = 2_048;

function sessionOf(state: ManagementState, query: Query, role: string): object {
  const session = needed(query, 'RoleSessionName');
  if (!/^[\w.@-]{2,64}$/.test(session)) throw invalid('RoleSessionName');
  const seconds = Number(query.DurationSeconds ?? DURATION_MAX_S);
  if (!(seconds >= DURATION_MIN_S && seconds <= DURATION_MAX_S)) throw invalid('DurationSeconds');
  const policy = policyOf(query.Policy);
  const number = ++state.lastId;
  const key = {
    AccessKeyId: `STS.simulated-${number}`,
    AccessKeySecret: `canary-session-secret-${number}`,
    SecurityToken: `canary-session-token-${number}`,
  };
  const untilMs = Date.now() + seconds * 1000;
  state.onAssume?.(role, key, untilMs, policy);
  const AssumedRoleUser = {
    Arn: `acs:ram::${state.accountId}:role/${role}/${session}`,
    AssumedRoleId: `3${state.accountId}:${session}`,
  };
  const Expiration = `${new Date(untilMs).toISOString().slice(0, 19)}Z`;
  return { AssumedRoleUser, Credentials: { ...key, Expiration } };
}

/** Null: the session may what the role may. */
function policyOf(text: string | undefined): unknown {
  if (text === undefined || text === '') return null;
  if (text.length > POLICY_MAX_CHARS) throw invalid('PolicySize');
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('PolicyGrammar');
  }
}

const invalid = (what: string) =>
  new ManagementRefusal(400, `InvalidParameter.${what}`, `The parameter ${what} is not valid.`);
