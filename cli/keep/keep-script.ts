/** What a machine is told that is to stay, or to stay no more: for root, by Cloud Assistant. May be run twice. */

/** `untilMs` 0: it is to stay no more. Exits with 3 where the machine's own script cannot stay, with 4 where it is powering off. */
export const keepScript = (untilMs: number): string => `#!/bin/sh
[ -e /run/ci-runner/stay.sh ] || exit 3
printf '%s\\n' ${Math.ceil(untilMs / 1000)} >/run/ci-runner/keep.new && mv /run/ci-runner/keep.new /run/ci-runner/keep || exit 1
if [ "$(systemctl is-system-running)" = stopping ]; then exit 4; fi
`;
