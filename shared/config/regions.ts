/** Alibaba Cloud's regions. A new one is no mistake: only what looks like a misspelt one is. */

/** Alibaba Cloud docs, ECS, "Regions and zones" (edition of 2026-10-01); those that are closed to new customers left out. */
export const REGIONS = [
  ...['cn-hangzhou', 'cn-shanghai', 'cn-nanjing', 'cn-fuzhou', 'cn-wuhan-lr', 'cn-qingdao', 'cn-beijing'],
  ...['cn-zhangjiakou', 'cn-huhehaote', 'cn-wulanchabu', 'cn-shenzhen', 'cn-heyuan', 'cn-guangzhou'],
  ...['cn-chengdu', 'cn-zhongwei', 'cn-hongkong'],
  ...['ap-northeast-1', 'ap-northeast-2', 'ap-southeast-1', 'ap-southeast-3', 'ap-southeast-5'],
  ...['ap-southeast-6', 'ap-southeast-7', 'us-east-1', 'us-west-1', 'na-south-1'],
  ...['eu-west-1', 'eu-central-1', 'me-east-1', 'me-central-1'],
] as const;

const MAINLAND = /^cn-(?!hongkong$)/;

/** GitHub, Docker Hub and others are slow there, or out of reach. */
export const isMainland = (region: string): boolean => MAINLAND.test(region);

/** Numbers count regions up: they are not misspelt. */
export const wordsOf = (region: string): string => region.replace(/-\d+$/, '');
