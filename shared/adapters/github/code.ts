/** Whose code a run is of, asked once for all its jobs, however many launchers begin at once. */
import type { CallUse } from '../../budget.ts';
import type { CodeMemory } from '../../code-note.ts';
import { CODE_WAIT_MAX_MS, CODE_WAIT_STEP_MS } from '../../github-limits.ts';
import { codeIn } from '../../job/forks.ts';
import type { Code, RunId, Target } from '../../nouns.ts';
import type { Clock, GitHub } from '../../ports.ts';

interface CodeConfig {
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
  readonly memory: { readonly code: CodeMemory };
  /** What a call of GitHub needs first, such as the App's key: fetched while the claim is on its way. */
  readonly prepare?: () => Promise<unknown>;
}

export function codeOver(
  run: (target: Target, repository: string, id: RunId, use: CallUse) => ReturnType<GitHub['run']>,
  { clock, pause, memory, prepare }: CodeConfig,
): Pick<GitHub, 'codeOf'> {
  return {
    async codeOf(target, repository, id, use = 'proof') {
      // Whoever calls is told what fails.
      prepare?.().catch(() => undefined);
      const ask = async () => codeIn(await run(target, repository, id, use));
      for (const untilMs = clock.nowMs() + CODE_WAIT_MAX_MS; clock.nowMs() < untilMs; ) {
        const claim = await memory.code.claim(id);
        if (claim.kind === 'known') return claim.code;
        if (claim.kind === 'mine') return askAndTell(ask, claim.tell);
        await pause(CODE_WAIT_STEP_MS);
      }
      return ask();
    },
  };
}

/** Nobody waits for the note to be written, and a write that fails is no loss: whoever waits for it asks by himself then. */
async function askAndTell(
  ask: () => Promise<Code | null>,
  tell: (code: Code | null) => Promise<void>,
): Promise<Code | null> {
  let code: Code | null = null;
  try {
    code = await ask();
    return code;
  } finally {
    tell(code).catch(() => undefined);
  }
}
