/** What a boot says on its serial console, read as far as it says anything: pure. */

export interface Trace {
  /** Event of `userdata/boot.sh` → when, by the machine's clock. The first of each. */
  readonly events: ReadonlyMap<string, { readonly atMs: number; readonly words: string }>;
  /** What PROBE said: `name=value`. */
  readonly probes: ReadonlyMap<string, string>;
}

/** Kernel and cloud-init write in between, and may begin a line of ours with a time of theirs. */
const EVENT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) \+\d+s ([a-z_]+(?:\.[a-z_]+)?)(?: (.*))?$/;
const PROBED = /\bprove ([a-z_]+)=([\w.:/-]{0,100})$/;

export function readTrace(text: string): Trace {
  const events = new Map<string, { atMs: number; words: string }>();
  const probes = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, time = '', event = '', words = ''] = EVENT.exec(line) ?? [];
    if (event !== '' && !events.has(event)) events.set(event, { atMs: Date.parse(time), words });
    const [, name = '', value = ''] = PROBED.exec(line) ?? [];
    if (name !== '') probes.set(name, value);
  }
  return { events, probes };
}

/** Bash, run as root by the boot after its stop is armed; one line an answer, and never a reason to fail. */
export const PROBE = `say() { printf 'prove %s\\n' "$*" >>/dev/console 2>/dev/null || true; }
m=http://100.100.100.200/latest
if command -v curl >/dev/null; then
  say "metadata_without_token=$(curl --silent --noproxy '*' --max-time 3 --output /dev/null --write-out '%{http_code}' $m/meta-data/instance-id || true)"
  t=$(curl --silent --noproxy '*' --max-time 3 --request PUT --header 'X-aliyun-ecs-metadata-token-ttl-seconds: 60' $m/api/token || true)
  say "metadata_with_token=$(curl --silent --noproxy '*' --max-time 3 --output /dev/null --write-out '%{http_code}' --header "X-aliyun-ecs-metadata-token: $t" $m/meta-data/instance-id || true)"
fi
if command -v apt-get >/dev/null; then
  if timeout 90 apt-get --quiet=2 update >/dev/null 2>&1; then say packages=fetched; else say packages=failed; fi
elif command -v dnf >/dev/null; then
  if timeout 90 dnf --quiet makecache >/dev/null 2>&1; then say packages=fetched; else say packages=failed; fi
fi`;
