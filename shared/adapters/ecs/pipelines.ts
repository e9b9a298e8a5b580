/** Image Builder's pipelines and their executions, looked up. */
import * as z from 'zod';
import { TAG } from '../../names.ts';
import type { Listing } from '../../nouns.ts';
import { IMAGE_PAGES_MAX } from '../../runner/images/image-limits.ts';
import { walkPages } from '../alibaba/pages.ts';
import { ask, type LookUpWorld } from './look-ups.ts';

/** @see SDK model DescribeImagePipelinesResponseBody */
const Pipelines = z.object({
  ImagePipeline: z
    .object({
      ImagePipelineSet: z.array(
        z.object({
          ImagePipelineId: z.string().min(1),
          Name: z.string().optional(),
          Tags: z
            .object({ Tag: z.array(z.object({ TagKey: z.string(), TagValue: z.string() })).optional() })
            .optional(),
        }),
      ),
    })
    .optional(),
  NextToken: z.string().optional(),
});

export async function pipelineId(region: string, name: string, world: LookUpWorld): Promise<string | null> {
  const body = Pipelines.parse(await ask(region, 'DescribeImagePipelines', { Name: name }, world));
  const found = body.ImagePipeline?.ImagePipelineSet.find(({ Name }) => Name === name);
  return found?.ImagePipelineId ?? null;
}

/** Names of those that carry this deployment's tag. */
export async function listPipelines(region: string, world: LookUpWorld): Promise<Listing<string>> {
  const filter = { 'Tag.1.Key': TAG.deployment, 'Tag.1.Value': world.deployment, MaxResults: '100' };
  const { pages, complete } = await walkPages(IMAGE_PAGES_MAX, async (next) =>
    Pipelines.parse(await ask(region, 'DescribeImagePipelines', { ...filter, ...next }, world)),
  );
  return { things: pages.flatMap((page) => namesIn(page, world.deployment)), complete };
}

/** None where its tags do not say so: what we do not own is not listed. */
const namesIn = ({ ImagePipeline }: z.output<typeof Pipelines>, deployment: string): string[] =>
  (ImagePipeline?.ImagePipelineSet ?? []).flatMap(({ Name, Tags }) => {
    const isOurs = Tags?.Tag?.some(
      ({ TagKey, TagValue }) => TagKey === TAG.deployment && TagValue === deployment,
    );
    return isOurs && Name !== undefined ? [Name] : [];
  });

/** @see SDK model DescribeImagePipelineExecutionsResponseBody */
const Executions = z.object({
  ImagePipelineExecution: z
    .object({
      ImagePipelineExecutionSet: z.array(
        z.object({
          ExecutionId: z.string().min(1),
          Status: z.string(),
          ImageId: z.string().optional(),
          Message: z.string().optional(),
          ErrorInfo: z.string().optional(),
        }),
      ),
    })
    .optional(),
});

/** The newest; null: there is none. */
export async function executionOf(region: string, ImagePipelineId: string, world: LookUpWorld) {
  const body = Executions.parse(
    await ask(region, 'DescribeImagePipelineExecutions', { ImagePipelineId }, world),
  );
  return body.ImagePipelineExecution?.ImagePipelineExecutionSet[0] ?? null;
}
