/**
 * What the token of a call may do: no more than this kind of call needs. Pure. GitHub docs, "Create an installation
 * access token for an app": `permissions`, `repositories`. A token lives for an hour and is kept by its scope, so few
 * scopes are few calls: whatever only reads is not narrowed to one repository, whatever changes something is.
 */

export interface TokenScope {
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  /** Without their owner; absent: all of the installation. */
  readonly repositoryNames?: readonly [string];
}

interface Rule {
  readonly route: RegExp;
  readonly permissions: TokenScope['permissions'];
  readonly isOfRepository?: true;
}

/** The first that fits. GitHub docs, "Permissions required for GitHub Apps". */
const RULES: readonly Rule[] = [
  // A mint asks for its group first, and both take one token.
  {
    route: /^GET \/orgs\/\{org\}\/actions\/runners/,
    permissions: { organization_self_hosted_runners: 'read' },
  },
  {
    route: /^\w+ \/orgs\/\{org\}\/actions\/runner/,
    permissions: { organization_self_hosted_runners: 'write' },
  },
  { route: /^GET \/repos\/\{owner\}\/\{repo\}\/actions\/runners/, permissions: { administration: 'read' } },
  {
    route: /^\w+ \/repos\/\{owner\}\/\{repo\}\/actions\/runners/,
    permissions: { administration: 'write' },
    isOfRepository: true,
  },
  // Telling looks first whether it was told before, and both take one token.
  {
    route: /^\w+ \/repos\/\{owner\}\/\{repo\}\/(check-runs|commits)/,
    permissions: { checks: 'write' },
    isOfRepository: true,
  },
  { route: /^GET \/(repos|installation)\//, permissions: { actions: 'read', metadata: 'read' } },
  {
    route: /^\w+ \/repos\/\{owner\}\/\{repo\}\/actions\//,
    permissions: { actions: 'write' },
    isOfRepository: true,
  },
];

/** Throws for a route that has no line here: a token for everything would be the other way out. */
export function tokenScope(route: string, { repo }: Readonly<Record<string, unknown>>): TokenScope {
  const rule = RULES.find((each) => each.route.test(route));
  if (rule === undefined) throw new Error(`shared/adapters/github/token-scope.ts has no line for ${route}`);
  const { permissions, isOfRepository } = rule;
  return isOfRepository ? { permissions, repositoryNames: [String(repo)] } : { permissions };
}
