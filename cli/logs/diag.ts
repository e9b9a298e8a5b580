/** The runner's own log on machines that live, by Cloud Assistant. */
import { runOnMachine } from '../../shared/adapters/ecs/assistant/command.ts';
import { cleanLines } from '../../shared/story/outside-text.ts';
import type { Findings } from '../explain/findings.ts';
import { ecsOf, type Operator } from '../shared/operator.ts';
import { DIAG_SCRIPT } from './diag-script.ts';

export interface Console {
  readonly runner: string;
  /** Without secrets and control characters; the boot's own log is in it. */
  readonly lines: readonly string[];
}

type DiagWorld = Pick<Operator, 'callEcs' | 'pause' | 'clock' | 'config'>;

/** Without secrets and control characters. What cannot be had is a sentence in `missing`. */
export async function diagsOf(
  { runners }: Pick<Findings, 'runners'>,
  world: DiagWorld,
  missing: string[],
): Promise<Console[]> {
  const diags: Console[] = [];
  for (const { name, instanceId, region } of runners) {
    if (instanceId === null || region === null) continue;
    const ran = await runOnMachine(region, instanceId, DIAG_SCRIPT, ecsOf(world));
    if (ran.kind === 'ran' && ran.exitCode === 0)
      diags.push({ runner: name, lines: cleanLines(ran.output.trimEnd()) });
    else missing.push(`The runner’s own log on ${name} could not be read: ${whyOf(ran)}.`);
  }
  if (runners.every(({ instanceId }) => instanceId === null))
    missing.push('The runner’s own log is gone with its machine: npm run keep keeps one.');
  return diags;
}

function whyOf(ran: Awaited<ReturnType<typeof runOnMachine>>): string {
  if (ran.kind === 'not-run') return ran.because;
  return ran.exitCode === 3 ? 'there is none yet' : `its script ended with ${ran.exitCode}`;
}
