/** Which GitHub workflow may deploy without access keys: by whose word (the identity provider's root), and by which subject. */

/** What RAM is told of one workflow. */
export interface WorkflowTrust {
  /** SHA-1 of root certificates, lower-case hexadecimal; RAM takes five at most. */
  readonly fingerprints: readonly string[];
  /** What the token's subject may be, exactly. */
  readonly subjects: readonly string[];
}

export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';
export const AUDIENCE = 'sts.aliyuncs.com';

/** What a token must say, exactly, of whoever takes the role (RAM docs, "OIDC-based SSO": condition keys). */
export const tokenConditions = (subjects: readonly string[]) => ({
  'oidc:iss': [GITHUB_ISSUER],
  'oidc:aud': [AUDIENCE],
  'oidc:sub': [...subjects],
});

const FINGERPRINTS_MAX = 5;

/**
 * Roots seen under token.actions.githubusercontent.com since GitHub left DigiCert: RAM compares the root's (RAM docs, OIDC
 * providers, 2026-03-27). For where the chain cannot be read: ISRG X1 and X2, Sectigo R46, itself and as signed by USERTrust, USERTrust RSA.
 */
const KNOWN_ROOTS: readonly string[] = [
  'cabd2a79a1076a31f21d253635cb039d4329a5e8',
  'bdb1b93cd5978d45c6261455f8db95c75ad153af',
  'ad98f9f3e47d753b65d482b3a45217bb6ef5e438',
  '2b18947a6a9fc7764fd8b5fb18a863b0c6dac24f',
  '2b8f1b57330dbba2d07a6c51f70ee90ddab9ad8e',
];

interface DeployFrom {
  readonly repository: string;
  readonly branch: string;
  readonly environment: string | null;
}

/** What GitHub says of the repository; null: it could not be asked, and its ids are not known. */
export interface RepositoryIds {
  readonly ownerId: number;
  readonly id: number;
  /** As GitHub writes it, and so do its tokens: names that differ in capitals alone lead to it, too. */
  readonly fullName?: string;
}

/**
 * GitHub changelog, 2026-04-23: repositories that are made, renamed or moved since 2026-07-15, and those that opted in, have
 * their ids in the subject; others do not. Exactly these two: never a wildcard, which any repository could meet.
 */
export function subjectsOf(
  { repository, branch, environment }: DeployFrom,
  ids: RepositoryIds | null,
): string[] {
  const what = environment === null ? `ref:refs/heads/${branch}` : `environment:${environment}`;
  const { fullName = repository } = ids ?? {};
  const [owner = '', name = ''] = fullName.split('/');
  const withIds = ids === null ? [] : [`repo:${owner}@${ids.ownerId}/${name}@${ids.id}:${what}`];
  return [`repo:${fullName}:${what}`, ...withIds];
}

/** For a comparison where GitHub's own spelling of the repository is not known; branches that differ in capitals are two. */
export const spelledAlike = (text: string): string =>
  text.replaceAll(/repo:[^:\s]+/g, (name) => name.toLowerCase());

/** Those known, and in front of them the one that is served now if it is new; the same list whenever it is not. */
export function fingerprintsOf(root: string | null): string[] {
  const isNew = root !== null && !KNOWN_ROOTS.includes(root);
  return (isNew ? [root, ...KNOWN_ROOTS] : [...KNOWN_ROOTS]).slice(0, FINGERPRINTS_MAX);
}
