/** Images by ECS Image Builder. A pipeline serves one build: its name says which, and finds it again. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { CLIENT_TOKEN_MAX_CHARS } from '../../limits.ts';
import type {
  BuildOrder,
  BuildProgress,
  BuildStart,
  Deletion,
  ImageBuilder,
} from '../../runner/images/image-builder.ts';
import { withoutSecrets } from '../../story/outside-text.ts';
import { failureOf, meaningOf } from './errors.ts';
import { listImages } from './image-list.ts';
import type { LookUpWorld } from './look-ups.ts';
import { executionOf, listPipelines, pipelineId } from './pipelines.ts';

export function ecsImages(world: LookUpWorld): ImageBuilder {
  return {
    begin: (region, order) => beginOrSayWhyNot(region, order, world),
    progress: (region, name) => progress(region, name, world),
    async forget(region, name) {
      const id = await pipelineId(region, name, world);
      if (id !== null)
        await ignoringAbsence(world.call(region, 'DeleteImagePipeline', { ImagePipelineId: id }));
    },
    cancel: (region, name) => cancel(region, name, world),
    builds: (region) => listPipelines(region, world),
    images: (region) => listImages(region, world),
    async harden(region, id) {
      const params = { ImageId: id, 'Features.ImdsSupport': 'v2' };
      await world.call(region, 'ModifyImageAttribute', params);
    },
    remove: (region, id) => deletion(world.call(region, 'DeleteImage', { ImageId: id })),
    removeSnapshot: (region, id) => deletion(world.call(region, 'DeleteSnapshot', { SnapshotId: id })),
  };
}

const Made = z.object({ ImagePipelineId: z.string().min(1) });
const Started = z.object({ ExecutionId: z.string().min(1) });

async function beginOrSayWhyNot(region: string, order: BuildOrder, world: LookUpWorld): Promise<BuildStart> {
  try {
    return { kind: 'begun', executionId: await begin(region, order, world) };
  } catch (error) {
    const failure = failureOf(error);
    const isDefinite = failure.status !== null && failure.status >= 400 && failure.status < 500;
    const passes = ['again', 'throttled', 'unknown'].includes(meaningOf(failure).meaning.kind);
    if (!isDefinite || passes) throw error;
    return { kind: 'refused', because: error instanceof Error ? error.message.slice(0, 300) : failure.code };
  }
}

/** Looked for before it is asked for: how long ECS remembers a client token, nobody says. */
async function begin(region: string, order: BuildOrder, world: LookUpWorld): Promise<string> {
  const token = (step: string) =>
    createHash('sha256').update(`${order.name}\n${step}`).digest('hex').slice(0, CLIENT_TOKEN_MAX_CHARS);
  const known = await pipelineId(region, order.name, world);
  const ImagePipelineId =
    known ??
    Made.parse(
      await world.call(region, 'CreateImagePipeline', { ...wordsOf(order), ClientToken: token('create') }),
    ).ImagePipelineId;
  const running = await executionOf(region, ImagePipelineId, world);
  if (running !== null) return running.ExecutionId;
  const words = { ImagePipelineId, ClientToken: token('start') };
  return Started.parse(await world.call(region, 'StartImagePipelineExecution', words)).ExecutionId;
}

/** @see SDK model CreateImagePipelineRequest */
function wordsOf(order: BuildOrder): Record<string, string> {
  const { name, base, instanceType, resourceGroup } = order;
  const tags = Object.entries(order.tags);
  const numbered = (prefix: string) =>
    tags.flatMap(([key, value], at) => [
      [`${prefix}.${at + 1}.Key`, key],
      [`${prefix}.${at + 1}.Value`, value],
    ]);
  return {
    Name: name,
    BaseImageType: 'id' in base ? 'IMAGE' : 'IMAGE_FAMILY',
    BaseImage: 'id' in base ? base.id : base.family,
    BuildContent: order.buildContent,
    TestContent: order.testContent,
    // Never its default, a network of its own.
    VSwitchId: order.vSwitch,
    InternetMaxBandwidthOut: String(order.bandwidthMbit),
    SystemDiskSize: String(order.diskGiB),
    DeleteInstanceOnFailure: 'true',
    'ImageOptions.ImageName': name,
    'ImageOptions.Description': `Runners of ${order.image}`,
    'ImageOptions.ImageFeatures.NvmeSupport': 'auto',
    ...(instanceType === null ? {} : { InstanceType: instanceType }),
    ...(resourceGroup === null ? {} : { ResourceGroupId: resourceGroup }),
    ...Object.fromEntries(order.toRegions.map((region, at) => [`ToRegionId.${at + 1}`, region])),
    ...Object.fromEntries([...numbered('Tag'), ...numbered('ImageOptions.ImageTags')]),
  };
}

/** With PARTITION_SUCCESS the image is there, and perhaps not each copy. */
const BUILT = new Set(['SUCCESS', 'PARTITION_SUCCESS']);
const FAILED = new Set(['FAILED', 'TEST_FAILED', 'CANCELLED']);
const hasEnded = ({ Status }: { readonly Status: string }): boolean =>
  BUILT.has(Status) || FAILED.has(Status);

async function progress(region: string, name: string, world: LookUpWorld): Promise<BuildProgress | null> {
  const id = await pipelineId(region, name, world);
  const execution = id === null ? null : await executionOf(region, id, world);
  if (execution === null) return null;
  const { Status: step, ImageId, Message, ErrorInfo } = execution;
  const kind = BUILT.has(step) ? 'built' : FAILED.has(step) ? 'failed' : 'runs';
  const said = withoutSecrets(`${Message ?? ''} ${ErrorInfo ?? ''}`.replace(/[^\P{Cc}]/gu, ' ').trim());
  return { kind, step, imageId: ImageId || null, because: said === '' ? null : said.slice(0, 300) };
}

/** In which states it may be cancelled is not documented: what is refused is told, and the state looked at again. */
async function cancel(region: string, name: string, world: LookUpWorld): Promise<string | null> {
  const id = await pipelineId(region, name, world);
  const execution = id === null ? null : await executionOf(region, id, world);
  if (execution === null || hasEnded(execution)) return null;
  try {
    await world.call(region, 'CancelImagePipelineExecution', { ExecutionId: execution.ExecutionId });
    return null;
  } catch (error) {
    const { status, code } = failureOf(error);
    if (status === null || status >= 500) throw error;
    return code;
  }
}

async function ignoringAbsence(call: Promise<unknown>): Promise<void> {
  await deletion(call);
}

/** A definite no means that it stays: it is in use, or the role may not. What is unclear is thrown. */
async function deletion(call: Promise<unknown>): Promise<Deletion> {
  try {
    await call;
    return 'gone';
  } catch (error) {
    const { code, status } = failureOf(error);
    if (code.endsWith('.NotFound')) return 'gone';
    if (status === 403 || code === 'ImageUsedByInstance') return 'kept';
    throw error;
  }
}
