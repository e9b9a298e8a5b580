/** Which machines are kept for some repositories, by their profile, type or image: pure. */
import type { Config, ProfileConfig } from '../config/config.ts';
import { holds } from '../market/type-names.ts';
import type { Requirements } from '../nouns.ts';

export interface Guard {
  /** As a sentence names it, such as: the type ecs.gn7i */
  readonly what: string;
  /** The key of `runners.yaml` that keeps it. */
  readonly key: string;
  /** `owner/name` or `owner/*`: one of these alone may have it. */
  readonly repositories: readonly string[];
}

type Guarded = Pick<Requirements, 'profile' | 'type' | 'image' | 'arch'>;

/** A repository may have the machine when each of these lists it. */
export function guardsOf({ profile, type, image, arch }: Guarded, config: Config): readonly Guard[] {
  const ofProfile = config.profiles[profile ?? '']?.repositories;
  const ofImage = config.images[image]?.repositories;
  const isNamed = image !== arch; // by a label or a profile; a plain job has its architecture's
  return [
    ...(ofProfile === undefined
      ? []
      : [
          {
            what: `the profile '${profile}'`,
            key: `profiles.${profile}.repositories`,
            repositories: ofProfile,
          },
        ]),
    ...(ofImage === undefined
      ? []
      : [{ what: `the image '${image}'`, key: `images.${image}.repositories`, repositories: ofImage }]),
    ...(type === null ? [] : typeGuards(type, config)),
    ...(isNamed ? imageGuards(image, config) : []),
  ];
}

/** A family holds its types: who asks for either may get what a profile names. */
function typeGuards(type: string, config: Config): Guard[] {
  const isNaming = ({ type: own }: ProfileConfig) =>
    own !== undefined && (holds(own, type) || holds(type, own));
  const isGranting = ({ type: own }: ProfileConfig) => own !== undefined && holds(own, type);
  return byProfiles(`the type ${type}`, isNaming, isGranting, config);
}

function imageGuards(image: string, config: Config): Guard[] {
  const isNaming = ({ image: own }: ProfileConfig) => own?.toLowerCase() === image.toLowerCase();
  return byProfiles(`the image '${image}'`, isNaming, isNaming, config);
}

/** What several profiles name is for whom any of them is; what one of them leaves open is open. */
function byProfiles(
  what: string,
  isNaming: (profile: ProfileConfig) => boolean,
  isGranting: (profile: ProfileConfig) => boolean,
  { profiles }: Config,
): Guard[] {
  const granting = Object.values(profiles).filter(isGranting);
  if (granting.some(({ repositories }) => repositories === undefined)) return [];
  const granted = granting.flatMap(({ repositories }) => repositories ?? []);
  return Object.entries(profiles).flatMap(([name, profile]) =>
    profile.repositories !== undefined && isNaming(profile)
      ? [{ what, key: `profiles.${name}.repositories`, repositories: [...profile.repositories, ...granted] }]
      : [],
  );
}
