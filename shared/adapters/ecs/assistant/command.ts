/**
 * One shell script on one machine, as root, by Cloud Assistant: RunCommand, and its result when it is there.
 * @see API reference RunCommand, DescribeInvocationResults; SDK models of the same names
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { CLIENT_TOKEN_MAX_CHARS } from '../../../limits.ts';
import type { Clock } from '../../../ports.ts';
import { failureOf, isRightMissing } from '../errors.ts';
import { ask, type LookUpWorld } from '../look-ups.ts';

export type AssistantWorld = LookUpWorld & { readonly clock: Clock };

export type Ran =
  | { readonly kind: 'ran'; readonly exitCode: number; readonly output: string }
  /** Whether it ran is not known, or it did not; a clause that says what to do. */
  | { readonly kind: 'not-run'; readonly because: string };

/** It may run for so long; the agent hears of it within seconds. */
const SCRIPT_MAX_S = 60;
const RESULT_MAX_MS = 90_000;
const RESULT_LOOK_MS = 2_000;

const Started = z.object({ InvokeId: z.string().min(1) });
const Results = z.object({
  Invocation: z.object({
    InvocationResults: z.object({
      InvocationResult: z.array(
        z.object({
          InvocationStatus: z.string(),
          ExitCode: z.number().optional(),
          Output: z.string().optional(),
          ErrorCode: z.string().optional(),
          ErrorInfo: z.string().optional(),
        }),
      ),
    }),
  }),
});

/** Of those of DescribeInvocationResults: it may yet run, or runs. */
const UNDER_WAY = new Set(['Pending', 'Scheduled', 'Running', 'Stopping']);

/** Each script must bear to be run twice: an answer that is lost says nothing. */
export async function runOnMachine(
  region: string,
  id: string,
  script: string,
  world: AssistantWorld,
): Promise<Ran> {
  const { clock, pause } = world;
  const untilMs = clock.nowMs() + RESULT_MAX_MS;
  try {
    const { InvokeId } = Started.parse(
      await ask(region, 'RunCommand', wordsOf(id, script, clock.nowMs()), world),
    );
    for (;;) {
      const ran = await resultOf(region, id, InvokeId, world);
      if (ran !== null) return ran;
      if (clock.nowMs() > untilMs) return notRun('the machine has not answered in time; say it again');
      await pause(RESULT_LOOK_MS);
    }
  } catch (error) {
    return notRun(whyNot(failureOf(error).code));
  }
}

const notRun = (because: string): Ran => ({ kind: 'not-run', because });

function wordsOf(id: string, script: string, nowMs: number): Record<string, string> {
  const token = createHash('sha256').update(`${id}\n${nowMs}\n${script}`).digest('hex');
  return {
    Type: 'RunShellScript',
    CommandContent: Buffer.from(script).toString('base64'),
    ContentEncoding: 'Base64',
    'InstanceId.1': id,
    Timeout: String(SCRIPT_MAX_S),
    ClientToken: token.slice(0, CLIENT_TOKEN_MAX_CHARS),
  };
}

/** Null: it is not there yet. */
async function resultOf(
  region: string,
  id: string,
  invoke: string,
  world: AssistantWorld,
): Promise<Ran | null> {
  const asked = { InvokeId: invoke, InstanceId: id, ContentEncoding: 'Base64' };
  const { Invocation } = Results.parse(await ask(region, 'DescribeInvocationResults', asked, world));
  const [result] = Invocation.InvocationResults.InvocationResult;
  if (result === undefined || UNDER_WAY.has(result.InvocationStatus)) return null;
  const { ErrorCode: code = '', ExitCode: exitCode } = result;
  if (code !== '' || exitCode === undefined)
    return notRun(whyNot(code === '' ? result.InvocationStatus : code));
  return { kind: 'ran', exitCode, output: Buffer.from(result.Output ?? '', 'base64').toString('utf8') };
}

/** @see API reference DescribeInvocationResults, ErrorCode; a right that is missing is RAM's. */
export function whyNot(code: string): string {
  if (isRightMissing(code))
    return `you lack ecs:RunCommand or ecs:DescribeInvocationResults on it (${code}): docs/security.md has the policy`;
  if (
    /^(InstanceNotExists|InstanceReleased|InvalidInstance\.?Id\.NotFound|InvalidInstance\.NotFound)/i.test(
      code,
    )
  )
    return `the machine is gone (${code})`;
  if (/NotRunning/i.test(code) && !/^Client/i.test(code)) return `the machine does not run (${code})`;
  if (/^Client/i.test(code))
    return `Cloud Assistant’s agent does not answer on it (${code}): its image must have the agent, as Alibaba Cloud’s own have, and the machine must reach it`;
  return `Cloud Assistant answered ${code}`;
}
