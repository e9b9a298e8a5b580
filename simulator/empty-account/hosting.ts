/** The functions that were deployed, run as Function Compute runs them: their code, variables, role and triggers. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { bundleBody, type FunctionCompute, type FunctionSpec } from '../function-compute/index.ts';
import type { ManagementState, SimFunction } from '../management/index.ts';

export interface Hosting {
  readonly fc: FunctionCompute;
  readonly management: ManagementState;
  /** Where code is unpacked. */
  readonly folder: string;
  /** What the names of services resolve to here: variables that win over those deployed. */
  readonly addresses: (deployed: SimFunction) => Readonly<Record<string, string>>;
  /** Opens the URL of a function with an HTTP trigger. */
  readonly openUrl: (name: string) => Promise<string>;
}

/** For `ManagementState.onFunction`. */
export async function host(hosting: Hosting, name: string): Promise<void> {
  const deployed = hosting.management.functions.get(name);
  if (deployed === undefined) {
    hosting.fc.remove(name);
    return;
  }
  hosting.fc.put(specOf(hosting, name, deployed));
  for (const trigger of deployed.triggers)
    if (trigger.type === 'http') trigger.url = await hosting.openUrl(name);
}

function specOf(hosting: Hosting, name: string, deployed: SimFunction): FunctionSpec {
  const { fc, addresses } = hosting;
  const { environmentVariables, timeout, memorySize, asyncRetries, onFailure, concurrency } = deployed;
  const path = join(unpacked(hosting.folder, name, deployed.code), 'index.mjs');
  const env = () => ({ ...environmentVariables, ...addresses(deployed) });
  const destination = onFailure?.split('/').at(-1);
  return {
    name,
    timeoutMs: timeout * 1000,
    memoryMb: memorySize,
    body: bundleBody(path, { clock: fc.clock, clockScale: 1, env }),
    mayDo: rightsOf(hosting.management, deployed.role),
    ...(asyncRetries === undefined ? {} : { asyncRetries }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(destination === undefined ? {} : { onFailure: destination }),
    ...triggersOf(deployed),
  };
}

function triggersOf({ triggers }: SimFunction): Pick<FunctionSpec, 'http' | 'timer'> {
  const http = triggers.find(({ type, config }) => type === 'http' && config.disableURLInternet !== true);
  const timer = triggers.find(({ type, config }) => type === 'timer' && config.enable === true);
  return {
    ...(http === undefined ? {} : { http: { methods: http.config.methods as string[] } }),
    ...(timer === undefined
      ? {}
      : {
          timer: {
            name: timer.name,
            cron: String(timer.config.cronExpression),
            payload: String(timer.config.payload),
          },
        }),
  };
}

interface Document {
  readonly Statement: readonly { readonly Effect: string; readonly Action: readonly string[] }[];
}

/** Asked anew each time: a role may change. A role that is not there may do nothing. */
export function rightsOf({ roles }: ManagementState, arn: string): (action: string) => boolean {
  const name = arn.split('/').at(-1) ?? '';
  return (action) =>
    [...(roles.get(name)?.policies.values() ?? [])].some((document) => allows(document, action));
}

export const allows = (document: unknown, action: string): boolean =>
  (document as Document).Statement.some(
    ({ Effect, Action }) => Effect === 'Allow' && Action.includes(action),
  );

/** Each code has a folder of its own: what runs keeps its files while the next one is put in place. */
function unpacked(folder: string, name: string, code: Buffer): string {
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 12);
  const target = join(folder, `${name}-${hash}`);
  if (existsSync(target)) return target;
  for (const [path, bytes] of Object.entries(unzipSync(code))) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), bytes);
  }
  return target;
}
