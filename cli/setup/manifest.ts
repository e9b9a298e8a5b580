/** What the App asks of GitHub. @see https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
import type { Answers } from './progress.ts';

/** GitHub wants an address before there is one; it answers nothing, and set-up changes it after the first deploy. */
export const NOT_DEPLOYED_YET = 'https://example.com/not-deployed-yet';

export interface Manifest {
  readonly name: string;
  readonly url: string;
  readonly hook_attributes: { readonly url: string; readonly active: boolean };
  readonly redirect_url: string;
  readonly public: boolean;
  readonly default_permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly default_events: readonly string[];
}

export function manifestFor({ name, owner, scope }: Answers, redirectUrl: string): Manifest {
  return {
    // App names are unique over all of GitHub, and have at most 34 characters.
    name: `${name}-runners-${owner}`.slice(0, 34).replace(/-+$/, ''),
    url: 'https://github.com',
    hook_attributes: { url: NOT_DEPLOYED_YET, active: true },
    redirect_url: redirectUrl,
    public: false,
    default_permissions: {
      actions: 'write',
      checks: 'write',
      metadata: 'read',
      ...(scope === 'organization'
        ? { organization_self_hosted_runners: 'write' as const }
        : { administration: 'write' as const }),
    },
    default_events: ['workflow_job'],
  };
}

/** Where the manifest is posted to. */
export function manifestTarget({ baseUrl, owner, scope }: Answers, state: string): string {
  const path = scope === 'organization' ? `/organizations/${owner}/settings/apps/new` : '/settings/apps/new';
  return `${baseUrl.replace(/\/+$/, '')}${path}?state=${encodeURIComponent(state)}`;
}
