/** What the reaper may do so that images bake themselves: nothing where none does. */
import { TAG } from '../shared/names.ts';
import { bakedNames, bakeryOf } from '../shared/runner/bake.ts';
import type { Permission, Scope } from './permission.ts';

/**
 * Builds are begun in one region, as pipelines of ours; an image, and a snapshot, is changed or deleted only with our
 * tag. That the service-linked role of Image Builder is there is a person's to see to: no function changes rights.
 */
export function baking({ config, accountId }: Scope): Permission[] {
  if (bakedNames(config).length === 0) return [];
  const pipelines = [`acs:ecs:${bakeryOf(config).region}:${accountId}:imagepipeline/*`];
  const inEach = (kind: string) =>
    config.placements.map(({ region }) => `acs:ecs:${region}:${accountId}:${kind}/*`);
  const ours = { StringEquals: { [`acs:ResourceTag/${TAG.deployment}`]: [config.name] } };
  return [
    ...PIPELINE_ACTIONS.map((action) => ({ action: `ecs:${action}`, resources: pipelines })),
    { action: 'ecs:DescribeImages', resources: inEach('image') },
    { action: 'ecs:ModifyImageAttribute', resources: inEach('image'), condition: ours },
    { action: 'ecs:DeleteImage', resources: inEach('image'), condition: ours },
    { action: 'ecs:DeleteSnapshot', resources: inEach('snapshot'), condition: ours },
  ];
}

const PIPELINE_ACTIONS = [
  'CreateImagePipeline',
  'DeleteImagePipeline',
  'DescribeImagePipelineExecutions',
  'DescribeImagePipelines',
  'StartImagePipelineExecution',
];
