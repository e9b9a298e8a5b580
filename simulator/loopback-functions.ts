/** The functions as s.yaml declares them, hosted from built bundles, and GitHub's way to the webhook. */
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { ENVIRONMENTS, type FunctionKind } from '../shared/config/environment.ts';
import {
  LAUNCHER_TIMEOUT_S,
  MIRROR_TIMEOUT_S,
  REAPER_TIMEOUT_S,
  WEBHOOK_TIMEOUT_S,
} from '../shared/limits.ts';
import type { ScaledClock } from './clock.ts';
import { bundleBody, type FunctionSpec } from './function-compute/index.ts';
import type { OutgoingDelivery } from './github/index.ts';

export interface Hosting {
  readonly deployment: string;
  /** Regions with a mirror of their own, besides the functions'. */
  readonly mirrorRegions: readonly string[];
  readonly bundles: string;
  readonly scale: number;
  /** What the role of each function allows, by RAM action; absent: everything. */
  readonly mayDo?: ((kind: FunctionKind) => (action: string) => boolean) | undefined;
}

export function functionsOf(
  { deployment, bundles, scale, mayDo, mirrorRegions }: Hosting,
  clock: ScaledClock,
  env: () => Record<string, string>,
): FunctionSpec[] {
  const hosted = (name: FunctionKind, region?: string) =>
    bundleBody(join(bundles, name, 'index.mjs'), {
      clock,
      clockScale: scale,
      env: () => only(name, { ...env(), ...(region === undefined ? {} : { FC_REGION: region }) }),
    });
  const role = (kind: FunctionKind) => (mayDo === undefined ? {} : { mayDo: mayDo(kind) });
  const timer = { name: 'sweep', cron: '@every 1m', payload: 'sweep' };
  return [
    {
      name: `${deployment}-webhook`,
      timeoutMs: WEBHOOK_TIMEOUT_S * 1000,
      memoryMb: 256,
      body: hosted('webhook'),
      ...role('webhook'),
      http: { methods: ['POST'] },
    },
    {
      name: `${deployment}-launcher`,
      timeoutMs: LAUNCHER_TIMEOUT_S * 1000,
      memoryMb: 512,
      body: hosted('launcher'),
      ...role('launcher'),
      asyncRetries: 3,
      onFailure: `${deployment}-reaper`,
    },
    {
      name: `${deployment}-reaper`,
      timeoutMs: REAPER_TIMEOUT_S * 1000,
      memoryMb: 1024,
      body: hosted('reaper'),
      ...role('reaper'),
      asyncRetries: 3,
      timer,
    },
    ...[undefined, ...mirrorRegions].map((region) => ({
      name: region === undefined ? `${deployment}-mirror` : `${deployment}-mirror-${region}`,
      timeoutMs: MIRROR_TIMEOUT_S * 1000,
      memoryMb: 512,
      body: hosted('mirror', region),
      ...role('mirror'),
      asyncRetries: 0,
    })),
  ];
}

/** One delivery to the webhook's URL. Rejects when nobody answers. */
export function post(url: string, { headers, body }: OutgoingDelivery): Promise<{ status: number }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      url,
      { method: 'POST', headers: { ...headers, 'content-length': body.length } },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0 }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Each function sees what s.yaml gives to it, and nothing else. */
function only(name: FunctionKind, all: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(ENVIRONMENTS[name].shape);
  return Object.fromEntries(Object.entries(all).filter(([variable]) => names.includes(variable)));
}
