#!/usr/bin/env bash
# Makes a machine ready for jobs: what it lacks is installed, what would disturb a job is switched off. Run it as often
# as you like: the second time it finds nothing to do, and an image that holds its result is left alone. Stands above
# run.sh.
# shellcheck disable=SC2154,SC2310 # The launcher has the list. Who is asked whether it succeeded stops by itself where it must.
set -euo pipefail

# a test's own root folder; empty on an instance
readonly ROOT="${CI_RUNNER_ROOT:-}"
# in memory, root's alone: gone after a reboot
readonly RUN="${ROOT}/run/ci-runner"
readonly SHARED="${ROOT}/opt/ci-runner" # root's, and the job reads it
readonly RUNNER_HOME="${ROOT}/opt/actions-runner"
readonly TOOL_CACHE="${ROOT}/opt/hostedtoolcache"
# A boot's last minute is for the runner; what a machine can do without is waited for no longer than the other.
readonly PATIENCE_SECONDS=$((${BOOT_SECONDS:?} - 60)) WANTED_SECONDS="${WANTED_SECONDS:-30}"

# The recipe is a hash of all that would be done here, but for the runner, which has a version of its own.
is_installed() {
  [[ -r "${SHARED}/recipe" && "$(<"${SHARED}/recipe")" == "${RECIPE:?}" ]]
}

install_all() {
  if is_installed; then
    log 'install.in_image'
    return 0
  fi
  make_tool_cache
  install_packages
  if [[ ! -e "${SHARED}/missing" ]]; then put /opt/ci-runner/recipe "${RECIPE}"; fi
  log 'install.done'
}

# What holds a lock that a job's apt-get meets, or restarts services under a job. Also what the image lacks, which a job
# may install. Without a reload, which is the caller's.
silence_timers() {
  local -a units=({apt-daily,apt-daily-upgrade,dnf-makecache,dnf-automatic{,-install,-download,-notifyonly}}.{timer,service}
    {unattended-upgrades,packagekit,yum-cron}.service)
  systemctl --quiet --no-reload mask "${units[@]}" || true
  systemctl --quiet --no-block stop "${units[@]}" || true
}

# What GitHub's own machines have, as far as a job can tell (actions/runner-images, configure-*.sh).
write_settings() {
  # Since 24.04, Ubuntu restarts each service that uses an upgraded library: ours would take the machine with it.
  # shellcheck disable=SC2016 # needrestart's own Perl.
  put /etc/needrestart/conf.d/zz-ci-runner.conf '$nrconf{override_rc}->{qr(^ci-runner)} = 0;'
  put /etc/apt/apt.conf.d/90ci-runner 'APT::Get::Assume-Yes "true";
Acquire::Retries "3";
DPkg::Lock::Timeout "120";
Dpkg::Options { "--force-confdef"; "--force-confold"; };'
  put /etc/sysctl.d/90-ci-runner.conf 'vm.max_map_count=262144
fs.inotify.max_user_watches=655360
fs.inotify.max_user_instances=1280'
  # a container has no say in them
  sysctl --quiet --load="${ROOT}/etc/sysctl.d/90-ci-runner.conf" || true
  ln --symbolic --force /usr/share/zoneinfo/UTC "${ROOT}/etc/localtime"
  # Debian's second place for it: programs that find two zones take neither.
  if [[ -e "${ROOT}/etc/timezone" ]]; then put /etc/timezone Etc/UTC; fi
}

# put PATH TEXT
put() {
  mkdir --parents "${ROOT}${1%/*}"
  printf '%s\n' "$2" >"${ROOT}$1"
}

# An image may have the user, or a group of that name, or the home of one that is gone; or, made of a machine of ours, what
# that one's jobs were allowed. The home of a service may be no home: what is the system's must not become the runner's.
prepare_user() {
  local entry owner ids
  local -a group=()
  if ! id runner >/dev/null; then
    if getent group runner >/dev/null; then group=(--gid runner); fi
    useradd --create-home --shell /bin/bash "${group[@]}" runner
  fi
  entry=$(getent passwd runner)
  IFS=: read -r _ _ RUNNER_UID RUNNER_GID _ RUNNER_USER_HOME _ <<<"${entry}"
  if [[ ! "${RUNNER_USER_HOME#"${ROOT}"}" =~ ^/(home|opt|srv|var/[a-z]+)/[^./] ]]; then
    RUNNER_USER_HOME="${ROOT}/home/runner"
    usermod --home "${RUNNER_USER_HOME}" runner
  fi
  mkdir --parents "${RUNNER_USER_HOME}"
  owner=$(stat --format=%u "${RUNNER_USER_HOME}")
  if [[ "${owner}" != "${RUNNER_UID}" ]]; then
    chown --recursive "${RUNNER_UID}:${RUNNER_GID}" "${RUNNER_USER_HOME}"
  fi
  rm --force "${ROOT}/etc/sudoers.d/ci-runner"
  entry=$(getent group docker) || true
  if [[ ",${entry##*:}," == *,runner,* ]]; then gpasswd --delete runner docker; fi
  # Rootless containers ask for them; far above what useradd gives by itself.
  for entry in subuid subgid; do
    ids=$(cat "${ROOT}/etc/${entry}" 2>/dev/null) || true
    if [[ $'\n'"${ids}" != *$'\n'runner:* ]]; then put "/etc/${entry}" "${ids}
runner:1000000000:65536"; fi
  done
  # Numbers: older ones take no names.
  AS_RUNNER=(setpriv --reuid="${RUNNER_UID}" --regid="${RUNNER_GID}" --init-groups)
  log "user.prepared home=${RUNNER_USER_HOME}"
}

# Prebuilt tools work at this path alone (actions/setup-python). What an image holds in it may be root's; what a job of its
# machine put there may be a link, or become one: folders alone, each from within the one above it.
make_tool_cache() {
  mkdir --parents "${TOOL_CACHE}"
  find -H "${TOOL_CACHE}" -maxdepth 2 -type d -execdir chown --no-dereference runner: {} + || log 'tool_cache.not_owned'
}

# In one transaction. No boot goes on without what is needed; what is only wanted is named to the job where it lacks.
install_packages() {
  local -a needed=() wanted=()
  local limit=${PATIENCE_SECONDS}
  rm --force "${SHARED}/missing"
  list_packages
  if [[ $((${#needed[@]} + ${#wanted[@]})) -eq 0 ]]; then return 0; fi
  # It writes down where packages come from.
  await_unit cloud-config.service
  if [[ -n "${APT_MIRROR:-}" ]]; then use_apt_mirror; fi
  log "packages.installing ${needed[*]} ${wanted[*]}"
  if [[ ${#needed[@]} -eq 0 ]]; then limit=${WANTED_SECONDS}; elif [[ ${#wanted[@]} -gt 0 ]]; then limit=$((limit / 2)); fi
  if patiently packages "${limit}" transact "${needed[@]}" "${wanted[@]}"; then return 0; fi
  limit=${WANTED_SECONDS}
  # Whatever keeps the others away: what is needed has the time that is left.
  if [[ ${#needed[@]} -gt 0 ]]; then patiently packages "$((PATIENCE_SECONDS - UP))" transact "${needed[@]}"; fi
  log "packages.missing ${wanted[*]}"
  put /opt/ci-runner/missing "${wanted[*]}"
}

# What this machine lacks, into `needed` and `wanted`. COMMAND:PACKAGE where the names differ.
list_packages() {
  local tool libraries
  local -a tools=(unzip zip jq zstd wget rsync) icu=(libicu)
  if has apt-get; then
    tools+=(xz:xz-utils ssh:openssh-client) icu=('^libicu[0-9]+$')
  else
    tools+=(xz ssh:openssh-clients)
  fi
  for tool in curl git; do has "${tool}" || needed+=("${tool}"); done
  has_certificates || needed+=(ca-certificates)
  [[ "${METADATA_OPEN:-}" == true ]] || has nft || has iptables || needed+=(nftables)
  if [[ "${SUDO:?}" == true ]]; then has sudo || needed+=(sudo); fi
  # Not by a pipe into grep, which leaves early: ldconfig would end by SIGPIPE, and that reads as "missing".
  libraries=$(ldconfig --print-cache) || true
  [[ "${libraries}" == *libicuuc* ]] || needed+=("${icu[@]}")
  if [[ "${DOCKER:?}" == true ]]; then list_docker; fi
  for tool in "${tools[@]}"; do has "${tool%:*}" || wanted+=("${tool#*:}"); done
  for tool in "${PACKAGES[@]}"; do
    has_package "${tool}" >/dev/null 2>&1 || wanted+=("${tool}")
  done
}

# dpkg still knows a package that was removed, and says so with success.
has_package() {
  # shellcheck disable=SC2016,SC2312 # dpkg's own. Of one that it never knew it says nothing.
  if has apt-get; then [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1")" == installed* ]]; else rpm --query "$1"; fi
}

# transact PACKAGE... from the mirrors that the image names: on ECS those of the region. One list that does not come
# stops nothing: what counts is whether the packages do. Only what uses the network is cut off: the rest leaves a mess. A quiet
# dnf has no word on the lists that it passes over: what they had is like what never was.
transact() {
  local -a installer=(dnf --assumeyes '--setopt=*.skip_if_unavailable=1' install) first=(--downloadonly)
  if has apt-get; then
    export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
    installer=(apt-get --quiet=2 --yes --no-install-recommends install) first=(--download-only)
  fi
  if [[ " $* " == *' docker-'@(buildx|compose)'-plugin '* ]]; then add_docker_repository || return 1; fi
  if has apt-get; then timeout --signal=TERM "${limit}" apt-get --quiet=2 update || true; fi
  timeout --signal=TERM "${limit}" "${installer[@]}" "${first[@]}" "$@" >/dev/null && "${installer[@]}" "$@" >/dev/null
}

# In order: the image's own, the mirror in the region, GitHub.
fetch_runner() {
  local marker=none
  if [[ -r "${RUNNER_HOME}/.version" ]]; then marker=$(<"${RUNNER_HOME}/.version"); fi
  if [[ " ${RUNNER_VERSIONS[*]?} " == *" ${marker} "* ]]; then
    chown runner: "${RUNNER_HOME}"
    log "runner.in_image version=${marker}"
  else
    patiently runner "${PATIENCE_SECONDS}" fetch_from_any
  fi
}

fetch_from_any() {
  local url host because said="${RUN}/said.url"
  for url in "${RUNNER_URLS[@]?}"; do
    host=${url#*//}
    host=${host%%/*}
    if fetch_from "${url}" 2>"${said}"; then
      log "runner.fetched host=${host}"
      return 0
    fi
    cat "${said}" >&2
    because=$(cause_at "${host}" "${said}")
    log "runner.not_fetched host=${host} because=${because}"
  done
  return 1
}

# fetch_from URL
fetch_from() {
  local new="${RUNNER_HOME}.new" file
  unpack "$1" "${RUNNER_SHA256:?}" "${new}" --gzip || return 1
  # The archive does not say what it is: a boot on an image that was made of this has to know.
  "${AS_RUNNER[@]}" tee "${new}/.version" <<<"${RUNNER_VERSIONS[0]}" >/dev/null || return 1
  # The image's own words to its runner.
  for file in "${RUNNER_HOME}"/.{env,path}; do
    if [[ -r "${file}" ]]; then "${AS_RUNNER[@]}" cp "${file}" "${new}" || return 1; fi
  done
  rm --recursive --force "${RUNNER_HOME}" && mv "${new}" "${RUNNER_HOME}"
}

# unpack URL SHA256 FOLDER OPTION_OF_TAR [SECONDS [AS...]]: unpacked while it comes, by a user who can do no harm; good when all of
# it was the right thing. The folder is made by root, or AS the runner where that owns what the folder is in: a job could put a
# link in its place, and whoever acts by path follows it.
unpack() {
  local sum
  "${@:6}" rm --recursive --force "$3"
  "${@:6}" install --directory --owner=runner --group="${RUNNER_GID}" "$3" || return 1
  sum=$({ download "$1" "${5:-}" | tee /dev/fd/3 | "${AS_RUNNER[@]}" tar --extract "$4" --directory="$3"; } 3>&1 | sha256sum) ||
    return 1
  if [[ "${sum%% *}" != "$2" ]]; then
    printf 'the checksum is wrong: %s\n' "$1" >&2
    return 1
  fi
}

# download URL [SECONDS]. Not with curl's own retries: it would begin again in the middle of what was taken.
download() {
  curl --fail --silent --show-error --location --connect-timeout 10 --speed-limit 50000 --speed-time 20 \
    --max-time "${2:-${FETCH_SECONDS:?}}" "$1"
}

# patiently WHAT SECONDS COMMAND...: again, with growing pauses, until it succeeds or the time is over; at once when
# nothing will change. A pause is counted, not measured.
patiently() {
  local what=$1 left=$2 pause=1 garbled=0 because said="${RUN}/said.$1"
  shift 2
  while :; do
    look_up
    left=$((left + UP))
    # In the language that cause_of reads: an image may have another.
    if LC_ALL=C "$@" 2>"${said}"; then return 0; fi
    look_up
    tail --lines=5 "${said}" >&2
    because=$(cause_of "${said}")
    # A few times is chance; so often is what lies there.
    if [[ "${because}" == *garbled ]] && ((++garbled > 4)); then because+='!'; fi
    left=$((left - UP - pause))
    if [[ "${left}" -lt 0 || "${because}" == *! ]]; then break; fi
    log "${what}.again because=${because} pause=${pause}s"
    sleep "${pause}"
    pause=$((pause < 15 ? pause * 2 : 15))
  done
  log "${what}.given_up because=${because}"
  return 1
}

# cause_at HOST FILE: the cause, and where the name leads to on this machine.
cause_at() {
  local address
  cause_of "$2"
  address=$(timeout --signal=KILL 5 getent ahosts "$1") || true
  printf ' address=%s' "${address%% *}"
}

# cause_of FILE, by what curl, apt-get and dnf say; first what may pass, because one of two ways is enough. They do not
# all say that there is no way out. Who unpacks what never came complains as well: that stands below curl's own word.
cause_of() {
  local said routes=unknown
  said=$(<"$1")
  if has ip; then routes=$(ip route show default); fi
  if [[ -z "${routes}" ]]; then said=unreachable; fi
  case "${said,,}" in
    *'not resolve'* | *'resolving '*) printf no_name_server ;;
    *unreachable* | *'no route'*) printf no_network ;;
    *'yet valid'* | *'valid yet'* | *expired*) printf clock_is_wrong ;;
    *lock*) printf database_is_locked ;;
    *'too slow'* | *' with '[1-9]*' received'*) printf slow ;;
    *'timed out'* | *timeout*) printf no_answer ;;
    *refused* | *'connect to server'*) printf connection_refused ;;
    *'failed to '[cf]* | *'could not connect'* | *'response 5'* | *'error: 5'* | *'error: 4'[02][89]* | *'reset by peer'*) printf mirror_is_away ;;
    *'checksum is wrong'* | *'not in gzip'*) printf checksum! ;;
    *' 407'*) printf proxy_407! ;;
    *certificate*) printf certificate! ;;
    *'error: 4'* | *'response 4'*) printf refused! ;;
    *'format violated'* | *'unexpected e'* | *'crc error'*) printf download_is_garbled ;;
    *'no space'* | *'writing'*) printf disk_is_full! ;;
    *'failed to d'*) printf mirror_is_away ;;
    *'unable to '[lf]* | *'no installation'*) printf no_such_package! ;;
    *) printf unknown ;;
  esac
}

# await_unit UNIT: until what the boot has in store for it is over; it is not started by this.
await_unit() {
  timeout --signal=KILL 180 systemd-run --quiet --wait --collect --property="After=$1" true || true
}

# Into UP: the seconds since it was called first. By the kernel: bash's own SECONDS go by the clock, which we set where it is
# far off, and others at any time.
look_up() {
  IFS=. read -r UP _ </proc/uptime
  UP=$((UP - ${BEGAN:=${UP}}))
}

# Whether the command is there.
has() { command -v "$1" >/dev/null; }

# Nothing that is asked for by https is believed without them, by the runner neither: ca-certificates.crt, dnf's ca-bundle.crt.
has_certificates() { compgen -G "${ROOT}/etc/ssl/certs/ca-*.crt" >/dev/null; }

# The trace of a boot: one line a step, on the serial console, too. Never a reason to fail.
log() {
  local now
  TZ=UTC printf -v now '%(%FT%TZ)T' -1
  look_up
  printf '%s +%ss %s\n' "${now}" "${UP}" "$*" |
    tee --append "${ROOT}/var/log/user-data.log" "${ROOT}/dev/console" >/dev/null 2>&1 || return 0
}
