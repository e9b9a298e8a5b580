/** The end of the runner's own log and its worker's, of a machine that lives: for root, by Cloud Assistant. */

/** Cloud Assistant takes 24 KB of a script's output (API reference DescribeInvocationResults). */
const PART_MAX_BYTES = 11_000;

/**
 * The folder is the job's to write, so user `runner` reads it: a link there leads no further than the job itself could
 * look. Only files, and not for long: a pipe would have no end. Exits with 3 where there is none.
 */
export const DIAG_SCRIPT = `#!/bin/sh
cd /opt/actions-runner/_diag 2>/dev/null || exit 3
exec setpriv --reuid="$(id -u runner)" --regid="$(id -g runner)" --init-groups timeout 20 sh -c '
for kind in Worker Runner; do
  newest=""
  for file in "$kind"_*.log; do [ -f "$file" ] && newest=$file; done
  [ -n "$newest" ] || continue
  echo "$newest:"
  tail -c ${PART_MAX_BYTES} -- "$newest"
  echo
done'
`;
