/** What a workflow may do that deploys new code: change our functions, and look at what `infra/` made. */
import type { Config } from '../shared/config/config.ts';
import { FUNCTION_KINDS, functionPlaces, namesOf } from './names.ts';
import type { Permission } from './policies.ts';

/** Infrastructure itself, roles above all, is changed by a person. */
export function deployPermissions(config: Config, accountId: string): Permission[] {
  const names = namesOf(config);
  const { region } = config.control;
  const functions = functionPlaces(config).flatMap((place) => {
    const name = `acs:fc:${place.region}:${accountId}:functions/${place.name}`;
    return [name, `${name}/*`];
  });
  const roles = FUNCTION_KINDS.map((kind) => `acs:ram::${accountId}:role/${names.roleOf(kind)}`);
  const stacks = [
    `acs:ros:${region}:${accountId}:stack/*`,
    ...config.placements.map((placement) => `acs:ros:${placement.region}:${accountId}:stack/*`),
  ];
  return [
    ...FUNCTION_ACTIONS.map((action) => ({ action: `fc:${action}`, resources: functions })),
    // Of the account: a bucket of Function Compute's own, for code on its way (component fc3 0.1.22, `uploadCodeToTmpOss`).
    { action: 'fc:GetTempBucketToken', resources: ['*'] },
    ...STACK_ACTIONS.map((action) => ({ action: `ros:${action}`, resources: [...new Set(stacks)] })),
    {
      action: 'ram:PassRole',
      resources: roles,
      condition: { StringEquals: { 'acs:Service': ['fc.aliyuncs.com'] } },
    },
  ];
}

/** FC docs, "Policies and sample policies" (3.0, 2025-06): of the asynchronous configuration RAM's names are not the API's. */
const FUNCTION_ACTIONS = [
  'CreateFunction',
  'CreateTrigger',
  'DeleteFunctionVersion',
  'GetConcurrencyConfig',
  'GetFunction',
  'GetFunctionAsyncInvokeConfig',
  'GetFunctionCode',
  'GetScalingConfig',
  'GetTrigger',
  'InvokeFunction',
  'ListFunctionVersions',
  'ListTriggers',
  'ListVpcBindings',
  'PublishFunctionVersion',
  'PutConcurrencyConfig',
  'PutFunctionAsyncInvokeConfig',
  'UpdateFunction',
  'UpdateTrigger',
];
const STACK_ACTIONS = ['GetStack', 'GetTemplate', 'ListStacks'];
