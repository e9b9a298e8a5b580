/** GitHub says that something happened to a job: check it, decide, hand it on. */
import { parseWorkflowJob } from '../../shared/job/event.ts';
import { WEBHOOK_BODY_MAX_BYTES } from '../../shared/limits.ts';
import type { Job, JobEvent } from '../../shared/nouns.ts';
import type { Log, Queue } from '../../shared/ports.ts';
import { decide, type Rules } from './decide.ts';
import type { SampledLog } from './sampled-log.ts';
import { isSigned, type Unread, type WebhookSecret } from './verify.ts';

/** One HTTP POST. Header names in lower case; the body as it was sent. */
export interface Request {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** 5xx makes GitHub mark the delivery failed, and the sweep ask for it again. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface World {
  readonly secrets: readonly WebhookSecret[];
  readonly rules: Rules;
  readonly queue: Queue;
  readonly log: Log;
  /** For what strangers can cause as often as they like. */
  readonly logSampled: SampledLog;
}

export async function webhook(request: Request, world: World): Promise<Reply> {
  const delivery = header(request, 'x-github-delivery');
  const event = header(request, 'x-github-event');
  const answer = (status: number, kind: string, because: string, job?: Job): Reply => {
    world.log('webhook.decided', { delivery, of: event, status, kind, because, ...fieldsOf(job) });
    return { status, text: because };
  };

  const objection = await objectionTo(request, world);
  if (objection !== null) return answer(objection.status, objection.kind, objection.because);
  if (event !== 'workflow_job') return answer(200, 'ignore', `we do not act on ${event || 'unnamed events'}`);

  const parsed = parseWorkflowJob(request.body, delivery);
  const job = parsed.kind === 'event' ? parsed.event.job : undefined;
  const decision = decide(parsed, world.rules);
  switch (decision.kind) {
    case 'reject':
      return answer(400, 'reject', decision.because);
    case 'ignore':
    case 'refuse': // 2xx: to deliver it again would change nothing
      return answer(200, decision.kind, decision.because, job);
    case 'launch':
    case 'reap': {
      const isAccepted = await enqueue(decision.kind, decision.event, world);
      return isAccepted
        ? answer(
            202,
            decision.kind,
            decision.kind === 'launch' ? 'handed to launcher' : 'handed to reaper',
            job,
          )
        : answer(503, 'failed', 'Function Compute did not accept it; deliver it again', job);
    }
  }
}

const WHICH = ['current', 'previous'];

/** What is wrong with the request before its content is looked at. */
async function objectionTo(
  request: Request,
  world: World,
): Promise<{ readonly status: number; readonly kind: string; readonly because: string } | null> {
  const reject = (status: number, because: string) => ({ status, kind: 'reject', because });
  if (request.body.length > WEBHOOK_BODY_MAX_BYTES) return reject(413, 'the body is over 25 MB');
  try {
    const unread = ({ at, error }: Unread) =>
      world.logSampled('webhook.secret-unread', { which: WHICH[at] ?? 'older', because: messageOf(error) });
    if (!(await isSigned(request.body, request.headers['x-hub-signature-256'], world.secrets, unread)))
      return reject(401, 'the signature is missing or wrong');
  } catch {
    return { status: 503, kind: 'failed', because: 'our secret is out of reach; deliver it again' };
  }
  if (!header(request, 'content-type').startsWith('application/json'))
    return reject(415, 'the content type of the webhook must be application/json');
  return null;
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
