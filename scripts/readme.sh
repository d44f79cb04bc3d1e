#!/usr/bin/env bash
# Does what the README tells a new user to do: pastes the line that the demo prints, and then the ten calls. Each answer must
# have the status that the README says. Needs curl.
#
#   scripts/readme.sh [path of the gatepost binary]
set -euo pipefail

source "$(dirname "$0")/checks.sh"

unset "${!GATEPOST_@}"
readme=$(dirname "$0")/../README.md
"$binary" demo --listen 127.0.0.1:0 >"$folder/demo" 2>"$folder/log" &
server=$!
for _ in {1..300}; do
    ! grep -q 'Ctrl-C' "$folder/demo" || break
    kill -0 "$server" 2>/dev/null || fail "the demo did not start"
    sleep 0.2
done
eval "$(grep '^ *base=' "$folder/demo")"

# curl ...: runs it unchanged, and prints the status on a separate line.
curl() {
    command curl --silent --show-error --noproxy '*' --output "$folder/answer" --write-out '%{http_code}\n' "$@" \
        >>"$folder/statuses"
}
sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$readme" >"$folder/calls"
same "$(grep -c '^curl' "$folder/calls")" 10
source "$folder/calls"
same "$(xargs <"$folder/statuses")" "200 200 403 200 200 200 200 200 200 200"
grep -q 'workspace_members:create' "$folder/answer" || fail "the audit log should have the invitation"
echo "The README holds: $checks checks passed"
