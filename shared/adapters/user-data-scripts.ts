/** The scripts as files: from `userdata/` in the repository, or from the copy that the build lays beside a function. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BakeScripts } from '../runner/images/bake.ts';
import type { UserDataScripts } from '../runner/user-data.ts';

export function readUserDataScripts(folder: string): UserDataScripts {
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  return {
    install: text('install.sh'),
    docker: text('docker.sh'),
    mirrors: text('mirrors.sh'),
    jobStarted: text('job-started.sh'),
    job: text('job.sh'),
    tools: text('tools.sh'),
    standBy: text('stand-by.sh'),
    usage: text('usage.sh'),
    debug: text('debug.sh'),
    selfDestruct: text('self-destruct.sh'),
    run: text('run.sh'),
  };
}

export function readBakeScripts(folder: string): BakeScripts {
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  const [install, docker] = [text('install.sh'), text('docker.sh')];
  return { install, docker, bake: text('bake.sh'), bakeTest: text('bake-test.sh') };
}
