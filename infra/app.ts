/** Every stack of a deployment, as templates. Needs no network and no credentials. */
import * as ros from '@alicloud/ros-cdk-core';
import type { Config } from '../shared/config/config.ts';
import type { WorkflowTrust } from '../shared/github-trust.ts';
import { ControlStack } from './control-stack.ts';
import { nameMistakes, namesOf } from './names.ts';
import { PlacementStack } from './placement-stack.ts';
import type { Scope } from './policies.ts';

export interface Template {
  readonly stackName: string;
  readonly region: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a deploy finds out, and a template alone cannot know. */
export interface Found {
  readonly formerRegions?: readonly string[];
  /** Null or absent: by what is known of GitHub, without the repository's ids. */
  readonly workflow?: WorkflowTrust | null;
}

/** Placements first: the control stack's policies name what they make. Throws when a service would refuse a name. */
export function synthesise(
  config: Config,
  secrets: Scope['secrets'],
  outdir: string,
  { formerRegions = [], workflow = null }: Found = {},
): Template[] {
  const mistakes = nameMistakes(config);
  if (mistakes.length > 0) throw new Error(`names are wrong\n${mistakes.join('\n')}`);
  const app = new ros.App({ outdir });
  const names = namesOf(config);
  const placements = config.placements.filter(
    ({ network, mirrorBucket }) => network !== null || mirrorBucket !== null,
  );
  for (const placement of placements) new PlacementStack(app, config, placement);
  new ControlStack(app, { config, secrets, formerRegions, workflow });
  const assembly = app.synth();
  const templateOf = (stackName: string, region: string): Template => ({
    stackName,
    region,
    body: assembly.getStackByName(stackName).template as Template['body'],
  });
  return [
    ...placements.map((placement) => templateOf(names.placementStack(placement), placement.region)),
    templateOf(names.controlStack, config.control.region),
  ];
}
