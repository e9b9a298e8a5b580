/**
 * A session on one machine, by Cloud Assistant's Session Manager.
 * @see API reference StartTerminalSession, DescribeCloudAssistantStatus; SDK models of the same names
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { CLIENT_TOKEN_MAX_CHARS } from '../../../limits.ts';
import type { AssistantWorld } from '../assistant/command.ts';
import { failureOf, isRightMissing } from '../errors.ts';
import { ask } from '../look-ups.ts';

export type Started =
  /** Whoever has the address is in: it is a secret, good for ten minutes. */
  | { readonly kind: 'started'; readonly url: string }
  /** A clause that says what to do. */
  | { readonly kind: 'refused'; readonly because: string };

const Answer = z.object({ WebSocketUrl: z.string().min(1) });
const Status = z.object({
  InstanceCloudAssistantStatusSet: z.object({
    InstanceCloudAssistantStatus: z.array(
      z.object({
        CloudAssistantStatus: z.string().optional(),
        CloudAssistantVersion: z.string().optional(),
        SupportSessionManager: z.boolean().optional(),
      }),
    ),
  }),
});

/** The agent is asked for first: no refusal of StartTerminalSession's says that it is not there. */
export async function startSession(region: string, id: string, world: AssistantWorld): Promise<Started> {
  const because = await whyNoAgent(region, id, world);
  if (because !== null) return { kind: 'refused', because };
  try {
    const token = createHash('sha256').update(`${id}\n${world.clock.nowMs()}`).digest('hex');
    const asked = { 'InstanceId.1': id, ClientToken: token.slice(0, CLIENT_TOKEN_MAX_CHARS) };
    const { WebSocketUrl } = Answer.parse(await ask(region, 'StartTerminalSession', asked, world));
    if (!isWayThere(WebSocketUrl))
      return { kind: 'refused', because: 'ECS answered with an address that is no encrypted websocket’s' };
    return { kind: 'started', url: WebSocketUrl.replace('sessionid=', 'sessionId=') };
  } catch (error) {
    return { kind: 'refused', because: whyRefused(failureOf(error).code) };
  }
}

/** What is typed goes there, passwords included. Plain is good enough within this machine, where the simulator is. */
function isWayThere(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'wss:' || (protocol === 'ws:' && hostname === '127.0.0.1');
}

/** Null: it is there, or whether it is could not be learned. */
async function whyNoAgent(region: string, id: string, world: AssistantWorld): Promise<string | null> {
  try {
    const answer = await ask(region, 'DescribeCloudAssistantStatus', { 'InstanceId.1': id }, world);
    const read = Status.safeParse(answer).data;
    const [agent] = read?.InstanceCloudAssistantStatusSet.InstanceCloudAssistantStatus ?? [];
    if (agent === undefined) return null;
    if (agent.CloudAssistantStatus === 'false')
      return 'Cloud Assistant’s agent does not answer on it: a machine that boots has one within a minute, so say it again then; else its image must have the agent, as Alibaba Cloud’s own have, and the machine must reach it';
    if (agent.SupportSessionManager === false)
      return `Cloud Assistant’s agent on it (${versionOf(agent)}) is too old for sessions: its image needs one newer than 2.2.3.256`;
    return null;
  } catch (error) {
    // A look that is denied proves nothing.
    failureOf(error);
    return null;
  }
}

const versionOf = ({ CloudAssistantVersion: text = '' }): string =>
  /^[\d.]{1,30}$/.test(text) ? text : 'of no known version';

/** @see API reference StartTerminalSession, "Error codes" */
function whyRefused(code: string): string {
  if (isRightMissing(code))
    return `you lack ecs:StartTerminalSession on it (${code}): docs/security.md has the policy`;
  return WHY[code] ?? `ECS answered ${code}`;
}

const WHY: Readonly<Record<string, string>> = {
  'UserBehavior.SessionManagerDisabled':
    'Session Manager is switched off for your account (UserBehavior.SessionManagerDisabled): switch it on in the ECS console, at an instance’s Connect, Session Manager',
  'SessionCount.ExceedLimit':
    'there are too many sessions already (SessionCount.ExceedLimit; 20 on a machine, 100 in a region): leave one, and say it again in ten minutes',
  'InvalidInstance.NotFound': 'the machine is gone (InvalidInstance.NotFound)',
  'InvalidInstanceId.NotFound': 'the machine is gone (InvalidInstanceId.NotFound)',
  'InvalidOperation.SecurityGroupRuleDenied':
    'its security group denies Session Manager (InvalidOperation.SecurityGroupRuleDenied): it needs no inbound rule, so look for one that denies, and for a rule that lets the agent out',
  'RegionId.ApiNotSupported': 'there is no Session Manager in its region (RegionId.ApiNotSupported)',
};
