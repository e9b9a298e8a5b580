/** What the log of a job with the label `debug` says, at its begin and its end: that it fails nobody knows before it has. */

/** The hook, with a line before it; in bash, as user `runner`. `seconds` 0: the job has no such label. */
export function withDebugLine(hook: string | null, seconds: number): string | null {
  if (seconds === 0) return hook;
  const line = `printf 'Label debug: if this job fails, its machine stays for ${seconds / 60} minutes. For operators, a shell on it: npm run connect -- %s (with the package: npx aliyun-spot-runners connect %s); for longer: npm run keep -- %s 2h\\n' "\${RUNNER_NAME:-}" "\${RUNNER_NAME:-}" "\${RUNNER_NAME:-}"`;
  return hook === null ? line : `${line}\n${hook}`;
}
