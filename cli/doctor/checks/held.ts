/**
 * What the deployed functions hold, against what the operator holds (which GitHub knows: the check of the App). Each is
 * invoked with the operator's own right: launcher and reaper answer with fingerprints, the webhook takes a signed ping.
 */
import { createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { namesOf } from '../../../infra/names.ts';
import { type Fingerprints, fingerprints } from '../../../shared/adapters/fingerprints.ts';
import type { FunctionKind } from '../../../shared/config/environment.ts';
import { operatorSecret } from '../../shared/secrets.ts';
import { tryAgain } from '../../shared/try-again.ts';
import { type Check, type CheckOutcome, ok, warning, wrong } from '../finding.ts';
import type { DoctorWorld } from '../world.ts';

export const HELD_CHECK: Check = {
  name: 'deployed secrets',
  needs: ['App', 'functions'],
  async look(world) {
    const findings = [
      ...(await heldByAll(world, ['launcher', 'reaper'])),
      ...(await acceptedBy(world, 'WEBHOOK_SECRET')),
      ...(await acceptedBy(world, 'WEBHOOK_SECRET_PREVIOUS')),
    ];
    return findings.length > 0
      ? findings
      : [ok('launcher and reaper hold this App’s id and key, the webhook its secret')];
  },
};

const Answer = z.object({ app: z.string(), key: z.string().nullable(), because: z.string().nullable() });
const DEPLOY = 'run npm run deploy';

/** Those that hold the same wrong thing are told together. */
async function heldByAll(world: DoctorWorld, kinds: readonly FunctionKind[]): Promise<CheckOutcome[]> {
  const byText = new Map<string, { readonly outcome: CheckOutcome; readonly names: string[] }>();
  for (const kind of kinds) {
    const name = namesOf(world.config).functionOf(kind);
    const outcome = await heldBy(world, name);
    if (outcome === null) continue;
    const same = byText.get(outcome.text) ?? { outcome, names: [] };
    same.names.push(name);
    byText.set(outcome.text, same);
  }
  return [...byText.values()].map(({ outcome, names }) => ({
    ...outcome,
    text: `${names.join(', ')}: ${outcome.text}`,
  }));
}

/** Null: what it should. */
async function heldBy(world: DoctorWorld, name: string): Promise<CheckOutcome | null> {
  const nonce = randomBytes(16).toString('hex');
  const answer = Answer.safeParse(await invoked(world, name, { kind: 'probe', nonce }));
  if (!answer.success)
    return warning('no answer to what is held: its release is older, or it does not start', DEPLOY);
  const appId = world.variables.GITHUB_APP_ID ?? '';
  const own = await fingerprints(nonce, appId, async () => ({
    appId,
    privateKeyPem: await secretOf(world, 'GITHUB_PRIVATE_KEY').read(),
  }));
  return compared(answer.data, own);
}

function compared(theirs: Fingerprints, own: Fingerprints): CheckOutcome | null {
  if (theirs.app !== own.app) return wrong('the id of another App', DEPLOY);
  if (theirs.key === null) return wrong(`no key of the App, because ${theirs.because}`, KEY);
  if (theirs.key === own.key) return null;
  return wrong("another private key than the App's: nothing can start with it", DEPLOY);
}

const KEY = 'correct GITHUB_PRIVATE_KEY, and let its role read it; then run npm run deploy';

/** As GitHub would post it: what the webhook answers shows whether this secret is good there. */
async function acceptedBy(
  world: DoctorWorld,
  variable: 'WEBHOOK_SECRET' | 'WEBHOOK_SECRET_PREVIOUS',
): Promise<CheckOutcome[]> {
  if (!world.variables[variable])
    return variable === 'WEBHOOK_SECRET'
      ? [wrong('WEBHOOK_SECRET is not set: npm run setup writes it into .env', 'run npm run setup')]
      : [];
  const name = namesOf(world.config).functionOf('webhook');
  const secret = await secretOf(world, variable).read();
  const body = JSON.stringify({ zen: 'npm run doctor', nonce: randomBytes(8).toString('hex') });
  const headers = {
    'Content-Type': 'application/json',
    'X-Github-Event': 'ping',
    'X-Github-Delivery': 'npm-run-doctor',
    'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  };
  const { statusCode } = await invoked(world, name, { version: 'v1', headers, body, isBase64Encoded: false });
  if (statusCode === 200) return [];
  if (statusCode === 401) return [wrong(`${name} does not accept what is signed with ${variable}`, DEPLOY)];
  const said = statusCode === 503 ? 'cannot read its secret' : `answered ${String(statusCode ?? 'nothing')}`;
  return [wrong(`${name} ${said}`, 'look at its log, webhook.secret-unread; run npm run deploy')];
}

const secretOf = ({ alibaba, config, variables, root }: DoctorWorld, name: string) =>
  operatorSecret(variables[name] ?? '', { cloud: alibaba, region: config.control.region, root });

/** By the management API, and waited for. */
function invoked({ alibaba, config }: DoctorWorld, name: string, event: object) {
  const path = `/functions/${name}/invocations`;
  return tryAgain(() => alibaba.fc(config.control.region, 'InvokeFunction', 'POST', path, event));
}
