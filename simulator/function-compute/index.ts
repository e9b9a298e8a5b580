/** Function Compute, simulated: in process on a virtual clock, and on the wire. */
export { type BundleOptions, bundleBody } from './bundle-body.ts';
export { createFunctionCompute, FunctionCompute, type FunctionComputeOptions } from './function-compute.ts';
export type { HttpReply, HttpRequest } from './http-trigger.ts';
export { abandonWhenKilled, type Life } from './life.ts';
export type { Body, Context, Faults, FunctionSpec, Host, InvocationEvent } from './model.ts';
export { inProcessQueue } from './queue.ts';
export { type ServedFunctionCompute, serveFunctionCompute } from './wire.ts';
