/** What a bundle with a mutation does: seeds until one breaks; `mutant.mjs FROM TO`. */
import { drawPlan } from '../plan/draw.ts';
import { simulate } from '../simulate.ts';

const [from = 1, to = 500] = process.argv.slice(2).map(Number);

/** A mutant may also crash, or never come to an end: both are noticed. */
async function brokenAt(seed: number): Promise<string | null> {
  try {
    return (await simulate(drawPlan(seed))).violation?.check ?? null;
  } catch (error) {
    return `it crashed: ${error instanceof Error ? error.message.slice(0, 100) : 'unknown'}`;
  }
}

let seed = from;
let check: string | null = null;
for (; seed <= to && check === null; seed++) check = await brokenAt(seed);
process.stdout.write(`${JSON.stringify({ seeds: seed - from, check })}\n`);
