/** The simulated services that a deployed function calls, each behind a gate that counts, and waits when told to. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { mirrorRunner } from '../../cli/start/mirror.ts';
import type { Config } from '../../shared/config/config.ts';
import { createAccount } from '../../simulator/accounts.ts';
import { scaledClock } from '../../simulator/clock.ts';
import { createFunctionCompute, serveFunctionCompute } from '../../simulator/function-compute/index.ts';
import { type Loopback, type LoopbackOptions, openLoopback } from '../../simulator/loopback.ts';
import { seeded } from '../../simulator/random.ts';
import { tableOf } from '../../simulator/tablestore/index.ts';
import { delivery, LABELS, queued, WEBHOOK_SECRET } from './events.ts';

export const KEY = { accessKeyId: 'STS.bench', accessKeySecret: 'bench', securityToken: 'bench' };
const CREDENTIAL = { secret: KEY.accessKeySecret, securityToken: KEY.securityToken };

export type Services = Awaited<ReturnType<typeof openServices>>;

/** `bundles` null: no function of ours runs, so that no mirror knows of a runner release. */
export async function openServices(
  bundles: string | null,
  { name: deployment, placements }: Config,
  boots: LoopbackOptions['boots'] = {},
) {
  const world = await openLoopback({
    ...{ scale: 1, seed: 1, bundles: bundles ?? '', deployment, placements, boots },
    ecs: { soldOut: 0 },
    github: { deliver: async () => ({ status: 202 }) },
  });
  world.account.add(KEY.accessKeyId, CREDENTIAL);
  world.github.addOrganization('acme');
  world.github.addRepository('acme/app');
  const groupName = `${deployment}-runners`;
  const group = world.github.addGroup({ organization: 'acme', name: groupName, repositories: ['acme/app'] });
  const installation = world.github.install('acme');
  const run = world.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'build', labels: LABELS }] });
  if (bundles !== null) await mirrorRunner(world, deployment);
  for (const { region } of placements) alwaysInStock(world, region);
  const queue = await quietQueue();
  const simulated = world.environment();
  const secrets = await secretStore({ hook: WEBHOOK_SECRET, key: simulated.GITHUB_PRIVATE_KEY ?? '' });
  const forgetful = await forgetfulOf(world);
  const state: Gates = { calls: 0, open: 0, pass: async () => undefined };
  const far = { ...simulated, INVOKE_ENDPOINT: queue.endpoint, OOS_ENDPOINT: secrets.endpoint };
  const gates = await gatesOf(far, state);
  let job = 1_000_000;
  return {
    environment: {
      ...gates.environment,
      WEBHOOK_SECRET: 'oos:hook-secret',
      GITHUB_PRIVATE_KEY: 'oos:key-secret',
      FLOOR_GROUP: String(group.id),
      FLOOR_INSTALLATION: String(installation.id),
      FLOOR_VSWITCH: 'vsw-cn-hangzhou-k',
    },
    calls: () => state.calls,
    /** Asked and not answered yet. */
    open: () => state.open,
    delayMs(ms: number) {
      state.pass = () => setTimeout(ms);
    },
    /** What each call waits for before it is handed on. */
    hold(pass: () => Promise<void>) {
      state.pass = pass;
    },
    events: (kind: 'webhook' | 'launcher', count: number) =>
      Array.from({ length: count }, () =>
        kind === 'webhook' ? delivery(job++) : queued(job++, run.id, installation.id),
      ),
    github: world.github,
    /** Behind it the last sweep is forgotten: two in quick succession are one. */
    forgetSweep: forgetful.endpoint,
    queuedRun: run,
    /** What the webhook hands on of it. */
    queued: (id: number, runId: number) => queued(id, runId, installation.id),
    async close() {
      for (const server of [...gates.servers, secrets, queue, forgetful, world]) await server.close();
    },
  };
}

/** A walk down the candidates is a story of its own. */
function alwaysInStock({ ecs }: Loopback, id: string): void {
  const { zones, types } = ecs.region(id);
  for (const zone of zones) for (const type of types.keys()) ecs.setStock(zone, type, 100_000);
  ecs.setQuota({ vcpusPerFamily: 1_000_000, instances: 100_000 });
}

/** Accepts invocations, and runs nothing: what it would run is measured by itself. */
async function quietQueue() {
  const clock = scaledClock(1);
  const account = createAccount('1234567890123456', 'cn-hongkong');
  account.add(KEY.accessKeyId, CREDENTIAL);
  const functions = [{ name: 'ci-launcher', timeoutMs: 9_000, memoryMb: 256, body: async () => null }];
  const fc = createFunctionCompute({ clock, account, random: seeded(1), functions, instancesMax: 10_000 });
  const served = await serveFunctionCompute(fc);
  const close = async () => {
    await served.close();
    fc.close();
    clock.stop();
  };
  return { endpoint: served.endpoint, close };
}

function forgetfulOf({ store }: Loopback) {
  const rows = tableOf(store, 'ledger');
  return listening(async (_, reply) => {
    await rows.delete(['note', 'sweep'], { row: 'any' });
    reply.end();
  });
}

/** OOS, as far as a cold start asks it; signatures are checked in test/shared/adapters. */
function secretStore({ hook, key }: { readonly hook: string; readonly key: string }) {
  const pem = key.replaceAll('\\n', '\n');
  return listening((request, reply) => {
    const isKey = request.url?.includes('key-secret');
    const body = JSON.stringify({ Parameter: { Value: isKey ? pem : hook } });
    reply.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
}

interface Gates {
  calls: number;
  open: number;
  pass: () => Promise<void>;
}

async function gatesOf(environment: Readonly<Record<string, string>>, state: Gates) {
  const servers: { close: () => Promise<void> }[] = [];
  const gated: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (!/^http:\/\/127/.test(value)) gated[name] = value;
    else {
      const gate = await gateTo(new URL(value), state);
      servers.push(gate);
      gated[name] = gate.endpoint;
    }
  }
  return { environment: gated, servers };
}

/** Hands on as it came, the host that was signed included. */
function gateTo(target: URL, state: Gates) {
  const agent = new http.Agent({ keepAlive: true });
  return listening(async (request, reply) => {
    state.calls++;
    state.open++;
    reply.on('close', () => state.open--);
    await state.pass();
    const { method = 'GET', url: path = '/', headers } = request;
    const onward = http.request({ host: target.hostname, port: target.port, agent, method, path, headers });
    onward.on('response', (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    onward.on('error', () => reply.destroy());
    request.pipe(onward);
  });
}

async function listening(handle: http.RequestListener) {
  const server = http.createServer({ maxHeaderSize: 131_072 }, handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
