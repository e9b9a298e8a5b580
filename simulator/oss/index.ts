/** A simulated object storage. */
export { createOss, type Oss, type OssFault, type OssOptions } from './oss.ts';
export { ossListener, type ServedOss, serveOss } from './serve.ts';
