/** Security Token Service: AssumeRoleWithOIDC. RAM docs, "OIDC-based SSO" (2026-03-27); a failure on record: gardenlinux #4794. */
import { createPublicKey, verify } from 'node:crypto';
import type { OidcIssuer, OidcProvider } from './identity-provider.ts';
import { ManagementRefusal, type SimRole } from './state.ts';

interface Claims {
  readonly iss?: string;
  readonly aud?: string;
  readonly sub?: string;
  readonly exp?: number;
}

interface Trust {
  readonly Statement: readonly {
    readonly Action: string;
    readonly Condition?: { readonly StringEquals?: Readonly<Record<string, readonly string[]>> };
  }[];
}

const fail = (code: string, message: string) =>
  new ManagementRefusal(400, `AuthenticationFail.OIDCToken.${code}`, message);

/** The subject that was let in; throws what the service answers. */
export function assumeRoleWithOidc(
  {
    provider,
    role,
    issuer,
  }: { readonly provider: OidcProvider; readonly role: SimRole; readonly issuer: OidcIssuer },
  token: string,
  nowMs: number,
): string {
  if (provider.fingerprints.length > 5) throw fail('InvalidProvider', 'At most five fingerprints.');
  if (!provider.fingerprints.includes(issuer.root))
    throw fail('PublicKeyFingerprintMismatch', 'The https fingerprint of this discovery is invalid');
  const claims = claimsIn(token, issuer);
  checkClaims(claims, provider, issuer, nowMs);
  if (!isTrusted(role.trust as Trust, claims))
    throw new ManagementRefusal(403, 'NoPermission', 'You are not authorized to do this action.');
  return claims.sub ?? '';
}

/** StringEquals is exact: a wildcard means nothing in it. */
function isTrusted({ Statement }: Trust, { iss, aud, sub }: Claims): boolean {
  const said: Readonly<Record<string, string | undefined>> = {
    'oidc:iss': iss,
    'oidc:aud': aud,
    'oidc:sub': sub,
  };
  return Statement.some(({ Condition = {} }) =>
    Object.entries(Condition.StringEquals ?? {}).every(([name, values]) => values.includes(said[name] ?? '')),
  );
}

function claimsIn(token: string, { publicKeyPem }: OidcIssuer): Claims {
  const [head = '', body = '', signature = ''] = token.split('.');
  const key = createPublicKey(publicKeyPem);
  if (!verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')))
    throw fail('Invalid', 'The token does not verify.');
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
}

function checkClaims(
  { iss, aud, exp }: Claims,
  provider: OidcProvider,
  issuer: OidcIssuer,
  nowMs: number,
): void {
  if (iss !== provider.issuer || iss !== issuer.url) throw fail('IssuerMismatch', 'Another issuer.');
  if (!provider.clientIds.includes(aud ?? '')) throw fail('AudienceMismatch', 'Another audience.');
  if ((exp ?? 0) * 1000 <= nowMs) throw fail('Expired', 'The token has expired.');
}
