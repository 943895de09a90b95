#!/usr/bin/env bash
# One step of GitHub Actions: finds Lazaret, scans, and tells the result where people look.
#
# action.yml hands its inputs over as INPUT_… variables. Everything here but `curl` and `jq`, for the
# comment on a pull request, is the shell and what POSIX has. Exit codes are Lazaret's: 0 nothing to
# object to, 1 (or the code of `exit-code`) the gate says fail, 2 the job could not be done.
set -uo pipefail
export LC_ALL=C.UTF-8
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)); then
  echo '::error title=Lazaret::this step needs bash 4.4 or newer'
  exit 2
fi

# A job summary ends at 1 MiB a step, a comment at 65,536 characters.
readonly SUMMARY_MAX=1000000
readonly COMMENT_MAX=60000
# Pages of 100 comments that are searched for ours.
readonly PAGES_MAX=20

# --- Talk -------------------------------------------------------------------------------------------

# command_line KIND TEXT: a line the runner shows as a warning or an error; no text can end the line.
command_line() {
  local text=${2//'%'/'%25'}
  text=${text//$'\r'/'%0D'}
  text=${text//$'\n'/'%0A'}
  printf '::%s title=Lazaret::%s\n' "$1" "$text"
}
warn() { command_line warning "$1"; }
fail() {
  command_line error "$1"
  put exit-code 2
  put verdict error
  exit 2
}

# unheard COMMAND…: runs a program whose words the runner takes for no commands. What an image has may
# look like one, and nobody can guess the word that ends this.
unheard() {
  local word result
  word=$(od -An -N 16 -t x1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$word"
  "$@"
  result=$?
  printf '\n::%s::\n' "$word"
  return "$result"
}

# put NAME VALUE: an output of the step, of one line.
put() { printf '%s=%s\n' "$1" "${2//[$'\r\n']/ }" >>"${GITHUB_OUTPUT:-/dev/null}"; }

# --- Inputs -----------------------------------------------------------------------------------------

# value NAME [DEFAULT]: sets VALUE to the input, and says whether it was given. A runner hands over the
# default of an input that was left out, so one that is its default was not given: what the environment
# or lazaret.yaml says holds.
value() {
  local name=INPUT_${1//-/_}
  name=${name^^}
  VALUE=${!name:-}
  VALUE=${VALUE//$'\r'/}
  VALUE=${VALUE#"${VALUE%%[![:space:]]*}"}
  VALUE=${VALUE%"${VALUE##*[![:space:]]}"}
  [[ -n $VALUE && $VALUE != "${2:-}" ]]
}

# is NAME: whether an input is true.
is() {
  value "$1" || return 1
  case ${VALUE,,} in
    true | yes | on | 1) return 0 ;;
    false | no | off | 0) return 1 ;;
    *) fail "$1 takes true or false, not '$VALUE'" ;;
  esac
}

# words NAME: sets WORDS to the items of a list, which commas and line ends part.
words() {
  WORDS=()
  value "$1" || return 1
  local item
  while IFS= read -r item; do
    item=${item#"${item%%[![:space:]]*}"}
    item=${item%"${item##*[![:space:]]}"}
    [[ -z $item ]] || WORDS+=("$item")
  done <<<"${VALUE//,/$'\n'}"
}

# pass INPUT FLAG [DEFAULT]: hands an input over as a flag with a value.
pass() { if value "$1" "${3:-}"; then ARGS+=("$2" "$VALUE"); fi; }
# pass_switch INPUT FLAG: hands an input over as a flag without one.
pass_switch() { if is "$1"; then ARGS+=("$2"); fi; }
# pass_each INPUT FLAG: hands every item of a list over with the flag.
pass_each() {
  local item
  if words "$1"; then for item in "${WORDS[@]}"; do ARGS+=("$2" "$item"); done; fi
}

# Secrets stay in this shell: the scanner reads what strangers made, and has no use for them.
value github-token || VALUE=
readonly TOKEN=$VALUE
value github-pat || VALUE=
readonly PAT=$VALUE
value token-setup-trivy || VALUE=
readonly HAD_SETUP_TOKEN=${VALUE:+true}
unset INPUT_GITHUB_TOKEN INPUT_GITHUB_PAT INPUT_TOKEN_SETUP_TRIVY

scratch=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/lazaret.XXXXXX") || exit 2
readonly scratch
readonly report=$scratch/report.json

# --- The program ------------------------------------------------------------------------------------

digest_of() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

fetch() { curl --fail --silent --show-error --location --retry 3 --output "$2" "$1"; }

# Fetches a released program and checks it, before anything runs.
download() {
  local version=${1#v} system machine base file wanted
  [[ $version =~ ^[0-9A-Za-z][0-9A-Za-z.+-]*$ ]] || fail "'$1' is no version: lazaret-version"
  system=$(uname -s)
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) machine=amd64 ;;
    aarch64 | arm64) machine=arm64 ;;
  esac
  file=lazaret-${system,,}-$machine
  if value download-url; then
    base=${VALUE%/}
  else
    [[ -n ${LAZARET_ACTION_REPOSITORY:-} ]] || fail "where is version $version? Say download-url"
    base=${GITHUB_SERVER_URL:-https://github.com}/$LAZARET_ACTION_REPOSITORY/releases/download/v$version
  fi
  fetch "$base/$file" "$scratch/$file" || fail "failed to download $base/$file"
  if value checksum; then
    wanted=${VALUE#sha256:}
  else
    warn "$file is checked against SHA256SUMS from the same place; checksum pins it"
    fetch "$base/SHA256SUMS" "$scratch/SHA256SUMS" || fail "failed to download $base/SHA256SUMS"
    wanted=$(awk -v file="$file" '$2 == file || $2 == "*" file { print $1; exit }' "$scratch/SHA256SUMS")
    [[ -n $wanted ]] || fail "SHA256SUMS does not name $file"
  fi
  [[ $(digest_of "$scratch/$file") == "${wanted,,}" ]] ||
    fail "$base/$file is not what the checksum says; it was not run"
  mkdir "$scratch/bin"
  mv "$scratch/$file" "$scratch/bin/lazaret"
  chmod +x "$scratch/bin/lazaret"
  offer "$scratch/bin"
}

# Takes the program of a folder, for this step and for those after it.
offer() {
  lazaret=$1/lazaret
  printf '%s\n' "$1" >>"${GITHUB_PATH:-/dev/null}"
}

# Builds the program from the sources that came with this action: a digest of the action pins it too.
build() {
  local source=${LAZARET_ACTION_PATH:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
  command -v cargo >/dev/null ||
    fail "there is no cargo to build Lazaret with: install it, or say path-to-binary or lazaret-version"
  echo "Building Lazaret from the sources of this action, which takes some minutes."
  (cd "$source" && CARGO_TARGET_DIR=$scratch/target cargo build --release --locked --package lazaret) ||
    fail "failed to build Lazaret"
  offer "$scratch/target/release"
}

find_program() {
  if value path-to-binary; then
    lazaret=$(command -v "$VALUE") || fail "path-to-binary: $VALUE is not there, or is no program"
  elif is skip-setup-trivy; then
    lazaret=$(command -v lazaret) || fail "skip-setup-trivy: lazaret is not on the PATH"
  elif value lazaret-version; then
    download "$VALUE"
  else
    build
  fi
}

# --- What there is of Trivy -------------------------------------------------------------------------

# Variables that steps written for Trivy set, where ours mean the same.
adopt_environment() {
  local name ours theirs
  for name in USERNAME PASSWORD REGISTRY_TOKEN PLATFORM INSECURE IGNORE_STATUS EXIT_ON_EOL OFFLINE_SCAN \
    DETECTION_PRIORITY VEX CACERT; do
    theirs=TRIVY_$name
    ours=LAZARET_${name%_SCAN}
    [[ -z ${!theirs:-} || -n ${!ours:-} ]] || export "$ours=${!theirs}"
  done
  for name in DB_REPOSITORY JAVA_DB_REPOSITORY CHECKS_BUNDLE_REPOSITORY SKIP_DB_UPDATE SKIP_JAVA_DB_UPDATE; do
    theirs=TRIVY_$name
    [[ -z ${!theirs:-} ]] ||
      warn "$theirs means nothing here: Lazaret scans with db, db-artifact or what is compiled into it"
  done
}

say_what_means_nothing() {
  if value version; then
    warn "version names a version of Trivy and means nothing here: lazaret-version names one of Lazaret"
  fi
  if value tf-vars; then
    warn "tf-vars means nothing here: no Terraform is read in this step"
  fi
  if [[ -n $HAD_SETUP_TOKEN ]]; then
    warn "token-setup-trivy means nothing here: Trivy is not fetched"
  fi
}

# format_of FORMAT: sets FORMAT. Trivy's `json` is Trivy's; ours is in the output `report`.
format_of() {
  FORMAT=$1
  case $1 in
    json) FORMAT=trivy-json ;;
    template)
      local name=
      value template && name=${VALUE##*/}
      case $name in
        gitlab.tpl | gitlab-codequality.tpl | junit.tpl | sarif.tpl | html.tpl | asff.tpl)
          # Lazaret writes what these templates write by itself.
          FORMAT=${name%.tpl}
          ;;
        *) pass template --template ;;
      esac
      ;;
  esac
}

# --- The scan ---------------------------------------------------------------------------------------

# Sets COMMAND, and TARGET to what is scanned.
choose_target() {
  local kind=image
  value scan-type && kind=$VALUE
  case $kind in
    image | i) COMMAND=image ;;
    rootfs) COMMAND=rootfs ;;
    fs | filesystem | repo | repository) COMMAND=fs ;;
    config | sbom) COMMAND=$kind ;;
    *) fail "scan-type takes image, rootfs, fs, repo, config or sbom, not '$kind'" ;;
  esac
  if is gate; then
    [[ $COMMAND == image ]] || fail "gate judges images only, not $kind"
    COMMAND=gate
  fi
  NAME=
  TARGET=()
  if value input; then
    [[ $COMMAND == image || $COMMAND == gate ]] || fail "input holds for images only, not for $kind"
    NAME=$VALUE
    TARGET=(--input "$VALUE")
    return
  fi
  if value image-ref || value scan-ref .; then
    NAME=$VALUE
  elif [[ $COMMAND == image || $COMMAND == gate ]]; then
    fail "say what to scan: image-ref or input"
  else
    NAME=.
  fi
  TARGET=(-- "$NAME")
  if [[ $COMMAND == image || $COMMAND == gate ]]; then save_local_image; fi
}

# An image that a step before has built is in the engine of this machine, and nowhere else.
save_local_image() {
  local engine=()
  value docker-host && engine=(env "DOCKER_HOST=$VALUE")
  if [[ $NAME == *:* && $NAME =~ ^(registry|docker|podman|containerd|oci|oci-archive|docker-archive): ]]; then
    return
  fi
  if ! command -v docker >/dev/null; then
    [[ ${#engine[@]} -eq 0 ]] || warn "docker-host: there is no docker to ask; the registry is asked for $NAME"
    return
  fi
  "${engine[@]}" docker image inspect -- "$NAME" >/dev/null 2>&1 || return 0
  "${engine[@]}" docker image save --output "$scratch/image.tar" -- "$NAME" ||
    fail "docker has $NAME, and did not save it"
  echo "Scanning $NAME as the engine of this machine has it."
  TARGET=(--input "$scratch/image.tar")
}

collect_arguments() {
  local file format=table
  ARGS=(--no-progress)
  pass trivy-config --config
  pass exit-code --exit-code
  pass fail-on --fail-on
  pass_switch ignore-unfixed --ignore-unfixed
  pass vuln-type --pkg-types os,library
  pass scanners --scanners
  pass platform --platform
  pass timeout --timeout
  pass ignore-policy --ignore-policy
  pass policy --policy
  pass db --db
  pass cache-dir --cache-dir
  pass_switch list-all-pkgs --list-all-pkgs
  pass_switch hide-progress --quiet
  pass_each skip-dirs --skip-dirs
  pass_each skip-files --skip-files
  pass_each vex --vex
  pass_each report --report
  if value cache && ! is cache; then ARGS+=(--no-cache); fi
  if words trivyignores; then
    for file in "${WORDS[@]}"; do
      [[ -f $file ]] || fail "trivyignores: there is no file $file"
      ARGS+=(--ignorefile "$file")
    done
  fi
  BASELINE=
  if value baseline; then
    if [[ -f $VALUE ]]; then
      BASELINE=$VALUE
      ARGS+=(--baseline "$VALUE")
    else
      warn "baseline: there is no file $VALUE, so everything counts as new"
    fi
  fi
  SEVERITIES=()
  if value severity UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL; then SEVERITIES=(--severity "$VALUE"); fi
  ARGS+=("${SEVERITIES[@]}")
  value format table && format=$VALUE
  format_of "$format"
  OUTPUT=
  value output && OUTPUT=$VALUE
  # For code scanning Trivy's action writes every severity, unless told otherwise, whatever `severity`
  # says. So do we; but what fails the step is what `severity` says.
  SARIF_OF_ALL=
  if [[ $FORMAT == sarif && ${#SEVERITIES[@]} -gt 0 ]] && ! is limit-severities-for-sarif; then
    SARIF_OF_ALL=true
    ARGS+=(--format json --output "$report")
    return
  fi
  ARGS+=(--format "$FORMAT" --report "json=$report")
  [[ -z $OUTPUT ]] || ARGS+=(--output "$OUTPUT")
}

pull_database() {
  value db-artifact || return 0
  local artifact=$VALUE
  value db || fail "db-artifact needs db: the folder the database goes to"
  "$lazaret" db pull --db "$VALUE" --no-progress -- "$artifact" || fail "failed to pull $artifact"
}

# --- Telling ----------------------------------------------------------------------------------------

# cut_to MAX FILE: the file's beginning in whole lines, and that there is more.
cut_to() {
  LC_ALL=C awk -v max="$1" '
    { size += length($0) + 1 }
    size > max { print ""; print "…and more: the report has all."; exit }
    { print }
  ' "$2"
}

# Writes the page of this scan: what is new first, where there is something to compare with.
write_page() {
  local against=$BASELINE database=()
  wants_summary || is pr-comment || return 0
  value compare-with && against=$VALUE
  : >"$scratch/page.md"
  if [[ -n $against ]]; then
    value db && database=(--db "$VALUE")
    if "$lazaret" diff --format markdown "${SEVERITIES[@]}" "${database[@]}" --no-progress -- \
      "$against" "$report" >"$scratch/page.md"; then
      return
    fi
    warn "what is new could not be told: $against cannot be compared with this scan"
  fi
  "$lazaret" convert "$report" --format markdown "${SEVERITIES[@]}" >"$scratch/page.md" ||
    warn "the page for people could not be written"
}

wants_summary() {
  [[ -n ${GITHUB_STEP_SUMMARY:-} ]] || return 1
  ! value summary || is summary
}

write_summary() {
  wants_summary || return 0
  {
    cut_to "$SUMMARY_MAX" "$scratch/page.md"
    printf '\n'
    verdict_line
  } >>"$GITHUB_STEP_SUMMARY"
}

verdict_line() {
  printf '**Verdict: %s** (exit code %s)' "$verdict" "$code"
  if [[ -n ${GITHUB_RUN_ID:-} && -n ${GITHUB_REPOSITORY:-} ]]; then
    printf ' · [this run](%s/%s/actions/runs/%s)' \
      "${GITHUB_SERVER_URL:-https://github.com}" "$GITHUB_REPOSITORY" "$GITHUB_RUN_ID"
  fi
  printf '\n'
}

# api METHOD PATH [FILE]: asks GitHub and writes its answer to $scratch/answer. The token is given on
# standard input: the list of processes is for everyone to read.
api() {
  # A comment that was written and not answered for must not be written twice.
  local body=() retry=(--retry 3)
  [[ $1 == GET ]] || retry=()
  [[ $# -lt 3 ]] || body=(--header 'Content-Type: application/json' --data-binary "@$3")
  printf 'header = "Authorization: Bearer %s"\n' "${API_TOKEN//[\"\\$'\n']/}" |
    curl --config - --silent --show-error --fail --max-time 60 "${retry[@]}" --request "$1" \
      --header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28' \
      "${body[@]}" --output "$scratch/answer" "${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY/$2"
}

# Prints the number of the comment that an earlier run wrote. One that somebody else made look like ours
# is not ours: its author could change what we write into it.
find_comment() {
  local page author='github-actions[bot]' found
  value comment-author && author=$VALUE
  for ((page = 1; page <= PAGES_MAX; page++)); do
    api GET "issues/$1/comments?per_page=100&page=$page" || return 1
    found=$(jq -r --arg marker "$2" --arg author "$author" \
      'first(.[] | select(.user.login == $author and (.body | startswith($marker))) | .id) // empty' \
      "$scratch/answer") || return 1
    if [[ -n $found ]]; then
      printf '%s\n' "$found"
      return
    fi
    [[ $(jq length "$scratch/answer") -ge 100 ]] || return 0
  done
}

write_comment() {
  is pr-comment || return 0
  local number id marker existing
  local API_TOKEN=$TOKEN
  if ! command -v jq >/dev/null || ! command -v curl >/dev/null; then
    warn "pr-comment needs jq and curl"
    return
  fi
  if [[ -z $TOKEN || -z ${GITHUB_REPOSITORY:-} ]]; then
    warn "pr-comment needs github-token"
    return
  fi
  number=$(jq -r '.pull_request.number // (select(.issue.pull_request) | .issue.number) // empty' \
    "${GITHUB_EVENT_PATH:-/dev/null}" 2>/dev/null)
  if [[ ! $number =~ ^[0-9]+$ ]]; then
    echo "This is not the run of a pull request: no comment."
    return
  fi
  # Scans of different images in one pull request have a comment each.
  if value comment-id; then id=$VALUE; else id=$COMMAND:$NAME; fi
  marker="<!-- lazaret $(printf '%s' "$id" | cksum | cut -d ' ' -f 1) -->"
  {
    printf '%s\n' "$marker"
    cut_to "$COMMENT_MAX" "$scratch/page.md"
    printf '\n'
    verdict_line
  } >"$scratch/comment.md"
  jq --null-input --rawfile body "$scratch/comment.md" '{body: $body}' >"$scratch/comment.json"
  if ! existing=$(find_comment "$number" "$marker"); then
    warn "the comments of pull request $number could not be read"
    return
  fi
  if [[ -n $existing ]]; then
    api PATCH "issues/comments/$existing" "$scratch/comment.json"
  else
    api POST "issues/$number/comments" "$scratch/comment.json"
  fi || warn "the comment could not be written: the job needs the permission pull-requests: write"
}

# Hands the snapshot of dependencies to GitHub, as Trivy's action does.
submit_snapshot() {
  [[ $FORMAT == github && -s $OUTPUT ]] || return 0
  if [[ -z $PAT ]]; then
    warn "the dependency snapshot stays here: github-pat is not given"
    return
  fi
  local API_TOKEN=$PAT
  api POST dependency-graph/snapshots "$OUTPUT" || worst "the dependency snapshot was not taken"
}

# Hands reports on. A line is what follows `lazaret upload`; {report} is the report as JSON.
upload() {
  value upload || return 0
  local line arguments=() lines=$VALUE
  while IFS= read -r line; do
    read -r -a arguments <<<"$line"
    [[ ${#arguments[@]} -gt 0 ]] || continue
    arguments=("${arguments[@]//'{report}'/$report}")
    GITHUB_TOKEN=${GITHUB_TOKEN:-$TOKEN} "$lazaret" upload "${arguments[@]}" ||
      worst "the upload to ${arguments[0]} failed"
  done <<<"$lines"
}

# What was not handed on is not done; but a gate that says fail says it first.
worst() {
  command_line error "$1"
  [[ $code -ne 0 ]] || code=2
}

# --- From front to back -----------------------------------------------------------------------------

find_program
say_what_means_nothing
adopt_environment
choose_target
collect_arguments
pull_database

unheard "$lazaret" "$COMMAND" "${ARGS[@]}" "${TARGET[@]}"
code=$?
if [[ -n $SARIF_OF_ALL && -s $report ]]; then
  unheard "$lazaret" convert "$report" --format sarif --output "${OUTPUT:-/dev/stdout}" || code=2
fi
if [[ -s $report ]]; then
  case $code in
    0) verdict=pass ;;
    2) verdict=incomplete ;;
    *) verdict=fail ;;
  esac
  put report "$report"
  write_page
  write_summary
  write_comment
  submit_snapshot
  upload
else
  verdict=error
fi
put verdict "$verdict"
put exit-code "$code"
exit "$code"
