export type { Bill } from './bill.ts';
export { bigRegion, type Region, standardRegions } from './catalogue.ts';
export type { Delays, EcsOptions } from './cloud.ts';
export { createEcs, type Ecs } from './ecs.ts';
export type { Fault, FaultSource } from './faults.ts';
export { type BootDriver, type BootedMachine, type Machine, silentDriver } from './machine.ts';
export { EcsRefusal, NoAnswer } from './refusal.ts';
export { rpcSignature } from './signature.ts';
export { serveEcs, type Wire } from './wire.ts';
