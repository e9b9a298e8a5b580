/** Image Builder's pipelines and their executions, looked up. */
import * as z from 'zod';
import { TAG } from '../../names.ts';
import type { Listing } from '../../nouns.ts';
import { IMAGE_PAGES_MAX } from '../../runner/images/image-limits.ts';
import { walkPages } from '../alibaba/pages.ts';
import { isNamedLikeOurs } from './image-list.ts';
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

/** Null: there is none. Throws where not all of those that ECS finds by the name were seen. */
export async function pipelineId(region: string, name: string, world: LookUpWorld): Promise<string | null> {
  const { pages, complete } = await allPages(
    Pipelines,
    'DescribeImagePipelines',
    { Name: name },
    { region, world },
  );
  const all = pages.flatMap(({ ImagePipeline }) => ImagePipeline?.ImagePipelineSet ?? []);
  const found = all.find(({ Name }) => Name === name);
  if (found === undefined && !complete) throw tooMany('pipelines', region);
  return found?.ImagePipelineId ?? null;
}

type Place = { readonly region: string; readonly world: LookUpWorld };

const allPages = <Answer extends { readonly NextToken?: string | undefined }>(
  answer: z.ZodType<Answer>,
  action: string,
  filter: Readonly<Record<string, string>>,
  { region, world }: Place,
) =>
  walkPages(IMAGE_PAGES_MAX, async (next) =>
    answer.parse(await ask(region, action, { ...filter, MaxResults: '100', ...next }, world)),
  );

const tooMany = (what: string, region: string) =>
  new Error(
    `${region} has more ${what} of Image Builder than ${IMAGE_PAGES_MAX * 100}: delete old ones in its console`,
  );

/** Names of those that carry this deployment's tag, and are named as its builds are. */
export async function listPipelines(region: string, world: LookUpWorld): Promise<Listing<string>> {
  const filter = { 'Tag.1.Key': TAG.deployment, 'Tag.1.Value': world.deployment };
  const place = { region, world };
  const { pages, complete } = await allPages(Pipelines, 'DescribeImagePipelines', filter, place);
  return { things: pages.flatMap((page) => namesIn(page, world.deployment)), complete };
}

/** None where its tags and its name do not say so: what we do not own is not listed, and so not deleted. */
const namesIn = ({ ImagePipeline }: z.output<typeof Pipelines>, deployment: string): string[] =>
  (ImagePipeline?.ImagePipelineSet ?? []).flatMap(({ Name, Tags }) => {
    const isOurs = Tags?.Tag?.some(
      ({ TagKey, TagValue }) => TagKey === TAG.deployment && TagValue === deployment,
    );
    return isOurs && Name !== undefined && isNamedLikeOurs(Name, deployment) ? [Name] : [];
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
          CreationTime: z.string().default(''),
        }),
      ),
    })
    .optional(),
  NextToken: z.string().optional(),
});

/** The newest, in whatever order they come; null: there is none. */
export async function executionOf(region: string, ImagePipelineId: string, world: LookUpWorld) {
  const filter = { ImagePipelineId };
  const place = { region, world };
  const { pages, complete } = await allPages(Executions, 'DescribeImagePipelineExecutions', filter, place);
  if (!complete) throw tooMany('executions', region);
  const all = pages.flatMap((page) => page.ImagePipelineExecution?.ImagePipelineExecutionSet ?? []);
  const byAge = all.toSorted((one, two) => two.CreationTime.localeCompare(one.CreationTime));
  return byAge[0] ?? null;
}
