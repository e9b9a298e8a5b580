/** GitHub on loopback and in process. */

export { createGitHub, type SimGitHub } from './github.ts';
export type { RunnerListener } from './listener.ts';
export type { DeliveryFault, OutgoingDelivery, SimJob, SimRun } from './model.ts';
export type { JobPlan } from './runs/plans.ts';
export { ConfigRefused, type RunnerSession } from './runs/sessions.ts';
export { type ServedGitHub, serveGitHub } from './serve.ts';
export type { GitHubOptions } from './state.ts';
export type { Fault } from './wire.ts';
