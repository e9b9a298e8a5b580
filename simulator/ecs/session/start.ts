/**
 * Sessions of Session Manager, as ECS makes them, and what it says of the agent.
 * @see SDK models StartTerminalSessionRequest, DescribeCloudAssistantStatusResponseBody; API reference of both
 */
import { createHash } from 'node:crypto';
import { standing } from '../actions/removals.ts';
import type { Cloud, Session } from '../cloud.ts';
import { type Machine, statusNow } from '../machine.ts';
import { listOf, type Params, refuseUnsimulated } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { Region } from '../region/catalogue.ts';

/** API reference StartTerminalSession: the address is good for ten minutes. */
const GOOD_MS = 10 * 60_000;
/** "In a single region, a maximum of 100 sessions can be created and active": older editions say 1,000. */
const PER_REGION_MAX = 100;
const PER_INSTANCE_MAX = 20;
/** From Running until the agent has said that it is there: no document says how long. */
const AGENT_STARTS_MS = 8_000;

export function startTerminalSession(cloud: Cloud, region: Region, params: Params): object {
  refuseUnsimulated(params, new Set(['RegionId', 'InstanceId', 'ClientToken']));
  const ids = listOf(params, 'InstanceId');
  if (ids.length === 0) throw new EcsRefusal('MissingParameter', 'InstanceId is mandatory.');
  if (ids.length > 1) throw new EcsRefusal('InvalidParameter', 'Not simulated: several instances.');
  const machine = machineOf(cloud, region, ids[0] as string);
  if (!cloud.ways.sessions) throw new EcsRefusal('UserBehavior.SessionManagerDisabled', undefined, 403);
  const { ClientToken: clientToken = '' } = params;
  const known = [...cloud.sessions.values()].find(
    (each) => clientToken !== '' && each.clientToken === clientToken && isGood(each, cloud),
  );
  return shown(known ?? made(cloud, machine, clientToken), cloud);
}

function machineOf(cloud: Cloud, region: Region, id: string): Machine {
  const machine = cloud.machines.get(id);
  if (machine === undefined || statusNow(machine) === null || machine.region !== region.id)
    throw new EcsRefusal('InvalidInstance.NotFound', undefined, 404);
  // "The instance must be Running": the code is not documented.
  if (statusNow(machine) !== 'Running') throw new EcsRefusal('InvalidInstance.NotRunning', undefined, 403);
  return machine;
}

function made(cloud: Cloud, { id: machineId, region }: Machine, clientToken: string): Session {
  const standingNow = [...cloud.sessions.values()].filter(
    (each) => each.connected > 0 || isGood(each, cloud),
  );
  const onMachine = standingNow.filter((each) => each.machineId === machineId && each.connected > 0);
  if (
    standingNow.filter((each) => each.region === region).length >= PER_REGION_MAX ||
    onMachine.length >= PER_INSTANCE_MAX
  )
    throw new EcsRefusal('SessionCount.ExceedLimit', undefined, 403);
  const number = cloud.sessions.size + 1;
  const id = `s-sim${number.toString(36).padStart(8, '0')}`;
  const token = createHash('sha256')
    .update(`${id}/${machineId}/${cloud.random.whole(0, 1e9)}`)
    .digest('hex')
    .slice(0, 36);
  const session: Session = {
    ...{ id, token, machineId, region, clientToken, madeAtMs: cloud.clock.nowMs(), connected: 0 },
  };
  cloud.sessions.set(id, session);
  return session;
}

const shown = ({ id, token, region }: Session, { sessionAddress }: Cloud): object => ({
  SessionId: id,
  SecurityToken: token,
  WebSocketUrl: `${sessionAddress ?? `wss://${region}.axt.aliyuncs.com`}/session?sessionId=${id}&token=${token}`,
});

export const isGood = ({ madeAtMs }: Session, { clock }: Pick<Cloud, 'clock'>): boolean =>
  clock.nowMs() - madeAtMs < GOOD_MS;

export function describeCloudAssistantStatus(cloud: Cloud, region: Region, params: Params): object {
  refuseUnsimulated(params, new Set(['RegionId', 'InstanceId']));
  const agents = listOf(params, 'InstanceId').map((id) =>
    agentOf(cloud, standing(cloud, region, id).machine),
  );
  return {
    ...{ PageNumber: 1, PageSize: 10, TotalCount: agents.length },
    InstanceCloudAssistantStatusSet: { InstanceCloudAssistantStatus: agents },
  };
}

function agentOf(cloud: Cloud, machine: Machine): object {
  const isThere = hasAgent(cloud, machine);
  const isOld = cloud.ways.agents === 'old';
  return {
    ...{ InstanceId: machine.id, OSType: 'Linux', CloudAssistantStatus: String(isThere) },
    ...{ ActiveTaskCount: 0, InvocationCount: 0 },
    CloudAssistantVersion: isThere ? (isOld ? '2.2.3.110' : '2.2.3.857') : '',
    SupportSessionManager: isThere && !isOld,
  };
}

/** And has had the time to say so. */
export function hasAgent({ ways, clock }: Cloud, machine: Machine): boolean {
  if (ways.agents === 'none' || machine.booted?.shell === undefined) return false;
  const since = machine.history.at(-1)?.atMs ?? clock.nowMs();
  return statusNow(machine) === 'Running' && clock.nowMs() - since >= AGENT_STARTS_MS;
}
