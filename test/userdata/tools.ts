/** The tools of an instance that is no more than a folder. */
import { spawnSync } from 'node:child_process';

/** This machine's own. */
export const REAL =
  'bash base64 cat chmod cp env grep gzip ln mkdir mkfifo mv rm sed sha1sum sha256sum tail tee touch'.split(
    ' ',
  );
/** Write down their call, and succeed. */
export const RECORDED =
  'chown systemctl useradd usermod groupadd gpasswd nft iptables ip6tables apt-get dnf rpm pgrep pkill ps docker dockerd find sync sysctl curl git sudo unzip zip jq zstd wget rsync xz ssh'.split(
    ' ',
  );

/** Writes down its call; the special ones answer as the real ones do on the path that the script takes. */
export const ANSWERS: Readonly<Record<string, string>> = {
  id: 'echo 1001',
  ip: 'echo default via 10.0.0.1',
  getent:
    'case "$1" in ahosts) echo "20.205.243.166 STREAM $2" ;; *) echo "runner:x:1001:1001::$CI_RUNNER_ROOT/home/runner:/bin/bash" ;; esac',
  stat: 'echo 1001',
  'dpkg-query': 'printf installed',
  df: 'echo Avail; echo 30000000',
  // Ten minutes lie between the notice and the end that it names.
  date: 'case "$*" in *--date=*) echo 1790000660 ;; *) echo 1790000060 ;; esac',
  ldconfig: 'echo "	libicuuc.so.72 (libc6,x86-64) => /usr/lib/libicuuc.so.72"',
  install: 'for last; do :; done; exec mkdir -p "$last"',
  // A timer is armed; a scope's process is started in it.
  'systemd-run':
    'case " $* " in *" --scope "*) while [ "$1" != -- ]; do shift; done; shift; exec "$@" ;; esac',
  timeout: 'shift 2; exec "$@"',
  // Unpacking the archive is bringing the runner.
  setpriv:
    'shift 3; case $1 in tar) cat >/dev/null; exec cp "$CI_RUNNER_ROOT/run.sh" "$CI_RUNNER_ROOT/opt/actions-runner.new/run.sh" ;; *) exec "$@" ;; esac',
  sleep: `exec ${pathOf('sleep')} 0.05`,
  curl: `case "$*" in
*termination-time*) cat "$CI_RUNNER_ROOT/notice" 2>/dev/null || exit 22 ;;
*user-data*) cat "$CI_RUNNER_ROOT/user-data" 2>/dev/null || exit 22 ;;
*100.100.100.200*) echo token ;;
*--output*) while [ $# -gt 1 ]; do if [ "$1" = --output ]; then echo a-key >"$2"; fi; shift; done ;;
*) printf '%s' "$ARCHIVE" ;;
esac`,
};

/** Calls of what goes on beside the story, at its own pace: notes, the watch over the machine, what only a job must find. */
export const BESIDE =
  /^(sleep|tee|pgrep|ldconfig) |^setpriv --reuid=65534 |^(timeout .* )?systemd-run --quiet --wait |^curl .*(100\.100\.100\.200|--head)/;

export function pathOf(name: string): string {
  return spawnSync('bash', ['-c', `type -P ${name}`], { encoding: 'utf8' }).stdout.trim();
}

/** `x86_64`, `aarch64` */
export const hostTypeOf = (): string =>
  spawnSync('bash', ['-c', 'printf "$HOSTTYPE"'], { encoding: 'utf8' }).stdout;
