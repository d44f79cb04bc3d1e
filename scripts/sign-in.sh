#!/usr/bin/env bash
# Runs every command of docs/sign-in.md as it stands there, in an empty folder. Needs curl, jq and oathtool.
#
#   scripts/sign-in.sh [path of the gatepost binary]
set -euo pipefail
cd "$(dirname "$0")/.."

binary=$(realpath "${1:-target/release/gatepost}")
page=$PWD/docs/sign-in.md
folder=$(mktemp -d)
trap 'jobs -p | xargs -r kill 2>/dev/null; wait; rm -rf "$folder"' EXIT
unset "${!GATEPOST_@}"
export no_proxy='*' PATH=$folder/bin:$PATH
mkdir "$folder/bin"
ln -s "$binary" "$folder/bin/gatepost"
cd "$folder"
# A test that does not hold ends it, and says where.
sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$page" >commands
count=$(grep -cv '^    ' commands)
trap 'echo "scripts/sign-in.sh: failed at: $BASH_COMMAND" >&2' ERR
set -E
source ./commands >out
echo "docs/sign-in.md: $count commands run"
