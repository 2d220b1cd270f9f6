#!/usr/bin/env bash
# Checks of a GitOps repository, as a pull request is to pass them. No network is needed.
#
#   ci/check.sh [FOLDER]      the folder with environments/ in it; default: the one that the script is called in
#
# Variables:
#   STARGIT_BASE     revision that the change is compared with (origin/main, a commit id); without it nothing is compared
#   STARGIT_REPORT   file that the comparison is written to, as Markdown for a comment; default: stargit-report.md
#   STARGIT_SCHEMAS  folder of more schemas for custom kinds (see 'stargit check-manifests --help')
#   STARGIT          the stargit command; default: stargit
#
# All checks are made, also when one of them fails. Exit codes: 0 all is well, 1 something is wrong, 2 wrong usage.

set -u -o pipefail

stargit=${STARGIT:-stargit}
base=${STARGIT_BASE:-}
report=${STARGIT_REPORT:-stargit-report.md}
folder=${1:-.}
marker='<!-- stargit diff -->'

if [ "$#" -gt 1 ] || [ ! -d "$folder" ]; then
  echo "usage: ci/check.sh [FOLDER]" >&2
  exit 2
fi
if ! command -v "$stargit" >/dev/null; then
  echo "there is no command '$stargit': install Stargit, or name it in STARGIT" >&2
  exit 2
fi

failed=()

# step NAME COMMAND...: run a check, and remember when it fails.
step() {
  local name=$1
  shift
  printf '\n== %s\n' "$name"
  if "$@"; then
    return 0
  fi
  failed+=("$name")
  return 1
}

# no_report SENTENCE: what is said in the place of a comparison.
no_report() {
  printf '%s\n\n### What this changes in the clusters\n\n%s\n' "$marker" "$1" >"$report"
}

compare() {
  # Into a file of its own first: a comparison that fails leaves no half of a report.
  if "$stargit" diff --repository "$folder" --merge-base --output markdown -- "$base" >"$report.part"; then
    mv -- "$report.part" "$report"
    echo "written to $report"
  else
    rm -f -- "$report.part"
    no_report "The change could not be compared with what it is based on; the log of the check tells why."
    return 1
  fi
}

manifests() {
  if [ -n "${STARGIT_SCHEMAS:-}" ]; then
    "$stargit" check-manifests --repository "$folder" --schemas "$STARGIT_SCHEMAS"
  else
    "$stargit" check-manifests --repository "$folder"
  fi
}

if step "desired state" "$stargit" validate --repository "$folder"; then
  step "rendered state is up to date" "$stargit" render --check --repository "$folder"
  step "manifests against the schemas of Kubernetes" manifests
  if [ -n "$base" ]; then
    step "what changes in the clusters" compare
  fi
elif [ -n "$base" ]; then
  # Without right desired state nobody knows what it would become.
  no_report "The desired state has mistakes; the log of the check lists them."
fi

if [ "${#failed[@]}" -gt 0 ]; then
  printf '\nfailed:\n'
  printf '  %s\n' "${failed[@]}"
  exit 1
fi
printf '\nall checks passed\n'
