/** Runs Serverless Devs; what it prints is passed on without secrets. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { AccessKey } from '../../shared/adapters/alibaba/acs3.ts';
import { toolHome } from './tool-home.ts';

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

export function serverlessDevs(options: ServerlessDevs): Promise<number> {
  const { accessKeyId, accessKeySecret, securityToken } = options.accessKey;
  const child = spawn(options.command, ['deploy', '-y', '-t', options.file], {
    cwd: options.root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...options.variables,
      serverless_devs_config_home: toolHome(options.root),
      AccountID: options.accountId,
      AccessKeyID: accessKeyId,
      AccessKeySecret: accessKeySecret,
      ...(securityToken === null ? {} : { SecurityToken: securityToken }),
    },
  });
  const hidden = [...options.secrets, accessKeySecret, ...(securityToken === null ? [] : [securityToken])];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => options.say(redact(line, hidden)));
  return new Promise((resolve) => {
    child.on('error', (error) => {
      options.say(`Serverless Devs could not be started: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Tools print variables in many ways; line breaks may be shown as such. */
export function redact(line: string, secrets: readonly string[]): string {
  const pieces = secrets.flatMap((secret) => [
    secret,
    ...secret.split(/\\n|\n/).filter((part) => part.length > 20),
  ]);
  return pieces.reduce((text, piece) => text.replaceAll(piece, '***'), line);
}
