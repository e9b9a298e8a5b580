/** What `npm start` plays: an organisation, its repository, and one workflow run of a dozen jobs. */
import type { JobPlan, SimGitHub, SimRun } from '../../simulator/github/index.ts';

export const REPOSITORY = 'acme/app';
const MINUTE_MS = 60_000;

/** Name, labels beside the base labels, minutes. */
const JOBS: readonly [name: string, labels: string, minutes: number][] = [
  ['lint', 'arm64 2cpu', 1],
  ['unit', 'arm64', 2],
  ['unit-x64', 'amd64', 2],
  ['build', 'arm64 16cpu', 3],
  ['build-x64', 'x64 16cpu 32gb', 3],
  ['range', 'aarch64 8-32cpu', 2],
  ['family', 'amd64 ecs.c7', 2],
  ['memory', 'amd64 4cpu 16-64gb', 2],
  ['big-disk', 'arm64 disk-100gb', 2],
  ['on-demand', 'amd64 4cpu on-demand', 1],
  ['profile', 'arm64 big', 3],
  ['linux', 'Linux ARM64 spot', 1],
];

export function createDemoOrganization(github: SimGitHub, deployment: string): number {
  github.addOrganization('acme');
  github.addRepository(REPOSITORY);
  github.addGroup({ organization: 'acme', name: `${deployment}-runners`, repositories: [REPOSITORY] });
  return github.install('acme').id;
}

export function queueDemoRun(github: SimGitHub): SimRun {
  const jobs = JOBS.map(([name, labels, minutes]) => jobPlan(name, labels.split(' '), minutes * MINUTE_MS));
  return github.queueRun({ repository: REPOSITORY, jobs });
}

export function jobPlan(name: string, labels: readonly string[], durationMs: number): JobPlan {
  return { name, labels: ['self-hosted', 'aliyun', ...labels], durationMs };
}
