/** GitHub says that something happened to a job: check it, decide, hand it on. */
import { encodeEvent, type Parsed, parseWorkflowJob } from '../../shared/job/event.ts';
import { whyNotAllowed } from '../../shared/job/labels.ts';
import { WEBHOOK_BODY_MAX_BYTES } from '../../shared/limits.ts';
import type { Job, JobEvent } from '../../shared/nouns.ts';
import type { Log, Queue } from '../../shared/ports.ts';
import { decide, type Rules } from './decide.ts';
import type { SampledLog } from './sampled-log.ts';
import { hasShapeOfSignature, isSigned, type Unread, type WebhookSecret } from './verify.ts';

/** One HTTP POST. Header names in lower case. */
export interface Request {
  readonly headers: Readonly<Record<string, string>>;
  /** Null: not told. */
  readonly sourceIp: string | null;
  readonly bodyBytes: number;
  /** As it was sent: decoded here, and not before. */
  readonly body: () => Uint8Array;
}

/** 5xx makes GitHub mark the delivery failed, and the sweep ask for it again. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface World {
  readonly secrets: readonly WebhookSecret[];
  /** Whether GitHub's deliveries come from there; null: not known, or not asked for. */
  readonly isHook: ((address: string) => boolean) | null;
  readonly rules: Rules;
  readonly queue: Queue;
  readonly log: Log;
  /** For what strangers can cause as often as they like. */
  readonly logSampled: SampledLog;
  /** Once in a while for each key. */
  readonly mayTell: (key: string) => boolean;
}

/** What is no request, or too large to look into, is a stranger's. */
export async function webhook(request: Request | 'too large' | null, world: World): Promise<Reply> {
  if (request === null) return turnAway(NOT_HTTP, world);
  if (request === 'too large') return turnAway(TOO_LARGE, world);
  const strange = strangeness(request, world);
  return strange === null ? receive(request, world) : turnAway(strange, world);
}

interface Strange {
  readonly status: number;
  readonly because: string;
}
/** Anyone who knows the URL can have it invoked in other ways. */
const NOT_HTTP: Strange = { status: 400, because: 'not an HTTP request' };
const TOO_LARGE: Strange = { status: 413, because: 'the body is over 1 MB' };
const FROM_ELSEWHERE: Strange = { status: 403, because: 'the address is none of GitHub’s' };
const UNSIGNED: Strange = { status: 401, because: 'the signature is missing or wrong' };

/** What is wrong with it before its body is decoded or a secret is read: anyone may post. */
function strangeness({ headers, sourceIp, bodyBytes }: Request, { isHook }: World): Strange | null {
  if (bodyBytes > WEBHOOK_BODY_MAX_BYTES) return TOO_LARGE;
  if (isHook !== null && sourceIp !== null && !isHook(sourceIp)) return FROM_ELSEWHERE;
  return hasShapeOfSignature(headers['x-hub-signature-256']) ? null : UNSIGNED;
}

function turnAway({ status, because }: Strange, { logSampled }: World): Reply {
  logSampled('webhook.turned-away', { status, because });
  return { status, text: because };
}

async function receive(request: Request, world: World): Promise<Reply> {
  const body = request.body();
  const isSent = await isFromGitHub(body, request, world);
  if (isSent === false) return turnAway(UNSIGNED, world);
  const delivery = header(request, 'x-github-delivery');
  const event = header(request, 'x-github-event');
  const answer: Answer = (status, kind, because, job) => {
    world.log('webhook.decided', { delivery, of: event, status, kind, because, ...fieldsOf(job) });
    return { status, text: because };
  };
  if (isSent === null) return answer(503, 'failed', 'our secret is out of reach; deliver it again');
  if (!header(request, 'content-type').startsWith('application/json'))
    return answer(415, 'reject', 'the content type of the webhook must be application/json');
  if (event !== 'workflow_job') return answer(200, 'ignore', `we do not act on ${event || 'unnamed events'}`);
  return act(parseWorkflowJob(body, delivery), answer, world);
}

type Answer = (status: number, kind: string, because: string, job?: Job) => Reply;

async function act(parsed: Parsed, answer: Answer, world: World): Promise<Reply> {
  const job = parsed.kind === 'event' ? parsed.event.job : undefined;
  const decision = decide(parsed, world.rules);
  switch (decision.kind) {
    case 'reject':
      return answer(400, 'reject', decision.because);
    case 'refuse':
      if (parsed.kind === 'event') await tellOfRefused(parsed.event, decision.because, world);
      return answer(200, decision.kind, decision.because, job);
    case 'ignore': // 2xx: to deliver it again would change nothing
      return answer(200, decision.kind, decision.because, job);
    case 'launch':
    case 'reap': {
      if (!(await enqueue(decision.kind, decision.event, world)))
        return answer(503, 'failed', 'Function Compute did not accept it; deliver it again', job);
      const whose = decision.kind === 'launch' ? 'launcher' : 'reaper';
      return answer(202, decision.kind, `handed to ${whose}`, job);
    }
  }
}

/**
 * The launcher refuses it as well, and leaves what people see: `history`, an alert, a check on the commit. It may be lost: the
 * answer to GitHub is the same. What the launcher might take is never handed on so.
 */
async function tellOfRefused(event: JobEvent, because: string, world: World): Promise<void> {
  const isRefusedThere = event.kind === 'queued' && whyNotAllowed(event.job, world.rules) !== null;
  if (!isRefusedThere || encodeEvent(event) === null) return;
  if (world.mayTell(`${event.job.repository.toLowerCase()} ${because}`))
    await enqueue('launch', event, world);
}

const WHICH = ['current', 'previous'];

/** Whether GitHub signed these bytes; null: that cannot be told now. */
async function isFromGitHub(body: Uint8Array, { headers }: Request, world: World): Promise<boolean | null> {
  const unread = ({ at, error }: Unread) =>
    world.logSampled('webhook.secret-unread', { which: WHICH[at] ?? 'older', because: messageOf(error) });
  try {
    return await isSigned(body, headers['x-hub-signature-256'], world.secrets, unread);
  } catch {
    return null;
  }
}

/** True once Function Compute accepted it: that is our durable write. */
async function enqueue(kind: 'launch' | 'reap', event: JobEvent, world: World): Promise<boolean> {
  try {
    await world.queue[kind](event);
    return true;
  } catch (error) {
    world.log('webhook.enqueue-failed', { job: event.job.id, kind, because: messageOf(error) });
    return false;
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : 'no reason given').slice(0, 300);
}

/** Bounded, because it is logged. */
function header(request: Request, name: string): string {
  return (request.headers[name] ?? '').slice(0, 64);
}

function fieldsOf(job: Job | undefined): Record<string, string | number> {
  if (job === undefined) return {};
  return { job: job.id, repository: job.repository, labels: job.labels.join(' ').slice(0, 300) };
}
