/** The queue adapter beside a served simulator. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import type { FcCredentials } from '../../../../shared/adapters/function-compute/invocation.ts';
import { type FcQueueOptions, fcQueue } from '../../../../shared/adapters/function-compute/queue.ts';
import type { JobEvent, JobId, RunId } from '../../../../shared/nouns.ts';
import {
  type ServedFunctionCompute,
  serveFunctionCompute,
} from '../../../../simulator/function-compute/index.ts';
import { type FcWorld, START_MS, worldOf } from '../../../simulator/function-compute/world.ts';

export const EVENT: JobEvent = {
  kind: 'queued',
  delivery: 'd-1',
  job: {
    id: 7 as JobId,
    runId: 8 as RunId,
    runAttempt: 1,
    name: 'build ünïcode',
    repository: 'my-org/kernel',
    isPublic: false,
    installationId: 5,
    labels: ['self-hosted', 'aliyun', 'arm64'],
    createdAtMs: START_MS,
  },
};
export const KEY: FcCredentials = { accessKeyId: 'LTAItest', accessKeySecret: 'secret-of-the-test' };

interface Lines {
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface QueueBench extends FcWorld {
  readonly served: ServedFunctionCompute;
  readonly got: { launcher: string[]; reaper: string[] };
  readonly lines: Lines[];
  queue(options?: Partial<FcQueueOptions>): ReturnType<typeof fcQueue>;
}

export const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

export async function open(serve: Parameters<typeof serveFunctionCompute>[1] = {}): Promise<QueueBench> {
  const got = { launcher: [] as string[], reaper: [] as string[] };
  // The clients sign with the real time.
  const world = worldOf([
    { name: 'ci-launcher', body: async (bytes) => void got.launcher.push(bytes.toString()) },
    { name: 'ci-reaper', body: async (bytes) => void got.reaper.push(bytes.toString()) },
  ]);
  await world.clock.runUntil(Date.now());
  world.account.add(KEY.accessKeyId, { secret: KEY.accessKeySecret });
  const served = await serveFunctionCompute(world.fc, serve);
  closers.push(() => served.close());
  const lines: Lines[] = [];
  const queue: QueueBench['queue'] = (options = {}) =>
    fcQueue({
      endpoint: served.endpoint,
      accountId: world.account.id,
      region: world.account.region,
      signature: 'fc',
      launcher: 'ci-launcher',
      reaper: 'ci-reaper',
      credentials: () => KEY,
      log: (event, fields) => void lines.push({ ...fields, event }),
      ...options,
    });
  return { ...world, served, got, lines, queue };
}

/** A gateway that takes calls and never answers. */
export async function silent(): Promise<{ endpoint: string; asked: () => number }> {
  let asked = 0;
  const server: Server = createServer(() => {
    asked++;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}
