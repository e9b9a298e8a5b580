/** GitHub on loopback and in process. */

export type { DeliveryFault, OutgoingDelivery } from './deliveries.ts';
export { createGitHub, type SimGitHub } from './github.ts';
export type { GitHubOptions, JobPlan, SimJob, SimRun } from './model.ts';
export type { RunnerListener } from './runners.ts';
export { type ServedGitHub, serveGitHub } from './serve.ts';
export { ConfigRefused, type RunnerSession } from './sessions.ts';
export type { Fault } from './wire.ts';
