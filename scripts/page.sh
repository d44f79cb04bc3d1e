#!/usr/bin/env bash
# Runs every command of a page in docs, unchanged, in an empty folder. Needs curl, jq and oathtool.
#
#   scripts/page.sh docs/sign-in.md [path of the gatepost binary]
set -euo pipefail
cd "$(dirname "$0")/.."

name=$1
binary=$(realpath "${2:-target/debug/gatepost}")
page=$PWD/$name
folder=$(mktemp -d)
trap 'jobs -p | xargs -r kill 2>/dev/null; wait; rm -rf "$folder"' EXIT
unset "${!GATEPOST_@}"
export no_proxy='*' PATH=$folder/bin:$PATH
mkdir "$folder/bin"
ln -s "$binary" "$folder/bin/gatepost"
cd "$folder"
# The first test that fails ends the script, and the message says where.
sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$page" >commands
count=$(grep -cv '^    ' commands)
trap 'echo "$name: failed at: $BASH_COMMAND" >&2' ERR
set -E
source ./commands >out
echo "$name: $count commands run"
