#!/usr/bin/env bash
# What lightship does in continuous integration, whichever: check, with the budget where an image is named, then optimize
# without writing. Settings come as variables (see docs/how-to/ci.md). Ends with the worst of both exit codes.
set -euo pipefail
context=${LIGHTSHIP_CONTEXT:-.}
dockerfile=${LIGHTSHIP_DOCKERFILE:-}
image=${LIGHTSHIP_IMAGE:-}
engine=${LIGHTSHIP_ENGINE:-}
reports=${LIGHTSHIP_REPORTS:-lightship-reports}
format=${LIGHTSHIP_FORMAT:-text}
require_proof=${LIGHTSHIP_REQUIRE_PROOF:-false}
mkdir -p "$reports"

if [ -z "$dockerfile" ]; then
    dockerfile=$context/Dockerfile
    [ -e "$dockerfile" ] || dockerfile=$context/Containerfile
fi
check=0
lightship check "$dockerfile" --format "$format" ${image:+--image "$image"} ${engine:+--engine "$engine"} || check=$?
[ "$check" -le 1 ] || exit "$check"

# Split as a shell would, without running anything.
further=()
if [ -n "${LIGHTSHIP_OPTIMIZE:-}" ]; then
    mapfile -t further < <(printf '%s' "$LIGHTSHIP_OPTIMIZE" | xargs -n 1 printf '%s\n')
fi
optimize=0
lightship optimize "$context" --file "$dockerfile" --dry-run --quiet ${engine:+--engine "$engine"} \
    --report "markdown=$reports/report.md" --report "html=$reports/report.html" --report "json=$reports/report.json" \
    --report "sarif=$reports/report.sarif" --report "svg=$reports/report.svg" ${further[@]+"${further[@]}"} || optimize=$?
if [ -n "${GITHUB_OUTPUT:-}" ]; then
    outcome=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["outcome"])' "$reports/report.json" 2>/dev/null || true)
    printf 'outcome=%s\nreports=%s\n' "$outcome" "$reports" >> "$GITHUB_OUTPUT"
fi
# 4: nothing could be proven, so that the Dockerfile stays as it is. No failure, unless it is asked to be one.
if [ "$optimize" = 4 ] && [ "$require_proof" != true ]; then
    optimize=0
fi
exit $((check > optimize ? check : optimize))
