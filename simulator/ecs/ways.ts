/** What only a real account can tell: each may be so or otherwise, and a test plays both. */
export interface Ways {
  /** Whether the same token with the same words is answered with the same instance. */
  readonly tokens: 'kept' | 'forgotten';
  /** What DeleteInstance says of one that is Pending or Starting. */
  readonly deletionWhileStarting: 'refused' | 'taken' | 'not found';
  readonly releaseTimes: 'stand' | 'dropped';
  readonly diskTags: 'set' | 'missing';
  /** Whether a launch with tags needs ecs:TagResources beside ecs:RunInstances. */
  readonly tagsNeedRight: boolean;
  /** Which types stop billing when they are asked to; those with local disks do not (SDK model StopInstanceRequest). */
  readonly economicalMode: (type: string) => boolean;
  /** Whether Cloud Assistant's agent runs on machines, as it does on Alibaba Cloud's own images. */
  readonly agents: 'running' | 'old' | 'none';
  /** Whether the account has Session Manager switched on. */
  readonly sessions: boolean;
}

/** As Alibaba Cloud's documentation has them. */
export const DOCUMENTED: Ways = {
  tokens: 'kept',
  deletionWhileStarting: 'refused',
  releaseTimes: 'stand',
  diskTags: 'set',
  tagsNeedRight: false,
  economicalMode: (type) => !/^ecs\.(?:i|d)\d/.test(type),
  agents: 'running',
  sessions: true,
};
