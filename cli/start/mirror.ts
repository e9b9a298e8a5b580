/** Runs the deployed mirror once, as `npm run deploy` does: without it nobody knows which runner to install. */
import type { Loopback } from '../../simulator/loopback.ts';

export async function mirrorRunner({ fc }: Pick<Loopback, 'fc'>, deployment: string): Promise<void> {
  const outcome = await fc.invokeSync(`${deployment}-mirror`, Buffer.from('{}'));
  if (outcome.kind !== 'done') throw new Error(`the mirror failed: ${JSON.stringify(outcome)}`);
}
