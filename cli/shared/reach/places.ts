/** What a machine in a placement waits for: GitHub's hosts, its bucket and its package mirrors. */
import { apiUrl } from '../../../shared/adapters/github/client.ts';
import type { UserDataValues } from '../../../shared/runner/user-data.ts';

export const GITHUBS: readonly string[] = ['web', 'api', 'broker', 'codeload', 'release'];

type Told = Pick<UserDataValues, 'runner' | 'mirrors' | 'registryMirror'>;

/** By a short name, which is all that a finding says: hosts of mirrors and buckets are the operator's own. */
export function placesOf({ runner, mirrors, registryMirror }: Told, baseUrl: string): Record<string, string> {
  const release = runner.urls.at(-1);
  const isPublic = new URL(baseUrl).hostname === 'github.com';
  const all: Record<string, string | null | undefined> = {
    web: baseUrl,
    api: `${apiUrl(baseUrl)}/meta`,
    broker: isPublic ? 'https://broker.actions.githubusercontent.com' : null,
    codeload: isPublic ? 'https://codeload.github.com/actions/checkout/tar.gz/refs/tags/v4' : null,
    release,
    bucket: runner.urls.length > 1 ? runner.urls[0] : null,
    ...Object.fromEntries(mirrors.files.map(({ tool, url }) => [tool, url])),
    apt: mirrors.apt,
    docker: registryMirror ?? mirrors.docker,
  };
  return Object.fromEntries(Object.entries(all).filter((each): each is [string, string] => each[1] != null));
}
