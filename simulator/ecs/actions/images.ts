/** What an account does with images of its own. */
import type { Cloud } from '../cloud.ts';
import { endedAtMs } from '../machine.ts';
import { isTrue, type Params, pageOf, refuseUnsimulated, required, tagsOf, toSecond } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { Region } from '../region/catalogue.ts';
import { pipelineOf } from './image-builder.ts';

function placeOf({ network }: Region, params: Params): number {
  const at = network.images.findIndex(({ id, isPublic }) => id === required(params, 'ImageId') && !isPublic);
  if (at < 0) throw new EcsRefusal('InvalidImageId.NotFound');
  return at;
}

/** SDK model DeleteImageRequest: without Force one that instances were made from stays. By which code is not documented. */
export function deleteImage(cloud: Cloud, region: Region, params: Params): object {
  const at = placeOf(region, params);
  const id = region.network.images[at]?.id;
  const isUsed = [...cloud.machines.values()].some(
    (machine) => machine.imageId === id && endedAtMs(machine) === null,
  );
  if (isUsed && !isTrue(params, 'Force')) throw new EcsRefusal('ImageUsedByInstance', undefined, 403);
  region.network.images.splice(at, 1);
  return {};
}

export function deleteSnapshot(_cloud: Cloud, { network }: Region, params: Params): object {
  const id = required(params, 'SnapshotId');
  if (!network.snapshots.has(id)) throw new EcsRefusal('InvalidSnapshotId.NotFound', undefined, 404);
  if (network.images.some(({ made }) => made?.snapshotId === id))
    throw new EcsRefusal('SnapshotCreatedImage', undefined, 403);
  network.snapshots.delete(id);
  return {};
}

/** From v1 to v2 only (SDK model ModifyImageAttributeRequest). */
export function modifyImageAttribute(_cloud: Cloud, region: Region, params: Params): object {
  const at = placeOf(region, params);
  const image = region.network.images[at];
  if (image !== undefined && params['Features.ImdsSupport'] === 'v2')
    region.network.images[at] = { ...image, imds: 'v2' };
  return {};
}

const PIPELINES_PLAYED = new Set(['RegionId', 'Name', 'Tag', 'MaxResults', 'NextToken']);

/** Whether `Name` must be the whole name is not documented: here a part of one finds it. */
export function describeImagePipelines(cloud: Cloud, region: Region, params: Params): object {
  refuseUnsimulated(params, PIPELINES_PLAYED);
  const wanted = tagsOf(params);
  const found = [...cloud.builder.pipelines.values()]
    .map((each) => ({ ...each, tags: tagsOf(each.params) }))
    .filter((each) => each.region === region.id && each.name.includes(params.Name ?? ''))
    .filter(({ tags }) =>
      wanted.every(({ key, value }) => tags.some((tag) => tag.key === key && tag.value === value)),
    );
  const { things, ...page } = pageOf(found, params);
  const ImagePipelineSet = things.map(({ id, name, tags }) => ({
    ...{ ImagePipelineId: id, Name: name },
    Tags: { Tag: tags.map(({ key, value }) => ({ TagKey: key, TagValue: value ?? '' })) },
  }));
  return { ImagePipeline: { ImagePipelineSet }, TotalCount: found.length, ...page };
}

const EXECUTIONS_PLAYED = new Set(['RegionId', 'ImagePipelineId', 'MaxResults', 'NextToken']);

/** In which order is not documented: here the oldest first. */
export function describeImagePipelineExecutions(cloud: Cloud, region: Region, params: Params): object {
  refuseUnsimulated(params, EXECUTIONS_PLAYED);
  const { id, executions } = pipelineOf(cloud, region, params);
  const { things, ...page } = pageOf(executions, params);
  const ImagePipelineExecutionSet = things.map((each) => ({
    ...{ ExecutionId: each.id, ImagePipelineId: id, Status: each.status },
    ...{ ImageId: each.imageId, Message: each.message, CreationTime: toSecond(each.atMs) },
  }));
  return { ImagePipelineExecution: { ImagePipelineExecutionSet }, TotalCount: executions.length, ...page };
}
