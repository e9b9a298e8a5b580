/** One answer of GitHub's in its shape, for commands: a look-up that failed proves nothing absent. */
import type * as z from 'zod';
import {
  failed,
  type GitHubAnswer,
  type GitHubAuth,
  GitHubFailed,
  type GitHubRequest,
} from '../../shared/adapters/github/request.ts';

/** @throws {GitHubFailed} any answer but 200 in that shape, or none. */
export async function readGitHub<Shape>(
  github: GitHubRequest,
  route: string,
  params: Readonly<Record<string, unknown>>,
  auth: GitHubAuth,
  shape: z.ZodType<Shape>,
): Promise<Shape> {
  const answer = await github(route, params, auth);
  return shaped(route, answer, shape);
}

/** Of an answer that is there already. @throws {GitHubFailed} any but 200 in that shape. */
export function shaped<Shape>(route: string, answer: GitHubAnswer, shape: z.ZodType<Shape>): Shape {
  if (answer.status !== 200) throw failed(route, answer);
  const read = shape.safeParse(answer.data);
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new GitHubFailed(route, 200, `of another shape: ${wrong[0]}`);
}
