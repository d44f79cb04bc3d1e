#!/usr/bin/env bash
# Public clients of the official API, unchanged, against a running demo. scripts/clients.txt lists the calls that fail
# and which side causes each. Exits with 1 when a call fails that is not in the list, or when a call of the list no longer
# fails. Needs npm, python3 and a network.
#
#   scripts/clients.sh [path of the gatepost binary]
set -euo pipefail
cd "$(dirname "$0")/.."

binary=${1:-target/release/gatepost}
place=target/clients
mkdir -p "$place"
npm install --prefix "$place" --silent --no-audit --no-fund --ignore-scripts instantly-mcp@1.0.5 instantly-cli@0.1.21
[ -x "$place/python/bin/python" ] || python3 -m venv "$place/python"
"$place/python/bin/pip" install --quiet --disable-pip-version-check instantly-mcp==0.1.0 instantlyai==0.7.0
exec "$place/python/bin/python" scripts/clients.py "$binary" "$place" scripts/clients.txt
