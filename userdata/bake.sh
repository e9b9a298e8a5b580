#!/usr/bin/env bash
# Makes an image of a machine: what a boot would install is installed, and what must be new on each machine is removed.
# Stands below install.sh; its values as a boot's. Image Builder runs it as root, and takes the disk when it succeeds.
# shellcheck disable=SC2154,SC2310 # install.sh has the folders. Who is asked whether it succeeded stops by itself.
set -euo pipefail

bake() {
  if [[ "${#PROXY_ENVIRONMENT[@]}" -gt 0 ]]; then export "${PROXY_ENVIRONMENT[@]}"; fi
  mkdir --parents "${RUN}" "${SHARED}"
  silence_timers
  systemctl daemon-reload
  prepare_user
  write_settings
  install_all
  fetch_runner
  if [[ -e "${SHARED}/missing" ]]; then
    printf 'not to be had: %s\n' "$(<"${SHARED}/missing")" >&2
    return 1
  fi
  run_script
  clean
}

# The operator's, from a file and with nothing to read, as a boot's extra lines.
run_script() {
  [[ -n "${BAKE_SCRIPT?}" ]] || return 0
  printf '%s\n' "${BAKE_SCRIPT}" >"${RUN}/bake-script.sh"
  bash -euo pipefail "${RUN}/bake-script.sh" </dev/null
  log 'bake.script_ran'
}

# Two machines of one image share no identity; what a proxy or a package left behind is no job's business.
clean() {
  if has apt-get; then apt-get --quiet=2 clean; else dnf --quiet clean all; fi
  if has cloud-init; then cloud-init clean --logs; fi
  rm --recursive --force "${ROOT}"/var/lib/cloud "${ROOT}"/var/lib/apt/lists/* "${ROOT}"/etc/ssh/ssh_host_*_key* \
    "${ROOT}"/root/.ssh/authorized_keys "${ROOT}"/root/.bash_history "${ROOT}"/root/.cache "${ROOT}"/var/lib/dbus/machine-id \
    "${ROOT}"/var/lib/systemd/random-seed "${ROOT}"/etc/docker/key.json "${ROOT}"/var/log/journal/* "${ROOT}"/tmp/* \
    "${ROOT}"/var/tmp/* "${RUN}"
  : >"${ROOT}/etc/machine-id"
  find "${ROOT}/var/log" -type f -exec truncate --size=0 {} +
  sync
}

bake
