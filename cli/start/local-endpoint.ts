/** The endpoint of `npm start -- --stay`: other commands find the simulated world by a file, and queue jobs through it. */

import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import type { SimGitHub } from '../../simulator/github/index.ts';
import { SIMULATOR_FILE, type Simulator } from '../shared/simulator-file.ts';
import { jobPlan, REPOSITORY } from './demo.ts';

export interface LocalEndpoint {
  close(): Promise<void>;
}

export type ServedWorld = Omit<Simulator, 'endpoint' | 'pid'>;

const Asked = z.strictObject({
  labels: z.array(z.string().min(1).max(100)).min(1).max(100),
  name: z.string().min(1).max(100),
  minutes: z.number().positive().max(360),
});

const BODY_MAX_BYTES = 64 * 1024;

/** `found`: what other commands are told of the world. */
export async function openLocalEndpoint(github: SimGitHub, found: ServedWorld): Promise<LocalEndpoint> {
  const server = createServer((request, response) => {
    answer(request, github).then(
      (body) => response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(400).end(error instanceof Error ? error.message : 'refused'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const simulator: Simulator = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pid: process.pid,
    ...found,
  };
  writeFileSync(SIMULATOR_FILE, JSON.stringify(simulator), { mode: 0o600 });
  return {
    async close() {
      rmSync(SIMULATOR_FILE, { force: true });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request: IncomingMessage, github: SimGitHub): Promise<{ job: number }> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > BODY_MAX_BYTES) throw new Error('too long');
  }
  const { labels, name, minutes } = Asked.parse(JSON.parse(text));
  const plan = { ...jobPlan(name, [], minutes * 60_000), labels };
  const [job] = github.jobsOf(github.queueRun({ repository: REPOSITORY, jobs: [plan] }));
  if (job === undefined) throw new Error('no job was made');
  return { job: job.id };
}
