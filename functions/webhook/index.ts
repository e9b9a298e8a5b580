/** The HTTP trigger's entry: the real world, put together once a cold start. */

import runners from 'config:runners';
import { readFile } from 'node:fs/promises';
import { alibabaCaller } from '../../shared/adapters/alibaba/call.ts';
import { type FcReply, httpReply, parseHttpEvent } from '../../shared/adapters/function-compute/http.ts';
import type { FcCredentials } from '../../shared/adapters/function-compute/invocation.ts';
import { fcQueue } from '../../shared/adapters/function-compute/queue.ts';
import { jsonLog } from '../../shared/adapters/json-log.ts';
import { secretSource } from '../../shared/adapters/secrets/secrets.ts';
import { alibabaSecrets } from '../../shared/adapters/secrets/stores.ts';
import { invokeEndpoint, parseEnvironment } from '../../shared/config/environment.ts';
import { WEBHOOK_EVENT_MAX_BYTES } from '../../shared/limits.ts';
import { hookRanges } from './hook-ranges.ts';
import { sampledLog } from './sampled-log.ts';
import { seldom } from './seldom.ts';
import { type World, webhook } from './webhook.ts';

const environment = parseEnvironment('webhook', process.env);
const region = environment.FC_REGION;
/** New with each invocation. */
let credentials: Required<FcCredentials>;

const log = jsonLog(process.stdout, Date.now);
const call = alibabaCaller(() => credentials);
const { fetchKms, fetchOos } = alibabaSecrets({
  region,
  call,
  kmsEndpoint: environment.KMS_ENDPOINT,
  oosEndpoint: environment.OOS_ENDPOINT,
});
const stores = { fetchKms, fetchOos, readFile: (path: string) => readFile(path, 'utf8'), nowMs: Date.now };

const world: World = {
  secrets: [environment.WEBHOOK_SECRET, environment.WEBHOOK_SECRET_PREVIOUS]
    .filter((reference) => reference !== undefined)
    .map((reference) => secretSource({ ...stores, reference })),
  isHook: environment.HOOK_RANGES === undefined ? null : hookRanges(environment.HOOK_RANGES),
  rules: runners,
  queue: fcQueue({
    endpoint: invokeEndpoint(environment),
    accountId: environment.FC_ACCOUNT_ID,
    region,
    signature: runners.functionCompute.signature,
    launcher: environment.LAUNCHER_FUNCTION,
    reaper: environment.REAPER_FUNCTION,
    credentials: () => credentials,
    log,
  }),
  log,
  logSampled: sampledLog(log, { nowMs: Date.now }),
  mayTell: seldom({ nowMs: Date.now }),
};

export async function handler(
  event: Uint8Array,
  context: { readonly credentials: Required<FcCredentials> },
): Promise<FcReply> {
  credentials = context.credentials;
  const { status, text } = await webhook(parseHttpEvent(event, WEBHOOK_EVENT_MAX_BYTES), world);
  return httpReply(status, text);
}
