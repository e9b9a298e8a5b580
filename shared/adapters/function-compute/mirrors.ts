/** The mirrors, each a function in its own region: a look waits for its answer, a copy is only handed over. */
import type { Config } from '../../config/config.ts';
import type { Environment } from '../../config/environment.ts';
import { wantedTools } from '../../config/tools.ts';
import { ENQUEUE_CALL_MAX_MS } from '../../limits.ts';
import {
  type CopyOrder,
  CopyState,
  type Mirrors,
  mirrorFunction,
  mirrorPlaces,
} from '../../runner/copies.ts';
import { MIRROR_LOOK_MAX_MS } from '../../runner/limits.ts';
import { withoutSecrets } from '../../story/outside-text.ts';
import type { FcAnswer } from './invocation.ts';
import type { FcInvoker } from './invoker.ts';

type Place = Pick<Environment<'reaper'>, 'FC_ACCOUNT_ID' | 'FC_REGION' | 'MIRROR_FUNCTION'>;

export function fcMirrors(
  config: Pick<Config, 'name' | 'control' | 'placements' | 'mirror'>,
  { FC_ACCOUNT_ID, FC_REGION, MIRROR_FUNCTION }: Place,
  invoke: FcInvoker,
): Mirrors {
  const { source, regional } = mirrorPlaces(config, FC_ACCOUNT_ID);
  const kept = { actions: config.mirror.actions, tools: wantedTools(config.mirror.tools) };
  const order = (region: string, asked: CopyOrder) => ({
    region,
    functionName: mirrorFunction(MIRROR_FUNCTION, region, FC_REGION),
    body: Buffer.from(JSON.stringify(asked)),
  });
  return {
    regions: source === null ? [] : [source, ...regional].map(({ region }) => region),
    async look(region, release) {
      const asked = order(region, { kind: 'look', release, remove: [], ...kept });
      const answer = await invoke({ ...asked, timeoutMs: MIRROR_LOOK_MAX_MS, type: 'Sync' });
      const parsed = CopyState.safeParse(answer.body);
      if (!parsed.success) throw refusal(asked.functionName, region, answer);
      return parsed.data;
    },
    async copy(region, release, remove) {
      const asked = order(region, { kind: 'copy', release, remove: [...remove], ...kept });
      const answer = await invoke({ ...asked, timeoutMs: ENQUEUE_CALL_MAX_MS, type: 'Async' });
      if (answer.status !== 202) throw refusal(asked.functionName, region, answer);
    },
  };
}

/** A function that failed answers 200 with its error (Function Compute docs, "Error handling"). */
function refusal(functionName: string, region: string, { status, code, body }: FcAnswer): Error {
  const { errorMessage } = (body ?? {}) as { readonly errorMessage?: unknown };
  const said = errorMessage === undefined ? `${status} ${code}`.trim() : String(errorMessage);
  return new Error(`${functionName} in ${region}: ${withoutSecrets(said).slice(0, 300)}`);
}
