/**
 * The endpoint through which a runner in a machine reaches the simulated GitHub, which speaks the runner's own protocol
 * to nobody: open a session with the JIT config, wait for the job, hand in its log, say how it ended.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { SimGitHub } from '../github/github.ts';
import type { JobForRunner } from '../github/listener.ts';
import { ConfigRefused, type RunnerSession } from '../github/runs/sessions.ts';

export interface RunnerEndpointOptions {
  readonly github: () => Pick<SimGitHub, 'connectRunner'>;
  /** The shell text of a job, by its name. */
  readonly steps: (jobName: string) => string;
}

interface Session {
  readonly address: string;
  readonly runner: RunnerSession;
  log: string;
  job: string | null;
  waiting: ((job: string) => void) | null;
}

export interface RunnerEndpoint {
  readonly listener: RequestListener;
  /** The log of the job that the machine at this address runs or ran; '' before it. */
  logOf(address: string): string;
  /** Attempts to open a session that were refused. */
  readonly refused: string[];
  /** The machine at this address is gone. */
  vanish(address: string): void;
}

export function createRunnerEndpoint(options: RunnerEndpointOptions): RunnerEndpoint {
  const sessions = new Map<string, Session>();
  const refused: string[] = [];
  return {
    refused,
    logOf: (at) => [...sessions.values()].find(({ address }) => address === at)?.log ?? '',
    vanish(address) {
      for (const session of sessions.values()) if (session.address === address) session.runner.vanish();
    },
    listener: (request, response) => {
      const [, id = '', what = ''] =
        /^\/sessions(?:\/([0-9a-f]+)\/(job|log|finish))?$/.exec(request.url ?? '') ?? [];
      const session = sessions.get(id);
      const answered =
        request.url === '/sessions'
          ? open(request, response, options, sessions, refused)
          : session === undefined
            ? Promise.resolve(void response.writeHead(404).end())
            : serve(what, session, request, response);
      answered.catch(() => response.destroy());
    },
  };
}

async function open(
  request: IncomingMessage,
  response: ServerResponse,
  { github, steps }: RunnerEndpointOptions,
  sessions: Map<string, Session>,
  refused: string[],
): Promise<void> {
  const config = await bodyOf(request);
  const id = randomBytes(8).toString('hex');
  try {
    const runner = github().connectRunner(config, {
      onJob(job) {
        const session = sessions.get(id) as Session;
        session.job = scriptOf(job, steps(job.name));
        session.waiting?.(session.job);
      },
    });
    const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    sessions.set(id, { address, runner, log: '', job: null, waiting: null });
    response.writeHead(201).end(id);
  } catch (error) {
    if (!(error instanceof ConfigRefused)) throw error;
    refused.push(error.message);
    response.writeHead(403).end(error.message);
  }
}

/** The job as shell: who it is, in assignments that both halves of the stand-in read, and its steps below them. */
function scriptOf({ name, repository, repositoryId, event }: JobForRunner, steps: string): string {
  const payload = Buffer.from(JSON.stringify(event.payload)).toString('base64');
  const head = { name, repository, repository_id: repositoryId, event: event.name, payload };
  return `${Object.entries(head)
    .map(([key, value]) => `# ${key}=${value}`)
    .join('\n')}\n${steps}\n`;
}

async function serve(
  what: string,
  session: Session,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (what === 'job') {
    const job = session.job ?? (await new Promise<string>((resolve) => (session.waiting = resolve)));
    return void response.end(job);
  }
  if (what === 'log') {
    for await (const chunk of request) session.log += String(chunk);
    return void response.writeHead(204).end();
  }
  session.runner.finishJob((await bodyOf(request)) === 'success' ? 'success' : 'failure');
  response.writeHead(204).end();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
