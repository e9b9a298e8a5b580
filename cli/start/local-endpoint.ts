/** The endpoint of `npm start -- --stay`: other commands find the simulated world by a file, and queue jobs through it. */

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import type { SimGitHub } from '../../simulator/github/index.ts';
import { type Loopback, OPERATOR_KEY } from '../../simulator/loopback.ts';
import { findOther, findSimulator, SIMULATOR_FILE, type Simulator } from '../shared/simulator-file.ts';
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

/** The world as it is now. */
export const foundOf = (world: Loopback): ServedWorld => ({
  scale: world.clock.scale,
  simulatedMs: world.clock.nowMs(),
  realMs: Date.now(),
  environment: world.environment(),
  accessKeyId: OPERATOR_KEY,
  accessKeySecret: world.secrets.operatorSecret,
});

/** How long ago its time may have been looked at: it does not run evenly where cores are busy. */
const TIME_AGE_MAX_MS = 1_000;

/** `found`: what other commands are told of the world, as it is now. */
export async function openLocalEndpoint(github: SimGitHub, found: () => ServedWorld): Promise<LocalEndpoint> {
  const server = createServer((request, response) => {
    answer(request, github).then(
      (body) => response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(400).end(error instanceof Error ? error.message : 'refused'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tell = (): void => writeSimulatorFile({ endpoint, pid: process.pid, ...found() });
  tell();
  const telling = setInterval(tell, TIME_AGE_MAX_MS);
  return {
    async close() {
      clearInterval(telling);
      if (findSimulator()?.pid === process.pid) rmSync(SIMULATOR_FILE, { force: true });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What to say to who would serve a second world in this folder: its files are the first one's. Null: there is none. */
export async function otherWorld(): Promise<string | null> {
  const other = await findOther();
  if (other === null) return null;
  const command = other.environment === null ? 'npm start -- --account' : 'npm start -- --stay';
  return `A world is served in this folder already, by ${command} (process ${other.pid}).\nEnd that one first (Ctrl-C in its terminal), or serve another from another folder.`;
}

/** Whole or not at all: others read it at any moment. */
function writeSimulatorFile(simulator: Simulator): void {
  writeFileSync(`${SIMULATOR_FILE}.new`, JSON.stringify(simulator), { mode: 0o600 });
  renameSync(`${SIMULATOR_FILE}.new`, SIMULATOR_FILE);
}

async function answer(request: IncomingMessage, github: SimGitHub): Promise<{ job: number }> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > BODY_MAX_BYTES) throw new Error('too long');
  }
  const { labels, name, minutes } = Asked.parse(JSON.parse(text));
  const plan = { ...jobPlan(name, [], minutes * 60_000), labels };
  // Its own workflow: a newer run of the same one would take its place after an interruption.
  const [job] = github.jobsOf(github.queueRun({ repository: REPOSITORY, workflow: name, jobs: [plan] }));
  if (job === undefined) throw new Error('no job was made');
  return { job: job.id };
}
