/** Answers that GitHub may say are unchanged. GitHub docs: such an answer (304) does not count in the hour's limit. */
import { UNCHANGED_MAX_BYTES } from '../../../github-limits.ts';
import type { GitHubAnswer, GitHubRequest } from '../request.ts';

interface Kept {
  readonly answer: GitHubAnswer;
  readonly bytes: number;
}

/** Only as an installation: what the App asks as itself is seldom asked twice. */
export function conditional<Asked extends GitHubRequest>(request: Asked): GitHubRequest {
  const memory = memoryOf(UNCHANGED_MAX_BYTES);
  return async (route, params, auth, use) => {
    if (!isKept(route) || typeof auth === 'string') return request(route, params, auth, use);
    const key = JSON.stringify([route, params, auth]);
    const known = memory.get(key);
    if (known === undefined) return memory.keep(key, await request(route, params, auth, use));
    const headers = { 'if-none-match': known.headers.etag };
    const answer = await request(route, { ...params, headers }, auth, use);
    return answer.status === 304 ? known : memory.keep(key, answer);
  };
}

/** That a commit lacks a check is proved by two looks: a list that was kept, and called unchanged, would be one of them twice. */
const isKept = (route: string): boolean => route.startsWith('GET ') && !route.endsWith('/check-runs');

/** What was used longest ago goes first. Bytes are those of the JSON; objects take about twice as much. */
export function memoryOf(maxBytes: number) {
  const kept = new Map<string, Kept>();
  let bytes = 0;
  const drop = (key: string): void => {
    bytes -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  return {
    bytes: () => bytes,
    get(key: string): GitHubAnswer | undefined {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found.answer;
    },
    /** Only whole answers that GitHub gave a tag. */
    keep(key: string, answer: GitHubAnswer): GitHubAnswer {
      drop(key);
      const { status, headers, data } = answer;
      if (status !== 200 || headers.etag === undefined || typeof data !== 'object') return answer;
      const size = key.length + sizeOf(data);
      if (size > maxBytes) return answer;
      kept.set(key, { answer, bytes: size });
      bytes += size;
      while (bytes > maxBytes) drop(kept.keys().next().value as string);
      return answer;
    },
  };
}

function sizeOf(data: unknown): number {
  return JSON.stringify(data, (_key, value) => (typeof value === 'bigint' ? String(value) : value)).length;
}
