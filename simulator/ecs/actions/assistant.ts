/**
 * Cloud Assistant: RunCommand, and what became of it.
 * @see SDK models RunCommandRequest, DescribeInvocationResultsRequest; API reference DescribeInvocationResults
 */
import type { Cloud, Invocation } from '../cloud.ts';
import { type Machine, statusNow } from '../machine.ts';
import { listOf, type Params, required } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { Region } from '../region/catalogue.ts';
import { standing } from './removals.ts';

/** "The command content cannot exceed 24 KB after Base64 encoding." */
const CONTENT_MAX_BYTES = 24 * 1024;
/** The newest are remembered. */
const INVOCATIONS_MAX = 1_000;
/** The agent is told by a channel of its own: seconds, no document says how many. */
const HEARD_MS = [500, 3_000] as const;

export function runCommand(cloud: Cloud, region: Region, params: Params): object {
  const script = contentOf(params);
  const ids = listOf(params, 'InstanceId');
  if (ids.length === 0) throw new EcsRefusal('MissingParameter', 'InstanceId is mandatory.');
  if (ids.length > 1) throw new EcsRefusal('InvalidParameter', 'Not simulated: several instances.');
  const { machine, status } = standing(cloud, region, ids[0] as string);
  // The code is not documented for a command that is run at once.
  if (status !== 'Running') throw new EcsRefusal('InvalidInstance.NotRunning', undefined, 403);
  const clientToken = params.ClientToken ?? '';
  const known = clientToken === '' ? undefined : byToken(cloud, clientToken);
  if (known !== undefined) return { InvokeId: known, CommandId: `c-${known.slice(2)}` };
  const id = `t-sim${cloud.invocations.size + 1}${machine.id.slice(-8)}`;
  const invocation: Invocation = {
    ...{ machineId: machine.id, clientToken, status: 'Pending', exitCode: null, output: '', errorCode: '' },
  };
  cloud.invocations.set(id, invocation);
  if (cloud.invocations.size > INVOCATIONS_MAX)
    cloud.invocations.delete([...cloud.invocations.keys()][0] as string);
  cloud.clock.after(cloud.random.whole(...HEARD_MS), () => void carryOut(cloud, machine, script, invocation));
  return { InvokeId: id, CommandId: `c-${id.slice(2)}` };
}

function contentOf(params: Params): string {
  if (params.Type !== 'RunShellScript')
    throw new EcsRefusal('InvalidParameter', 'Type must be RunShellScript.');
  const content = required(params, 'CommandContent');
  if (Buffer.byteLength(content) > CONTENT_MAX_BYTES)
    throw new EcsRefusal('CmdContent.ExceedLimit', 'The CommandContent is too long.');
  return params.ContentEncoding === 'Base64' ? Buffer.from(content, 'base64').toString('utf8') : content;
}

const byToken = ({ invocations }: Cloud, token: string): string | undefined =>
  [...invocations].find(([, { clientToken }]) => clientToken === token)?.[0];

async function carryOut(
  { ways }: Cloud,
  machine: Machine,
  script: string,
  invocation: Invocation,
): Promise<void> {
  const { booted } = machine;
  if (statusNow(machine) !== 'Running' || booted === null) return abort(invocation, 'InstanceNotRunning');
  if (ways.agents === 'none' || booted.command === undefined) return abort(invocation, 'ClientNotRunning');
  invocation.status = 'Running';
  try {
    const { exitCode, output } = await booted.command(script);
    Object.assign(invocation, { status: exitCode === 0 ? 'Success' : 'Failed', exitCode, output });
  } catch {
    // The machine went down under it.
    abort(invocation, 'InstanceNotRunning');
  }
}

function abort(invocation: Invocation, errorCode: string): void {
  Object.assign(invocation, { status: 'Aborted', errorCode });
}

export function describeInvocationResults(cloud: Cloud, _region: Region, params: Params): object {
  const id = required(params, 'InvokeId');
  const found = cloud.invocations.get(id);
  const results = found === undefined || !isOf(found, params) ? [] : [shown(id, found)];
  return {
    Invocation: {
      ...{ PageNumber: 1, PageSize: 10, TotalCount: results.length },
      InvocationResults: { InvocationResult: results },
    },
  };
}

const isOf = ({ machineId }: Invocation, { InstanceId }: Params): boolean =>
  InstanceId === undefined || InstanceId === machineId;

function shown(InvokeId: string, { machineId, status, exitCode, output, errorCode }: Invocation): object {
  return {
    ...{ InvokeId, InstanceId: machineId, InvocationStatus: status, ErrorCode: errorCode },
    Output: Buffer.from(output).toString('base64'),
    ...(exitCode === null ? {} : { ExitCode: exitCode }),
  };
}
