/** Whether `owner/name` is covered by patterns such as `my-org/*`. GitHub compares names without case. */
export function isAllowed(repository: string, patterns: readonly string[]): boolean {
  const name = repository.toLowerCase();
  return patterns.some((pattern) => {
    const wanted = pattern.toLowerCase();
    return wanted.endsWith('/*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
  });
}
