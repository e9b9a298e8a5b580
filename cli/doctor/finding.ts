/** What a check says, and how checks are run: one after the other, each only when what it needs was found well. */
import { AlibabaRefusal } from '../../shared/adapters/alibaba/call.ts';
import { isDenied } from '../shared/alibaba.ts';
import { nextStep, RIGHTS } from '../shared/screen/next-step.ts';
import type { DoctorWorld } from './world.ts';

export type Level = 'ok' | 'warning' | 'wrong' | 'unknown';

export interface Finding {
  readonly check: string;
  readonly level: Level;
  /** One line: what is so. */
  readonly text: string;
  /** What to do; null when there is nothing to do. */
  readonly advice: string | null;
}

export type CheckOutcome = Omit<Finding, 'check'>;
export const ok = (text: string): CheckOutcome => ({ level: 'ok', text, advice: null });
export const warning = (text: string, advice: string): CheckOutcome => ({ level: 'warning', text, advice });
export const wrong = (text: string, advice: string): CheckOutcome => ({ level: 'wrong', text, advice });
/** What could not be looked at is not well: it is not known. */
export const unseen = (text: string, advice: string | null = null): CheckOutcome => ({
  ...{ level: 'unknown', text, advice },
});

export interface Check {
  readonly name: string;
  /** Checks that must not be wrong: their fault would only be told twice. */
  readonly needs: readonly string[];
  /** Read-only. What it throws is a finding. */
  look(world: DoctorWorld): Promise<readonly CheckOutcome[]>;
}

export async function examine(checks: readonly Check[], world: DoctorWorld): Promise<Finding[]> {
  const findings: Finding[] = [];
  const failed = new Set<string>();
  for (const check of checks) {
    const missing = check.needs.find((name) => failed.has(name));
    const said = missing === undefined ? await look(check, world) : [unseen(`skipped: needs ${missing}`)];
    findings.push(...said.map((one) => ({ check: check.name, ...one })));
    if (said.some(({ level }) => level === 'wrong' || level === 'unknown')) failed.add(check.name);
  }
  return findings;
}

async function look(check: Check, world: DoctorWorld): Promise<readonly CheckOutcome[]> {
  try {
    return await check.look(world);
  } catch (error) {
    return [failureOf(error)];
  }
}

/** Of the look itself, or of the secret that it needs. */
function isDeniedLook(error: unknown): error is Error {
  const refusals = error instanceof Error ? [error, error.cause] : [];
  return refusals.some((each) => each instanceof AlibabaRefusal && isDenied(each.code));
}

function failureOf(error: unknown): CheckOutcome {
  if (isDeniedLook(error)) return unseen(`could not be looked at: ${error.message}`, deniedStep(error));
  const [text, advice] =
    error instanceof Error ? [error.message, nextStep(error, AGAIN)] : ['an unknown failure', null];
  return wrong(text, advice ?? AGAIN);
}

/** The identity is doctor's own, and not always the matter. */
function deniedStep(error: Error): string {
  const step = nextStep(error, AGAIN);
  return step === null || step === RIGHTS
    ? 'allow this action to the identity that runs doctor, or run it with another'
    : step;
}

export const AGAIN = 'run npm run doctor again in a minute; if it says the same, report this line';

/** 0: nothing is wrong. 1: something is. */
export const exitCodeOf = (findings: readonly Finding[]): number =>
  findings.some(({ level }) => level === 'wrong') ? 1 : 0;
