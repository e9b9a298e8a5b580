#!/usr/bin/env bash
# Where a job's tools fetch from, written where each of them reads it. What the image has of its own stays, and what a
# job writes comes later. Stands above install.sh where there are mirrors.
# shellcheck disable=SC2154 # The launcher has the list.
set -euo pipefail

readonly DISTRIBUTION_HOSTS='https?://(([a-z-]+\.)*(archive|security|ports)\.ubuntu\.com|(deb|security|ftp\.[a-z]+)\.debian\.org)/'

use_mirrors() {
  local at
  for ((at = 0; at < ${#MIRRORS[@]}; at += 4)); do use_mirror "${MIRRORS[@]:at:4}"; done
}

# use_mirror TOOL URL FILES TEXT: into the first of FILES. One of them that is there speaks for the image, or, where it
# is written FILE=WORD, does so when it has that word.
use_mirror() {
  local file word own=''
  for file in $3; do
    word=${file#*=} file=${file%%=*}
    if [[ "${file}" == "${word}" ]]; then word=''; fi
    file=${file/#\~/${RUNNER_USER_HOME?}}
    if [[ "${file}" != "${RUNNER_USER_HOME}"/* ]]; then file=${ROOT?}${file}; fi
    own=${own:-${file}}
    if [[ -e "${file}" && (-z "${word}" || "$(<"${file}")" == *"${word}"*) ]]; then
      log "mirror.left_alone tool=$1 file=${file}"
      return 0
    fi
  done
  # An image's root may have left there what is its own.
  if "${AS_RUNNER[@]?}" mkdir --parents "${own%/*}" && "${AS_RUNNER[@]}" tee "${own}" <<<"$4" >/dev/null; then
    note_mirror "$1" "$2"
  else
    log "mirror.left_alone tool=$1 file=${own}"
  fi
}

# use_apt_mirror, once cloud-init has written its lists: those that name the distribution's own hosts. Any other host is
# somebody's choice.
use_apt_mirror() {
  local list is_changed=false
  has apt-get || return 0
  for list in "${ROOT}"/etc/apt/{sources.list,sources.list.d/*.{list,sources},mirrors/*.list}; do
    if [[ -w "${list}" ]] && grep --quiet --extended-regexp "${DISTRIBUTION_HOSTS}" "${list}"; then
      sed --in-place --regexp-extended "s#${DISTRIBUTION_HOSTS}#${APT_MIRROR?}/#g" "${list}"
      is_changed=true
    fi
  done
  if [[ "${is_changed}" == true ]]; then note_mirror apt "${APT_MIRROR}"; fi
}

# note_mirror TOOL URL, for the job's log.
note_mirror() {
  printf ' %s=%s' "$1" "$2" >>"${SHARED?}/mirrors"
  log "mirror.used tool=$1 url=$2"
}
