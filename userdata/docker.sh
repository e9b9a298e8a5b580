#!/usr/bin/env bash
# Docker with buildx and compose, where the image lacks it. Stands above install.sh when docker is wanted.
# shellcheck disable=SC2310 # Who is asked whether it succeeded stops by itself where it must.
set -euo pipefail

# Ubuntu packages all three itself. For the others, Docker's own packages from the region's mirror.
readonly DOCKER_MIRROR=http://mirrors.cloud.aliyuncs.com/docker-ce/linux
readonly DOCKER_KEY_SHA256=1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570

# Into `needed`, where it is missing; into `wanted` what the image's own lacks.
list_docker() {
  local distribution
  local -a plugins=(docker-buildx-plugin docker-compose-plugin)
  distribution=$(os_release ID)
  if [[ "${distribution}" == ubuntu ]]; then plugins=(docker-buildx docker-compose-v2); fi
  if has dockerd; then
    docker buildx version >/dev/null || wanted+=("${plugins[0]}")
    docker compose version >/dev/null || wanted+=("${plugins[1]}")
  elif [[ "${distribution}" == ubuntu ]]; then
    needed+=(docker.io "${plugins[@]}")
  else
    needed+=(docker-ce docker-ce-cli containerd.io "${plugins[@]}")
  fi
}

# Beside the runner; the started hook waits for it. One that does not start ends what runs here.
start_docker() {
  local verb=start
  if [[ -n "${DOCKER_DAEMON_JSON?}" ]] && ! has_own_registry; then
    verb=restart
    mkdir --parents "${ROOT?}/etc/docker"
    merge_json "${ROOT}/etc/docker/daemon.json" "${DOCKER_DAEMON_JSON}"
  fi
  if [[ -n "${DOCKER_CLIENT_JSON?}" ]]; then
    "${AS_RUNNER[@]?}" mkdir --parents "${RUNNER_USER_HOME?}/.docker" || true
    merge_json "${RUNNER_USER_HOME}/.docker/config.json" "${DOCKER_CLIENT_JSON}" "${AS_RUNNER[@]}"
  fi
  if ! systemctl "${verb}" docker.service; then
    end_because 'Docker does not start on this machine'
    return 1
  fi
  log 'docker.ready'
}

# A mirror that nobody named for docker itself gives way to the image's.
has_own_registry() {
  [[ -n "${REGISTRY_MIRROR?}" ]] || return 1
  if grep --quiet --no-messages registry-mirrors "${ROOT?}/etc/docker/daemon.json"; then return 0; fi
  note_mirror docker "${REGISTRY_MIRROR}"
  return 1
}

# merge_json FILE JSON [AS...]: what the image says and we do not stays; all of it where it is not ours to write.
merge_json() {
  local file=$1 json=$2
  shift 2
  if { [[ -s "${file}" ]] && ! json=$("$@" jq --slurp '.[0] * .[1]' "${file}" - <<<"${json}"); } ||
    ! "$@" tee "${file}" <<<"${json}" >/dev/null; then
    log "docker.settings_left file=${file}"
  fi
}

# It may be called again.
add_docker_repository() {
  if has apt-get; then add_docker_deb; else add_docker_rpm; fi
}

add_docker_deb() {
  local key="${ROOT}/etc/apt/keyrings/docker.asc" suite
  suite=$(os_release VERSION_CODENAME)
  if ! has curl; then apt-get --quiet=2 update && apt-get --quiet=2 --yes install curl ca-certificates || return 1; fi >/dev/null
  mkdir --parents "${ROOT}/etc/apt/keyrings"
  curl --fail --silent --show-error --max-time 60 --output "${key}" "${DOCKER_MIRROR}/debian/gpg" || return 1
  if ! sha256sum --check --status <<<"${DOCKER_KEY_SHA256}  ${key}"; then
    printf 'the checksum is wrong: the key of docker\n' >&2
    return 1
  fi
  put /etc/apt/sources.list.d/docker.list "deb [signed-by=${key}] ${DOCKER_MIRROR}/debian ${suite} stable"
}

# Alibaba Cloud Linux 3 takes the packages of CentOS 8. A system that follows RHEL says which: those for 8 need what 9 has not.
add_docker_rpm() {
  local platform
  platform=$(os_release PLATFORM_ID)
  if [[ "${platform}" != *:el* ]]; then platform=el8; fi
  put /etc/yum.repos.d/docker-ce.repo "[docker-ce-stable]
name=Docker CE
baseurl=${DOCKER_MIRROR}/centos/${platform##*el}/\$basearch/stable
gpgcheck=1
gpgkey=${DOCKER_MIRROR}/centos/gpg"
}

# os_release NAME
os_release() {
  # shellcheck disable=SC1091 # The instance's own.
  (source "${ROOT?}/etc/os-release" && printf '%s' "${!1:-}")
}
