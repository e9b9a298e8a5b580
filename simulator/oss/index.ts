/** Object storage on the desk. */
export { createOss, type Oss, type OssFault, type OssOptions } from './oss.ts';
export { type ServedOss, serveOss } from './serve.ts';
