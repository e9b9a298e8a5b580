/** The scripts as files: from `userdata/` in the repository, or from the copy that the build lays beside a function. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UserDataScripts } from '../runner/user-data.ts';

export function readUserDataScripts(folder: string): UserDataScripts {
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  return {
    install: text('install.sh'),
    docker: text('docker.sh'),
    jobStarted: text('job-started.sh'),
    job: text('job.sh'),
    selfDestruct: text('self-destruct.sh'),
    run: text('run.sh'),
  };
}
