#!/usr/bin/env bash
# Looks at a machine of a new image as a runner would; what it lacks fails the build. Image Builder runs it as root.
# shellcheck disable=SC2154,SC2310,SC2312 # The values are written above it. What fails is asked for its end.
set -euo pipefail

readonly ROOT="${CI_RUNNER_ROOT:-}"

look() {
  local recipe version masked
  recipe=$(<"${ROOT}/opt/ci-runner/recipe") || fail 'nothing was installed'
  [[ "${recipe}" == "${RECIPE:?}" ]] || fail 'another recipe was installed'
  masked=$(systemctl is-enabled apt-daily.timer) || true
  [[ "${masked}" == masked || "${masked}" == not-found || -z "${masked}" ]] || fail 'the timers are not masked'
  version=$(as_runner "${ROOT}/opt/actions-runner/bin/Runner.Listener" --version) || fail 'the runner does not start'
  [[ " ${RUNNER_VERSIONS[*]?} " == *" ${version} "* ]] || fail "the runner is ${version}"
  as_runner test -w "${ROOT}/opt/hostedtoolcache" || fail 'the tool cache is not writable'
  if [[ "${DOCKER:?}" == true ]]; then look_at_docker; fi
  printf 'the image is good\n'
}

# From what is on the disk: the image is tested without the network, as a boot that finds all must do without it.
look_at_docker() {
  local program
  local -a files
  program=$(command -v true)
  mapfile -t files < <(ldd "${program}" | sed --quiet 's/^[^/]*\(\/[^ ]*\).*/\1/p')
  systemctl start docker.service || fail 'docker does not start'
  tar --create --dereference --absolute-names "${program}" "${files[@]}" | docker import - ci-runner-test:1 >/dev/null ||
    fail 'docker takes no image'
  docker run --rm --network none ci-runner-test:1 "${program}" || fail 'docker runs no container'
}

# Numbers: older ones take no names.
as_runner() { setpriv --reuid="$(id --user runner)" --regid="$(id --group runner)" --init-groups "$@"; }

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

look
