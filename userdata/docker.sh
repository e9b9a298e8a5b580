#!/usr/bin/env bash
# Docker with buildx and compose, where the image lacks it. Stands above boot.sh when docker is wanted.
set -euo pipefail

# Ubuntu packages all three itself. For the others, Docker's own packages from the region's mirror.
readonly DOCKER_MIRROR=http://mirrors.cloud.aliyuncs.com/docker-ce/linux
readonly DOCKER_KEY_SHA256=1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570

install_docker() {
  local distribution
  write_docker_settings
  if ! command -v dockerd >/dev/null; then
    # shellcheck disable=SC1091 # The instance's own.
    distribution=$(source "${ROOT?}/etc/os-release" && printf '%s' "${ID:?}")
    case "${distribution}" in
      ubuntu) install_now docker.io docker-buildx docker-compose-v2 ;;
      debian) install_from_docker_deb ;;
      *) install_from_docker_rpm ;;
    esac
  fi
  systemctl enable --now docker.service
  if [[ -n "${DOCKER_DAEMON_JSON}${DOCKER_CLIENT_JSON}" ]]; then systemctl restart docker.service; fi
  usermod --append --groups docker runner
  log 'docker.ready'
}

write_docker_settings() {
  if [[ -n "${DOCKER_DAEMON_JSON?}" ]]; then
    mkdir --parents "${ROOT?}/etc/docker"
    printf '%s\n' "${DOCKER_DAEMON_JSON}" >"${ROOT?}/etc/docker/daemon.json"
  fi
  if [[ -n "${DOCKER_CLIENT_JSON?}" ]]; then
    "${AS_RUNNER[@]?}" mkdir --parents "${ROOT?}/home/runner/.docker"
    "${AS_RUNNER[@]?}" tee "${ROOT?}/home/runner/.docker/config.json" <<<"${DOCKER_CLIENT_JSON}" >/dev/null
  fi
}

install_from_docker_deb() {
  local key="${ROOT?}/etc/apt/keyrings/docker.asc" suite
  # shellcheck disable=SC1091 # The instance's own.
  suite=$(source "${ROOT?}/etc/os-release" && printf '%s' "${VERSION_CODENAME:?}")
  mkdir --parents "${ROOT?}/etc/apt/keyrings"
  curl --fail --silent --show-error --retry 2 --max-time 60 --output "${key}" "${DOCKER_MIRROR}/debian/gpg"
  sha256sum --check --status <<<"${DOCKER_KEY_SHA256}  ${key}"
  printf 'deb [signed-by=%s] %s/debian %s stable\n' "${key}" "${DOCKER_MIRROR}" "${suite}" \
    >"${ROOT?}/etc/apt/sources.list.d/docker.list"
  install_now docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin
}

# Alibaba Cloud Linux 3 takes the packages of CentOS 8.
install_from_docker_rpm() {
  cat >"${ROOT?}/etc/yum.repos.d/docker-ce.repo" <<REPOSITORY
[docker-ce-stable]
name=Docker CE
baseurl=${DOCKER_MIRROR}/centos/8/\$basearch/stable
gpgcheck=1
gpgkey=${DOCKER_MIRROR}/centos/gpg
REPOSITORY
  install_now docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin
}
