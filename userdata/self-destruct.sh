#!/usr/bin/env bash
# Deletes this instance from inside, with the temporary credentials of its role. Off by default:
# a job with sudo can take those credentials. Stands above boot.sh when a role is configured.
set -euo pipefail

self_destruct() {
  local keys id secret token instance now query signature
  instance=$(ask_metadata instance-id)
  keys=$(ask_metadata "ram/security-credentials/${SELF_DESTRUCT_ROLE:?}")
  id=$(field_of "${keys}" AccessKeyId)
  secret=$(field_of "${keys}" AccessKeySecret)
  token=$(field_of "${keys}" SecurityToken)
  TZ=UTC printf -v now '%(%FT%TZ)T' -1
  query=$(deletion_of "${instance}" "${id}" "${token}" "${now}")
  signature=$(sign "${query}" "${secret}")
  signature=$(encode "${signature}")
  # On standard input: an argument list can be read by others.
  if curl --fail --silent --noproxy '*' --max-time 20 --output /dev/null --data @- "${ECS_ENDPOINT:?}/" \
    <<<"${query}&Signature=${signature}"; then
    log 'instance.deletion_asked'
  else
    log 'instance.deletion_failed'
  fi
}

# field_of JSON NAME, of the flat object that the metadata service answers.
field_of() {
  sed --quiet "s/.*\"$2\" *: *\"\([^\"]*\)\".*/\1/p" <<<"$1"
}

# deletion_of INSTANCE KEY_ID TOKEN TIME: the parameters in the order that the signature wants them in.
deletion_of() {
  local instance token time
  instance=$(encode "$1")
  token=$(encode "$3")
  time=$(encode "$4")
  printf 'AccessKeyId=%s&Action=DeleteInstance&Force=true&Format=JSON&InstanceId=%s&SecurityToken=%s' \
    "$2" "${instance}" "${token}"
  printf '&SignatureMethod=HMAC-SHA1&SignatureNonce=%s&SignatureVersion=1.0&Timestamp=%s&Version=2014-05-26' \
    "${instance}-${time//%/}" "${time}"
}

# sign QUERY SECRET (Alibaba Cloud docs, signature of RPC-style calls): HMAC-SHA1, RFC 2104, of a key of at most 64
# characters. By builtins, because openssl takes the key as an argument, which others can read.
sign() {
  local query inner
  query=$(encode "$1")
  inner=$(
    {
      padded "$2&" 0x36
      printf 'POST&%%2F&%s' "${query}"
    } | sha1sum
  )
  inner=$(
    {
      padded "$2&" 0x5c
      bytes_of "${inner%% *}"
    } | sha1sum
  )
  bytes_of "${inner%% *}" | base64
}

# padded KEY BYTE: the key's 64 bytes, each combined with the other one.
padded() {
  local at code hex
  for ((at = 0; at < 64; at++)); do
    printf -v code '%d' "'${1:at:1}"
    printf -v hex '%02x' "$((code ^ $2))"
    printf '%b' "\\x${hex}"
  done
}

bytes_of() {
  local at
  for ((at = 0; at < ${#1}; at += 2)); do printf '%b' "\\x${1:at:2}"; done
}

encode() {
  local text=$1 at char
  for ((at = 0; at < ${#text}; at++)); do
    char=${text:at:1}
    case "${char}" in
      [a-zA-Z0-9._~-]) printf '%s' "${char}" ;;
      *) printf '%%%02X' "'${char}" ;;
    esac
  done
}
