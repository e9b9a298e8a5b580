#!/usr/bin/env bash
# The tools that the mirror keeps, into RUNNER_TOOL_CACHE, as `@actions/tool-cache` looks for them: FOLDER/VERSION/ARCH, and
# beside it ARCH.complete, once all of it is there. Beside the runner, and no reason for anything to fail: what is not there
# comes from where a setup action gets it. Stands above run.sh where tools are kept.
# shellcheck disable=SC2154,SC2310,SC2312 # install.sh has the folders. Who is asked whether it succeeded stops by itself.
set -euo pipefail

# The list's lines: FOLDER VERSION ARCH OS SHA256 BYTES KEY. After two minutes no more is begun: by then a job is at work.
bring_tools() {
  local said="${RUN}/said.tools" list='' system own=x64 because end
  local folder version arch os sum bytes key
  look_up
  end=$((UP + 120))
  : >"${SHARED}/tools"
  : >"${SHARED}/tools-coming"
  if [[ "${HOSTTYPE}" == aarch64 ]]; then own=arm64; fi
  # shellcheck disable=SC1091 # The instance's own.
  system=$(source "${ROOT}/etc/os-release" && printf '%s' "${ID:-}${VERSION_ID:-}") || true
  list=$(read_list 2>"${said}") || tool_is_not_brought list
  while read -r folder version arch os sum bytes key; do
    look_up
    if [[ "${arch}" != "${own}" || "- ${system}" != *"${os}"* || "${UP}" -ge "${end}" ]]; then continue; fi
    if bring_tool 2>"${said}" </dev/null; then
      log "tool.brought ${folder} ${version}"
      printf ' %s %s,' "${folder}" "${version}" >>"${SHARED}/tools"
    else
      tool_is_not_brought "${folder} ${version}"
    fi
  done <<<"${list}"
  rm --force "${SHARED}/tools-coming"
  "${AS_RUNNER[@]}" rm --recursive --force "${TOOL_CACHE}/.ci-runner"
}

tool_is_not_brought() {
  because=$(cause_of "${said}")
  log "tool.not_brought $1 because=${because}"
}

read_list() {
  local list sum
  list=$(download "${TOOLS_URL:?}" 20) || return 1
  sum=$(sha256sum <<<"${list}")
  if [[ "${sum%% *}" != "${TOOLS_SHA256:?}" ]]; then
    echo 'the checksum is wrong' >&2
    return 1
  fi
  printf '%s' "${list}"
}

# One line of the list. Renamed into place whole: a setup action that is at work there has what it brought itself. All of it as
# the runner: the cache is the job's, which is at work by now, and a link of its own leads no further than itself.
bring_tool() {
  local place="${TOOL_CACHE}/${folder}/${version}/${arch}" new="${TOOL_CACHE}/.ci-runner" free
  if [[ -e "${place}.complete" ]]; then return 0; fi
  free=$(df --output=avail "${TOOL_CACHE}" | tail --lines=1)
  # Unpacked, a JDK has not quite twice its size, Node and Python four times. 4 GiB stay the job's.
  if [[ $((free - bytes * 5 / 1024)) -lt 4194304 ]]; then
    echo 'no space' >&2
    return 1
  fi
  unpack "${TOOLS_URL%/tools/*}/${key}" "${sum}" "${new}" --gzip 60 "${AS_RUNNER[@]}" || return 1
  # Some archives have one folder with all of it.
  if [[ ! -d "${new}/bin" ]]; then for new in "${new}"/*; do :; done; fi
  [[ -d "${new}/bin" ]] || return 1
  "${AS_RUNNER[@]}" mkdir --parents "${place%/*}" && "${AS_RUNNER[@]}" mv --no-target-directory "${new}" "${place}" || return 1
  if [[ "${folder}" == Python ]]; then finish_python "${place}" "${version%.*}" >&2 || return 1; fi
  "${AS_RUNNER[@]}" touch "${place}.complete"
}

# finish_python FOLDER MAJOR.MINOR: what the archive's own setup.sh does (actions/python-versions, nix-setup-template.sh), but
# for pip's upgrade, which asks the Internet.
finish_python() {
  # shellcheck disable=SC2016 # The inner shell's own.
  "${AS_RUNNER[@]}" env HOME="${RUNNER_USER_HOME}" bash -euo pipefail -c 'cd "$1"
    rm --force setup.sh
    ln --symbolic --force "bin/python$2" python
    cd bin
    ln --symbolic --force "python$2" "python${2/./}"
    if [[ ! -e python ]]; then ln --symbolic "python$2" python; fi
    ./python -m ensurepip' - "$1" "$2"
}

# In the job's started hook, which has SHARED: from GitHub they would take longer than the 20 s for which they are waited for.
await_tools() {
  local looks
  for ((looks = 0; looks < 100; looks++)); do
    [[ -e "${SHARED:?}/tools-coming" ]] || break
    sleep 0.2
  done
  if [[ -s "${SHARED}/tools" ]]; then printf 'Tools from the mirror:%s\n' "$(<"${SHARED}/tools")"; fi
}
