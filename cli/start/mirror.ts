/** Has the deployed functions copy the runner, as `npm run mirror` does: without it nobody knows which runner to install. */
import { setTimeout } from 'node:timers/promises';
import { ASK_FOR_COPIES, ASK_HOW_COPIES_GET_ON } from '../../shared/runner/copies.ts';
import type { Loopback } from '../../simulator/loopback.ts';

const LOOKS_MAX = 300;

export async function mirrorRunner({ fc }: Pick<Loopback, 'fc'>, deployment: string): Promise<void> {
  const ask = async (what: string): Promise<string> => {
    const outcome = await fc.invokeSync(`${deployment}-reaper`, Buffer.from(what));
    if (outcome.kind !== 'done') throw new Error(`the reaper failed: ${JSON.stringify(outcome)}`);
    return (outcome.value as { readonly word: string }).word;
  };
  let word = await ask(ASK_FOR_COPIES);
  for (let looks = 0; word !== 'fresh'; looks++) {
    if (looks >= LOOKS_MAX) throw new Error(`the runner is not copied: ${word}`);
    await setTimeout(50);
    word = await ask(ASK_HOW_COPIES_GET_ON);
  }
}
