/** GitHub on loopback and in process. */

export { createGitHub, type SimGitHub } from './github.ts';
export type { DeliveryFault, OutgoingDelivery, RunnerListener, SimJob, SimRun } from './model.ts';
export type { JobPlan } from './plans.ts';
export { ConfigRefused, type RunnerSession } from './runs/sessions.ts';
export { type ServedGitHub, serveGitHub } from './serve.ts';
export type { GitHubOptions } from './state.ts';
export type { Fault } from './wire.ts';
