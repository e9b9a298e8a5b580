/** A deploy from a workflow without access keys: what the template trusts, tried against the token service. */
import { expect, test } from 'vitest';
import { fingerprintsOf, subjectsOf } from '../../shared/github-trust.ts';
import { assumeRoleWithOidc } from '../../simulator/management/oidc.ts';
import { appJwt, PUBLIC_KEY_PEM, START_MS } from '../shared/adapters/github/jwt.ts';
import { configOf, ofType, templatesOf } from './deployment.ts';

const IDS = { ownerId: 123456, id: 456789 };
const R46 = 'ad98f9f3e47d753b65d482b3a45217bb6ef5e438';
const NEW_ROOT = '0123456789abcdef0123456789abcdef01234567';
const ISSUER = 'https://token.actions.githubusercontent.com';
const DIGICERT_2023 = '6938fd4d98bab03faadb97b34396831e3780aea1';

/** As a deploy that saw this root and these ids would make it. */
function deployed(environment: string | null, ids: typeof IDS | null, root: string | null) {
  const deployFrom = { repository: 'my-org/infra', branch: 'main', environment };
  const workflow = { fingerprints: fingerprintsOf(root), subjects: subjectsOf(deployFrom, ids) };
  const templates = templatesOf(configOf({ control: { deployFrom } }), undefined, { workflow });
  const [provider] = ofType(templates, 'ALIYUN::RAM::OIDCProvider');
  const { Fingerprints, ClientIds, IssuerUrl } = (provider?.Properties ?? {}) as Record<string, string[]>;
  const role = ofType(templates, 'ALIYUN::RAM::Role').find((each) =>
    /-deploy$/.test(String(each.Properties.RoleName)),
  );
  return {
    provider: { issuer: String(IssuerUrl), clientIds: ClientIds ?? [], fingerprints: Fingerprints ?? [] },
    role: { policies: new Map(), trust: role?.Properties.AssumeRolePolicyDocument },
  };
}

const OLD = 'repo:my-org/infra:ref:refs/heads/main';
const NEW = 'repo:my-org@123456/infra@456789:ref:refs/heads/main';
const EXP_S = START_MS / 1000 + 300;
const claimsOf = (changes: object = {}) => ({
  iss: ISSUER,
  aud: 'sts.aliyuncs.com',
  sub: OLD,
  exp: EXP_S,
  ...changes,
});

function tried(made: ReturnType<typeof deployed>, claims: object, root = R46): string {
  const issuer = { url: ISSUER, publicKeyPem: PUBLIC_KEY_PEM, root };
  try {
    return assumeRoleWithOidc({ ...made, issuer }, appJwt({ claims }), START_MS);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test.each([
  ['the older form', {}, OLD],
  ['the form with ids', { sub: NEW }, NEW],
  ['another branch', { sub: 'repo:my-org/infra:ref:refs/heads/evil' }, 'NoPermission'],
  ['another owner of that name', { sub: 'repo:my-org@1/infra@456789:ref:refs/heads/main' }, 'NoPermission'],
  ['an environment', { sub: 'repo:my-org/infra:environment:production' }, 'NoPermission'],
  ['a pull request', { sub: 'repo:my-org/infra:pull_request' }, 'NoPermission'],
  ['another audience', { aud: 'sts.amazonaws.com' }, 'AuthenticationFail.OIDCToken.AudienceMismatch'],
  ['another issuer', { iss: 'https://evil.example' }, 'AuthenticationFail.OIDCToken.IssuerMismatch'],
  ['a token of yesterday', { exp: EXP_S - 86_400 }, 'AuthenticationFail.OIDCToken.Expired'],
])('%s: %j is answered %s', (_what, changes, answer) => {
  expect(tried(deployed(null, IDS, R46), claimsOf(changes))).toBe(answer);
});

test('with an environment its jobs are let in, in both forms, and the branch alone is not', () => {
  const made = deployed('production', IDS, R46);
  for (const sub of [
    'repo:my-org/infra:environment:production',
    'repo:my-org@123456/infra@456789:environment:production',
  ])
    expect(tried(made, claimsOf({ sub }))).toBe(sub);
  expect(tried(made, claimsOf())).toBe('NoPermission');
});

test('a root that nobody knew is trusted by a deploy that saw it, and refused by one that did not', () => {
  expect(tried(deployed(null, IDS, NEW_ROOT), claimsOf(), NEW_ROOT)).toBe(OLD);
  expect(tried(deployed(null, IDS, null), claimsOf(), R46)).toBe(OLD);
  const mismatch = 'AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch';
  expect(tried(deployed(null, IDS, null), claimsOf(), NEW_ROOT)).toBe(mismatch);
  expect(tried(deployed(null, IDS, R46), claimsOf(), DIGICERT_2023)).toBe(mismatch);
});

test('a deploy that sees a known root, or none, changes nothing', () => {
  expect(fingerprintsOf(R46)).toEqual(fingerprintsOf(null));
  expect(fingerprintsOf(NEW_ROOT)).toHaveLength(5);
});
