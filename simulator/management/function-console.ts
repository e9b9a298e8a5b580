/** What a person gives a function in the console, and fc3 takes away or puts anew (SDK models of version 2023-03-30). */
import { functionNamed } from './function-writes.ts';
import type { ManagementState, RoaCall } from './state.ts';

type Act = (state: ManagementState, name: string, call: RoaCall) => object;

export const CONSOLE_WRITES: readonly [route: RegExp, method: string, action: string, act: Act][] = [
  [/^\/functions\/([^/]+)\/scaling-config$/, 'PUT', 'fc:PutScalingConfig', putScaling],
  [/^\/functions\/([^/]+)\/scaling-config$/, 'DELETE', 'fc:DeleteScalingConfig', removeScaling],
  [/^\/functions\/([^/]+)\/vpc-bindings\/[^/]+$/, 'DELETE', 'fc:DeleteVpcBinding', removeVpcBinding],
  [/^\/tags-v2$/, 'DELETE', 'fc:UntagResources', untag],
];

export const arnOf = (name: string): string => `acs:fc:cn-hongkong:simulated:functions/${name}`;

/** Of a path that names no function. */
export const nameIn = ({ body, query }: RoaCall): string =>
  String(body.functionName ?? listed(query.ResourceId)[0]?.split('/').at(-1));

const listed = (text = '[]') => JSON.parse(text) as string[];

function putScaling(state: ManagementState, name: string, { body }: RoaCall): object {
  functionNamed(state, name).scaling = body;
  return {};
}

function removeScaling(state: ManagementState, name: string): object {
  delete functionNamed(state, name).scaling;
  return {};
}

function removeVpcBinding(state: ManagementState, name: string, { path }: RoaCall): object {
  const one = functionNamed(state, name);
  one.vpcIds = (one.vpcIds ?? []).filter((id) => id !== path.split('/').at(-1));
  return {};
}

function untag(state: ManagementState, name: string, { query }: RoaCall): object {
  const one = functionNamed(state, name);
  one.tags = (one.tags ?? []).filter(({ key }) => !listed(query.TagKey).includes(key));
  return {};
}
