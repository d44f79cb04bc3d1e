#!/usr/bin/env bash
# Five minutes with Gatepost, by curl: members, API keys, tags, permissions, sending accounts and leads, isolation, the
# audit log, and the transfer of the ownership. It starts a demo, checks every answer, and stops at the first wrong one.
# Needs curl and python3.
#
#   scripts/tour.sh [path of the gatepost binary]
set -euo pipefail

source "$(dirname "$0")/checks.sh"

# pick PATH < JSON: the values at a path such as items.0.id or items.*.label, one on each line.
pick() {
    python3 -c '
import json, sys
found = [json.load(sys.stdin)]
for step in sys.argv[1].split("."):
    if step == "*":
        found = [item for each in found for item in each]
    else:
        found = [each[int(step)] if isinstance(each, list) else each[step] for each in found]
for each in found:
    print(each if isinstance(each, str) else json.dumps(each))
' "$1"
}

# person ROLE FIELD: a field of the person with this role.
person() {
    python3 -c '
import json, sys
people = json.load(open(sys.argv[1]))["people"]
print(next(person[sys.argv[3]] for person in people if person["role"] == sys.argv[2]))
' "$folder/demo.json" "$1" "$2"
}

# call METHOD PATH KEY [BODY]: puts the status into $status and the body into $answer.
call() {
    local args=(--silent --show-error --noproxy '*' --max-time 30 --request "$1" "$base_url/api/v2$2")
    [[ -z $3 ]] || args+=(--header "Authorization: Bearer $3")
    [[ -z ${4:-} ]] || args+=(--header "Content-Type: application/json" --data "$4")
    status=$(curl "${args[@]}" --output "$folder/answer" --write-out '%{http_code}')
    answer=$(cat "$folder/answer")
}

# expect STATUS METHOD PATH KEY [BODY]
expect() {
    local wanted=$1
    shift
    call "$@"
    [[ $status == "$wanted" ]] || fail "$1 $2 should answer $wanted, and answered $status: $answer"
    checks=$((checks + 1))
}

# field PATH: a field of the last answer.
field() {
    pick "$1" <<<"$answer"
}

# says TEXT: the last answer contains the text.
says() {
    [[ $answer == *"$1"* ]] || fail "the answer should contain '$1': $answer"
    checks=$((checks + 1))
}

# hides TEXT: the last answer does not contain the text.
hides() {
    [[ $answer != *"$1"* ]] || fail "the answer should not contain '$1': $answer"
    checks=$((checks + 1))
}

# eventually TEXT PATH KEY: waits for a text, for records that are written after the answer.
eventually() {
    for _ in {1..50}; do
        call GET "$2" "$3"
        if [[ $status == 200 && $answer == *"$1"* ]]; then
            checks=$((checks + 1))
            return
        fi
        sleep 0.2
    done
    fail "GET $2 should at last contain '$1', but answers $status: $answer"
}

echo "Starting a demo: a workspace with a member of each role, some campaigns, and a stranger in another workspace."
"$binary" demo --json --listen 127.0.0.1:0 >"$folder/demo.json" 2>"$folder/log" &
server=$!
for _ in {1..300}; do
    [[ $(wc -l <"$folder/demo.json") -eq 0 ]] || break
    kill -0 "$server" 2>/dev/null || fail "the demo did not start"
    sleep 0.2
done
[[ $(wc -l <"$folder/demo.json") -eq 1 ]] || fail "the demo did not print exactly one line"

base_url=$(pick base_url <"$folder/demo.json")
owner=$(person owner api_key)
admin=$(person admin api_key)
manager=$(person manager api_key)
sdr=$(person sdr api_key)
member=$(person member api_key)
client=$(person client api_key)
view=$(person view api_key)
workspace_key=$(pick workspace_key <"$folder/demo.json")
stranger=$(pick stranger.api_key <"$folder/demo.json")

# ---- The tour ----

echo
echo "1. Members"

echo "The admin lists the members. There is one for each role."
expect 200 GET /workspace-members "$admin"
same "$(field 'items.*.role' | sort | xargs)" "admin client editor manager member owner sdr view"

echo "The admin invites Jo and names only the address. The role is the workspace's default, view. The answer has the link."
expect 200 POST /workspace-members "$admin" '{"email": "jo@acme.example"}'
same "$(field role) $(field accepted)" "view false"
jo_id=$(field id)
link=$(field invitation_url)

echo "Jo accepts with the token after the '#' of the link, and gets a first personal key."
expect 200 POST /invitations/accept "" \
    '{"token": "'"${link#*#}"'", "first_name": "Jo", "last_name": "Doe", "password": "a long password"}'
jo=$(field api_key)

echo "The admin makes Jo an SDR. An SDR sees the team's campaigns. The refusal for members names the reason."
expect 200 PATCH "/workspace-members/$jo_id" "$admin" '{"role": "sdr"}'
expect 200 GET /campaigns "$jo"
expect 403 GET /workspace-members "$jo"
says '`workspace_members:read` is for owner, admin, manager; yours is sdr'

echo "The admin removes Jo. Jo's key no longer works, from the next request on."
expect 200 DELETE "/workspace-members/$jo_id" "$admin"
expect 401 GET /campaigns "$jo"

echo "Nobody can remove the owner, or create a second one."
expect 403 DELETE "/workspace-members/$(person owner member_id)" "$admin"
expect 403 PATCH "/workspace-members/$(person sdr member_id)" "$admin" '{"role": "owner"}'

echo
echo "2. API keys"

echo "The admin creates three keys, each with the scopes that it needs."
expect 200 POST /api-keys "$admin" \
    '{"name": "Marketing — Analytics Read Only", "scopes": ["campaigns:read", "accounts:read"]}'
analytics=$(field key)
expect 200 POST /api-keys "$admin" \
    '{"name": "SDR — Campaign Management", "scopes": ["campaigns:all", "leads:all"]}'
campaigning=$(field key)
expect 200 POST /api-keys "$admin" \
    '{"name": "Integration Service — Webhook Handler", "scopes": ["leads:read"]}'
integration=$(field key)
integration_id=$(field id)

echo "A key is shown only once. The list has its name, its scopes and the last four characters of the secret."
expect 200 GET /api-keys "$admin"
says "SDR — Campaign Management"
hides "$analytics"
hides "$campaigning"
hides "$integration"

echo "A key with a read scope cannot write. The answer names the scopes that can."
expect 200 GET /campaigns "$analytics"
expect 403 POST /campaigns "$analytics" '{"name": "No"}'
says '`campaigns:create`, `campaigns:all`, `all:create`, `all:all`'

echo "A key for campaigns cannot see members. A key for leads cannot see campaigns."
expect 403 GET /workspace-members "$campaigning"
expect 403 GET /campaigns "$integration"

echo "A revoked key stops working at once."
expect 200 DELETE "/api-keys/$integration_id" "$admin"
expect 401 GET /campaigns "$integration"

echo "A key cannot revoke itself."
expect 200 GET /me "$workspace_key"
expect 403 DELETE "/api-keys/$(field api_key_id)" "$workspace_key"
says "a key cannot revoke itself; use another key, or sign in"

echo
echo "3. Tags"

echo "Create a tag for each team."
for team in SDR-West SDR-East Marketing Enterprise; do
    expect 200 POST /custom-tags "$admin" '{"label": "'$team'", "description": "Resources owned by '$team' team"}'
    tag=$(field id)
done

echo "Assign the last tag to a campaign. The filter finds only that campaign."
expect 200 GET "/campaigns?search=spring" "$admin"
campaign=$(field items.0.id)
toggle='{"tag_id": "'$tag'", "resource_id": "'$campaign'"}'
expect 200 POST /custom-tags/toggle-resource "$admin" "$toggle"
expect 200 GET "/campaigns?tag_ids=$tag&limit=100" "$admin"
same "$(field 'items.*.id')" "$campaign"

echo "The same call removes the tag again, and a third call assigns it again."
expect 200 POST /custom-tags/toggle-resource "$admin" "$toggle"
expect 200 GET "/campaigns?tag_ids=$tag&limit=100" "$admin"
same "$(field items)" "[]"
expect 200 POST /custom-tags/toggle-resource "$admin" "$toggle"

echo "A value that is not a UUID is refused. The answer names the parameter."
expect 400 GET "/campaigns?tag_ids=not-a-uuid" "$admin"
says tag_ids

echo
echo "4. Roles and permissions"

echo "Rights are checked before the body, so an empty body only tests the right: 400 means allowed, 403 means refused."
expect 200 GET "/campaigns?search=win%20back" "$admin"
idle=$(field items.0.id) # nobody assigned it an account to send from
row() {
    echo "  $1"
    expect "$3" GET /campaigns "$2"
    expect "$4" POST /campaigns "$2" '{}'
    expect "$5" PATCH "/campaigns/$campaign" "$2" '{}'
    expect "$6" POST "/campaigns/$idle/activate" "$2" # 400: it has no sending account
    expect "$7" POST "/campaigns/$campaign/pause" "$2"
    expect "$8" GET /api-keys "$2"
    expect "$9" POST /api-keys "$2" '{}'
    expect "${10}" GET /workspace-members "$2"
    expect "${11}" POST /workspace-members "$2" '{}'
    expect "${12}" GET /audit-logs "$2"
}
#                       campaigns                         API keys     members       audit log
#                       see  create  edit  launch  pause  see  create  see  invite   see
row admin   "$admin"    200  400     400   400     200    200  400     200  400      200
row manager "$manager"  200  400     400   400     200    200  403     200  403      403
row sdr     "$sdr"      200  403     403   400     200    403  403     403  403      403
row view    "$view"     200  403     403   403     403    403  403     403  403      403

echo "Every caller can ask for the reason."
expect 200 POST /access/explain "$view" '{"permission": "campaigns:launch", "record": "'"$campaign"'"}'
same "$(field allowed) $(field refused_by)" "false role"

echo
echo "5. Sending accounts and leads"

echo "The member sees only the account that is assigned to them. The admin sees five."
expect 200 GET "/accounts?limit=100" "$member"
same "$(field 'items.*.email')" member@outreach.acme.example
expect 200 GET "/accounts?limit=100&sort_by=email&sort_order=asc" "$admin"
same "$(field 'items.*.email' | wc -l | tr -d ' ')" 5

echo "The member's campaign sends from it. When the account is assigned to the SDR, the campaign loses it in the same transaction."
expect 200 GET "/campaigns?search=founders" "$member"
founders=$(field items.0.id)
same "$(field items.0.email_list.0)" member@outreach.acme.example
expect 200 PATCH /accounts/member@outreach.acme.example "$admin" '{"assigned_to": "'$(person sdr member_id)'"}'
expect 200 GET "/campaigns/$founders" "$member"
same "$(field email_list)" "[]"

echo "Passwords are stored, and never shown again."
expect 200 GET /accounts/member@outreach.acme.example "$admin"
hides password

echo "Warm-up is a background job. It has the rights of the caller that asked for it."
expect 200 POST /accounts/warmup/enable "$admin" '{"include_all_emails": true}'
job=$(field id)
eventually '"status":"success"' "/background-jobs/$job" "$admin"
expect 404 GET "/background-jobs/$job" "$sdr"

echo "A lead is visible through its campaign, its list and its assignee."
expect 200 POST /leads/list "$owner" '{"limit": 100}'
same "$(field 'items.*.email' | wc -l | tr -d ' ')" 12
expect 200 POST /leads/list "$client" '{"limit": 100}'
same "$(field 'items.*.email' | wc -l | tr -d ' ')" 4
expect 200 POST /leads/list "$sdr" '{"limit": 100}'
same "$(field 'items.*.email' | wc -l | tr -d ' ')" 4
expect 403 POST /leads "$view" '{}'

echo
echo "6. Isolation"

echo "A stranger gets the same answer, byte for byte, for Acme's campaign and for one that never existed."
nowhere=$(python3 -c 'import uuid; print(uuid.uuid4())')
for method in GET DELETE; do
    expect 404 "$method" "/campaigns/$campaign" "$stranger"
    foreign=$answer
    expect 404 "$method" "/campaigns/$nowhere" "$stranger"
    same "$foreign" "$answer"
done

echo "In a filter, Acme's tag gives an empty list, like a tag that never existed."
expect 200 GET "/campaigns?tag_ids=$tag" "$stranger"
same "$(field items)" "[]"

echo "A call without a key, or with an unknown key, is refused."
expect 401 GET /campaigns ""
expect 401 GET /campaigns gpk_w_000000000000000000000000000000000000

echo
echo "7. The audit log"

echo "Every change is there, with its author. These are the rows about Jo."
expect 200 GET "/audit-logs?limit=50&search=workspace_member/$jo_id" "$admin"
same "$(field 'items.*.action' | sort | xargs)" \
    "workspace_members:accept workspace_members:create workspace_members:delete workspace_members:update"
paste -d '|' <(field 'items.*.timestamp_created') <(field 'items.*.user') <(field 'items.*.action') \
    <(field 'items.*.resource') | sed 's/^/  /; s/|/ | /g'

echo "Refused attempts of known callers are there too, a moment later."
eventually '"resource":"refused"' "/audit-logs?limit=50&search=refused" "$admin"
eventually '"action":"campaigns:launch"' "/audit-logs?limit=50&search=view@acme.example" "$admin"

echo "Secrets are not there."
expect 200 GET "/audit-logs?limit=1000" "$admin"
hides "${link#*#}"
hides "$analytics"

echo
echo "8. Transferring the ownership"

new_owner='{"new_owner_id": "'$(person admin user_id)'"}'

echo "Only the owner in person can do this. An admin cannot, and a workspace key of the owner cannot."
expect 403 POST /workspaces/current/change-owner "$admin" "$new_owner"
expect 403 POST /workspaces/current/change-owner "$workspace_key" "$new_owner"
says "needs a person"

echo "The owner transfers Acme to the admin, and is an admin from then on."
expect 200 POST /workspaces/current/change-owner "$owner" "$new_owner"
same "$(field owner)" "$(person admin user_id)"
expect 200 GET /me "$owner"
same "$(field role)" admin
expect 403 POST /workspaces/current/change-owner "$owner" "$new_owner"

echo
echo "The tour is complete: $checks checks passed"
