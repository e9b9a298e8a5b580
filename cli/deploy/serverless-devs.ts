/** Runs Serverless Devs; what it prints is passed on without secrets. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { AccessKey } from '../../shared/adapters/alibaba/acs3.ts';
import { proxyFor } from '../shared/proxy.ts';
import { leaveNoTrace, toolHome } from './tool-home.ts';

export interface ServerlessDevs {
  /** The program. */
  readonly command: string;
  readonly root: string;
  /** Relative to `root`; its code paths count from there. */
  readonly file: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly accountId: string;
  readonly accessKey: AccessKey;
  readonly say: (line: string) => void;
}

/** The component fc3 0.1.22 gives its clients of Function Compute and OSS no proxy. Null: there is none, or nobody is asked out there. */
export function whyStraight(variables: Readonly<Record<string, string | undefined>>): string | null {
  const isReal = !variables.ALIBABA_ENDPOINT;
  return isReal && proxyFor(new URL('https://oss-accelerate.aliyuncs.com'), variables) !== null
    ? 'Serverless Devs, which brings the functions to Function Compute, goes past your proxy: this machine must reach *.aliyuncs.com without it, or that step fails (docs/install.md).'
    : null;
}

export function serverlessDevs(options: ServerlessDevs): Promise<number> {
  const { accessKeySecret, securityToken } = options.accessKey;
  const child = spawn(options.command, ['deploy', '-y', '-a', ACCESS, '-t', options.file], {
    cwd: options.root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...withoutOthers(process.env),
      ...options.variables,
      serverless_devs_config_home: toolHome(options.root),
      // Which the component loads by itself, and would load the newest of (@serverless-devs/load-component 0.0.9).
      core_load_serverless_devs_component: 'fc3-domain@0.0.29',
      [ACCESS]: JSON.stringify(accessOf(options)),
    },
  });
  // Ctrl-C ends this process at once, and what still ran would write on.
  const leave = () => {
    child.kill('SIGKILL');
    leaveNoTrace(options.root);
  };
  process.once('exit', leave);
  const hidden = [...options.secrets, accessKeySecret, ...(securityToken === null ? [] : [securityToken])];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      if (!POINTS_TO_LOGS.test(line)) options.say(redact(line, hidden));
    });
  return new Promise((resolve) => {
    child.on('error', (error) => {
      options.say(`Serverless Devs could not be started: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code) => {
      process.off('exit', leave);
      leaveNoTrace(options.root);
      resolve(code ?? 1);
    });
  });
}

/**
 * The variable that holds the key, and its name for `-a`. As @serverless-devs/s 3.1.10 reads it: a variable that ends so is a key with
 * its session's token. Of `AccessKeyID` and its like it takes no token, and these come first.
 */
export const ACCESS = 'runners_serverless_devs_key';
/** Its logs do not stay. */
const POINTS_TO_LOGS = /^(A complete log of this run can be found in|Logs): /;
const OTHERS = new Set([
  'AccountID',
  'AccessKeyID',
  'AccessKeySecret',
  'serverless_devs_access_cicd_alias_name',
]);

const withoutOthers = (variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !OTHERS.has(name)));

const accessOf = ({ accountId, accessKey }: ServerlessDevs) => ({
  AccountID: accountId,
  AccessKeyID: accessKey.accessKeyId,
  AccessKeySecret: accessKey.accessKeySecret,
  ...(accessKey.securityToken === null ? {} : { SecurityToken: accessKey.securityToken }),
});

/** Tools print variables in many ways; line breaks may be shown as such. */
export function redact(line: string, secrets: readonly string[]): string {
  const pieces = secrets.flatMap((secret) => [
    secret,
    ...secret.split(/\\n|\n/).filter((part) => part.length > 20),
  ]);
  return pieces.reduce((text, piece) => text.replaceAll(piece, '***'), line);
}
