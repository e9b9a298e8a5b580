/**
 * Image Builder: a pipeline, its executions, and what comes out of them. What it costs is not played.
 * @see SDK models CreateImagePipelineRequest, DescribeImagePipelineExecutionsResponseBody
 */
import type { BuildOutcome, Execution, Pipeline } from '../builder.ts';
import type { Cloud } from '../cloud.ts';
import { listOf, type Params, refuseUnsimulated, required, tagsOf, wholeNumber } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { Region } from '../region/catalogue.ts';
import type { Image } from '../region/network.ts';

const MINUTE_MS = 60_000;
const STEPS = [
  ['BUILDING', 2 * MINUTE_MS],
  ['TESTING', 8 * MINUTE_MS],
  ['DISTRIBUTING', 4 * MINUTE_MS],
  ['RELEASING', 6 * MINUTE_MS],
] as const;
const CONTENT_MAX_BYTES = 16 * 1024;

const PLAYED = new Set(
  `RegionId Name BaseImageType BaseImage BuildContent TestContent VSwitchId InternetMaxBandwidthOut SystemDiskSize
  DeleteInstanceOnFailure ImageOptions InstanceType ResourceGroupId ToRegionId Tag ClientToken`.split(/\s+/),
);

export function createImagePipeline(cloud: Cloud, region: Region, params: Params): object {
  refuseUnsimulated(params, PLAYED);
  const repeated = [...cloud.builder.pipelines.values()].find(
    (each) => params.ClientToken !== undefined && each.params.ClientToken === params.ClientToken,
  );
  if (repeated !== undefined) return { ImagePipelineId: repeated.id };
  checkWords(region, params);
  const base = baseOf(region, params);
  const type = params.InstanceType === undefined ? undefined : region.types.get(params.InstanceType);
  // The type that it takes by itself is an x86 one.
  if ((type?.arch ?? 'amd64') !== base.arch) throw new EcsRefusal('ImageNotSupportInstanceType');
  const id = `ip-${region.id}-${++cloud.builder.made}`;
  const name = required(params, 'Name');
  cloud.builder.pipelines.set(id, { id, region: region.id, name, base, params, executions: [] });
  return { ImagePipelineId: id };
}

function checkWords(region: Region, params: Params): void {
  for (const name of ['BuildContent', 'TestContent'])
    if (Buffer.byteLength(params[name] ?? '') > CONTENT_MAX_BYTES)
      throw new EcsRefusal('InvalidParameter', `${name} is too long.`);
  if (!/^[A-Za-z][A-Za-z0-9:_.-]{1,63}$/.test(params['ImageOptions.ImageName'] ?? ''))
    throw new EcsRefusal('InvalidParameter', 'ImageOptions.ImageName is not valid.');
  wholeNumber(params, 'SystemDiskSize', { min: 20, max: 500, fallback: 40 });
  if (!region.network.vSwitches.has(required(params, 'VSwitchId')))
    throw new EcsRefusal('InvalidVSwitchId.NotFound');
}

function baseOf({ network }: Region, params: Params): Image {
  const base = required(params, 'BaseImage');
  const isFamily = required(params, 'BaseImageType') === 'IMAGE_FAMILY';
  const found = network.images.findLast(({ id, family }) => (isFamily ? family : id) === base);
  if (found === undefined) throw new EcsRefusal('InvalidImageId.NotFound');
  return found;
}

export function pipelineOf(cloud: Cloud, region: Region, params: Params): Pipeline {
  const found = cloud.builder.pipelines.get(required(params, 'ImagePipelineId'));
  if (found?.region !== region.id) throw new EcsRefusal('InvalidImagePipeline.NotFound', undefined, 404);
  return found;
}

export function startImagePipelineExecution(cloud: Cloud, region: Region, params: Params): object {
  const pipeline = pipelineOf(cloud, region, params);
  const isRunning = pipeline.executions.some(({ status }) => !ENDED.has(status));
  if (isRunning) throw new EcsRefusal('IncorrectImagePipelineStatus', undefined, 403);
  const id = `exec-${region.id}-${++cloud.builder.made}`;
  const execution: Execution = {
    id,
    atMs: cloud.clock.nowMs(),
    status: 'PREPARING',
    imageId: '',
    message: '',
  };
  pipeline.executions.push(execution);
  run(cloud, pipeline, execution, cloud.builder.outcomes.shift() ?? 'good', 0);
  return { ExecutionId: id };
}

const ENDED = new Set(['SUCCESS', 'PARTITION_SUCCESS', 'FAILED', 'TEST_FAILED', 'CANCELLED']);

/** One step after the other; the image is there before it is tested, and stays when its test fails. */
function run(
  cloud: Cloud,
  pipeline: Pipeline,
  execution: Execution,
  outcome: BuildOutcome,
  at: number,
): void {
  const step = STEPS[at];
  if (step === undefined) {
    execution.status = outcome === 'no-copies' ? 'PARTITION_SUCCESS' : 'SUCCESS';
    return;
  }
  cloud.clock.after(step[1], () => {
    if (execution.status === 'CANCELLED') return;
    execution.status = step[0];
    if (step[0] === 'TESTING') execution.imageId = add(cloud, pipeline, execution, pipeline.region, outcome);
    if (step[0] === 'RELEASING' && outcome !== 'no-copies') copy(cloud, pipeline, execution, outcome);
    const failure = FAILURES[outcome];
    if (failure?.at === step[0]) Object.assign(execution, failure.as);
    else run(cloud, pipeline, execution, outcome, at + 1);
  });
}

type Failure = { readonly at: string; readonly as: Pick<Execution, 'status' | 'message'> };

/** One whose build fails never comes to its test. */
const FAILURES: Partial<Record<BuildOutcome, Failure>> = {
  'no-network': { at: 'BUILDING', as: { status: 'FAILED', message: 'runner.given_up because=no_network' } },
  'script-fails': { at: 'BUILDING', as: { status: 'FAILED', message: 'exit code 1' } },
  'test-fails': { at: 'DISTRIBUTING', as: { status: 'TEST_FAILED', message: 'the runner does not start' } },
};

function copy(cloud: Cloud, pipeline: Pipeline, execution: Execution, outcome: BuildOutcome): void {
  for (const region of listOf(pipeline.params, 'ToRegionId'))
    if (region !== pipeline.region) add(cloud, pipeline, execution, region, outcome);
}

function add(
  cloud: Cloud,
  pipeline: Pipeline,
  execution: Execution,
  regionId: string,
  outcome: BuildOutcome,
) {
  const region = cloud.regions.get(regionId);
  if (region === undefined) return '';
  const number = ++cloud.builder.made;
  const [id, snapshotId] = [`m-baked-${number}`, `s-baked-${number}`];
  const { params, base } = pipeline;
  const tags = tagsOf(
    Object.fromEntries(
      Object.entries(params).flatMap(([name, value]) =>
        name.startsWith('ImageOptions.ImageTags.')
          ? [[name.replace('ImageOptions.ImageTags', 'Tag'), value]]
          : [],
      ),
    ),
  );
  region.network.snapshots.add(snapshotId);
  region.network.images.push({
    ...{ id, family: null, arch: base.arch, isPublic: false },
    ...(outcome === 'broken' || outcome === 'silent' ? { fault: outcome } : {}),
    sizeGiB: Number(params.SystemDiskSize ?? '40'),
    // As of a snapshot: whether that of its base is taken over, nobody says.
    imds: 'v1',
    made: {
      name: `${params['ImageOptions.ImageName']}_${execution.id}`,
      tags: new Map(tags.map(({ key, value }) => [key, value ?? ''])),
      atMs: cloud.clock.nowMs(),
      snapshotId,
    },
  });
  return id;
}

/** In which states it is taken is not documented: here only while it builds. The image of one that came so far stays. */
export function cancelImagePipelineExecution(cloud: Cloud, region: Region, params: Params): object {
  const id = required(params, 'ExecutionId');
  const here = [...cloud.builder.pipelines.values()].filter((each) => each.region === region.id);
  const execution = here.flatMap(({ executions }) => executions).find((each) => each.id === id);
  if (execution === undefined) throw new EcsRefusal('InvalidExecutionId.NotFound', undefined, 404);
  if (execution.status !== 'BUILDING') throw new EcsRefusal('IncorrectExecutionStatus', undefined, 403);
  execution.status = 'CANCELLED';
  return {};
}

export function deleteImagePipeline(cloud: Cloud, region: Region, params: Params): object {
  cloud.builder.pipelines.delete(pipelineOf(cloud, region, params).id);
  return {};
}
