#!/usr/bin/env bash
# Runs the curl calls of "Instantly Enterprise RBAC" against our server: roles, invite, assign, visibility, status, and
# its error table. Stops at the first wrong answer.
# Needs curl, jq and python3.
#
#   scripts/seed-000.sh [path of the gatepost binary]
set -euo pipefail

source "$(dirname "$0")/checks.sh"

command -v jq >/dev/null || fail "jq is not installed"
unset "${!GATEPOST_@}"
export no_proxy='*'

"$binary" init --data "$folder/data" --workspace Company --owner-email owner@company.com --json >"$folder/init.json"
"$binary" serve --data "$folder/data" --listen 127.0.0.1:0 2>"$folder/log" &
server=$!
for _ in $(seq 100); do
    base=$(sed -n 's/.*listening on \(http:[^;]*\);.*/\1/p' "$folder/log")
    [[ -z $base ]] || break
    sleep 0.1
done
[[ -n $base ]] || fail "the server did not start"
owner=$(jq -r .api_key "$folder/init.json")

# v2 METHOD PATH KEY [BODY]: prints the body; the status goes to $folder/status.
v2() {
    local args=(-sS -X "$1" "$base/api/v2$2" -H "Authorization: Bearer $3" -o - -w '%{stderr}%{http_code}')
    [[ -z ${4:-} ]] || args+=(-d "$4")
    curl "${args[@]}" 2>"$folder/status"
}
status() { cat "$folder/status"; }

# join EMAIL LINK: accepts an invitation. Prints the personal key of the new member.
join() {
    curl -sS "$base/api/v2/invitations/accept" \
        -d "{\"token\": \"${2#*#}\", \"first_name\": \"$1\", \"last_name\": \"Company\", \"password\": \"a password long enough\"}" |
        jq -r .api_key
}

echo "Before: an admin with a workspace key, and three warmed mailboxes."
INSTANTLY_API_KEY=$(v2 POST /api-keys "$owner" '{"name": "RBAC script", "scopes": ["all:all"]}' | jq -r .key)
export INSTANTLY_API_KEY
for mailbox in john sales1 sales2; do
    v2 POST /accounts "$INSTANTLY_API_KEY" "{
        \"email\": \"$mailbox@outreach.company.com\", \"first_name\": \"$mailbox\", \"last_name\": \"Company\",
        \"provider_code\": 1, \"daily_limit\": 50,
        \"imap_username\": \"$mailbox\", \"imap_password\": \"secret\", \"imap_host\": \"imap.company.com\", \"imap_port\": 993,
        \"smtp_username\": \"$mailbox\", \"smtp_password\": \"secret\", \"smtp_host\": \"smtp.company.com\", \"smtp_port\": 465
    }" >/dev/null
    same "$(status)" 200
done

echo "Step 1: the roles, and what each may do."
"$binary" access matrix >"$folder/matrix"
for row in workspace_members:create campaigns:read accounts:use; do
    grep -q "$row" "$folder/matrix" || fail "the matrix has no $row"
done

echo "Step 2: invite team members with a role."
invited=$(curl -sS -X POST "$base/api/v1/team/invite" \
    -H "Authorization: Bearer $INSTANTLY_API_KEY" \
    -d '{"email": "sdr@company.com", "role": "member"}')
same "$(jq -r '.email + " " + .role + " " + .status' <<<"$invited")" "sdr@company.com member pending"
sdr=$(join Sam "$(jq -r .invitation_url <<<"$invited")")
for name in john sarah; do
    invited=$(curl -sS -X POST "$base/api/v1/team/invite" \
        -H "Authorization: Bearer $INSTANTLY_API_KEY" \
        -d "{\"email\": \"$name@company.com\", \"role\": \"member\"}")
    declare "$name=$(join "$name" "$(jq -r .invitation_url <<<"$invited")")"
done
curl -sS -X POST "$base/api/v1/team/invite" -H "Authorization: Bearer $INSTANTLY_API_KEY" \
    -d '{"email": "late@company.com", "role": "admin"}' >/dev/null
team=$(curl -sS "$base/api/v1/team/members" \
    -H "Authorization: Bearer $INSTANTLY_API_KEY" | jq '.[] | {email, role, status}')
same "$(jq -r '.email + " " + .role + " " + .status' <<<"$team" | sort | paste -sd,)" \
    "john@company.com member active,late@company.com admin pending,owner@company.com owner active,sarah@company.com member active,sdr@company.com member active"

echo "Step 3: each sending account to exactly one member."
curl -sS -X POST "$base/api/v1/account/assign" \
    -H "Authorization: Bearer $INSTANTLY_API_KEY" \
    -d '{"account_email": "john@outreach.company.com", "assigned_to": "john@company.com"}' >"$folder/answer"
same "$(jq -r '.account_email + " " + .assigned_to' "$folder/answer")" "john@outreach.company.com john@company.com"
for mailbox in sales1 sales2; do
    curl -sS -X POST "$base/api/v1/account/assign" -H "Authorization: Bearer $INSTANTLY_API_KEY" \
        -d "{\"account_email\": \"$mailbox@outreach.company.com\", \"assigned_to\": \"sarah@company.com\"}" >/dev/null
done
same "$(v2 GET /accounts "$john" | jq -r '.items[].email')" john@outreach.company.com
same "$(v2 GET '/accounts?sort_by=email&sort_order=asc' "$sarah" | jq -r '.items[].email' | paste -sd,)" \
    sales1@outreach.company.com,sales2@outreach.company.com

# campaign NAME SENDER [VISIBILITY]
campaign() {
    jq -nc --arg name "$1" --arg sender "$2" --arg visibility "${3:-}" '{
        name: $name, email_list: [$sender],
        campaign_schedule: {schedules: [{name: "Hours", timing: {from: "09:00", to: "17:00"}, days: {"1": true}, timezone: "Europe/Belgrade"}]},
        sequences: [{steps: [{type: "email", delay: 1, variants: [{subject: "Hello", body: "there"}]}]}]
    } + (if $visibility == "" then {} else {visibility: $visibility} end)'
}

echo "John can send only from the assigned account. When it is assigned to Sarah, the campaign loses it."
v2 POST /campaigns "$john" "$(campaign "John's" sales1@outreach.company.com)" >/dev/null
same "$(status)" 400
johns=$(v2 POST /campaigns "$john" "$(campaign "John's" john@outreach.company.com)" | jq -r .id)
same "$(status)" 200
v2 POST "/campaigns/$johns/activate" "$john" >/dev/null
same "$(status)" 200
curl -sS -X POST "$base/api/v1/account/assign" -H "Authorization: Bearer $INSTANTLY_API_KEY" \
    -d '{"account_email": "john@outreach.company.com", "assigned_to": "sarah@company.com"}' >/dev/null
same "$(v2 GET "/campaigns/$johns" "$john" | jq -c .email_list)" '[]'

echo "Step 4: visibility. Team by default, private when the workspace says so."
same "$(v2 GET "/campaigns/$johns" "$sdr" | jq -r .visibility)" team
v2 PATCH /workspaces/current "$owner" '{"default_campaign_visibility": "private"}' >/dev/null
same "$(status)" 200
hidden=$(v2 POST /campaigns "$sarah" "$(campaign "Sarah's" sales1@outreach.company.com)" | jq -r .id)
v2 GET "/campaigns/$hidden" "$john" >/dev/null
same "$(status)" 404
same "$(v2 GET /campaigns "$john" | jq '[.items[] | select(.name == "Sarah'"'"'s")] | length')" 0
same "$(v2 GET "/campaigns/$hidden" "$owner" | jq -r .visibility)" private

echo "Step 5: limits and deliverability. Nothing is sent yet: the number sent is 0, and the reputation is null."
accounts=$(curl -sS "$base/api/v1/account/status" \
    -H "Authorization: Bearer $INSTANTLY_API_KEY" |
    jq -c '.accounts[] | {email, daily_limit, sent_today, warmup_status, reputation_score}')
same "$(head -n 1 <<<"$accounts" | jq -c '[.email, .daily_limit == 50, .sent_today, .warmup_status, .reputation_score]')" \
    '["john@outreach.company.com",true,0,0,null]'
same "$(wc -l <<<"$accounts" | tr -d ' ')" 3

echo "Error table, 1: a member cannot see a campaign. Add them as a collaborator, or change the visibility."
john_id=$(v2 GET /me "$john" | jq -r .member_id)
v2 PATCH "/campaigns/$hidden" "$sarah" "{\"collaborators\": [\"$john_id\"]}" >/dev/null
same "$(status)" 200
v2 GET "/campaigns/$hidden" "$john" >/dev/null
same "$(status)" 200
v2 GET "/campaigns/$hidden" "$sdr" >/dev/null
same "$(status)" 404
v2 PATCH "/campaigns/$hidden" "$sarah" '{"visibility": "team"}' >/dev/null
v2 GET "/campaigns/$hidden" "$sdr" >/dev/null
same "$(status)" 200

echo "Error table, 2: bounces spike. Reduce the daily limit, and warm the account up."
same "$(v2 PATCH /accounts/sales1@outreach.company.com "$INSTANTLY_API_KEY" '{"daily_limit": 20}' | jq .daily_limit)" 20
job=$(v2 POST /accounts/warmup/enable "$INSTANTLY_API_KEY" '{"emails": ["sales1@outreach.company.com"]}' | jq -r .id)
for _ in $(seq 100); do
    done=$(v2 GET "/background-jobs/$job" "$INSTANTLY_API_KEY" | jq -r .status)
    [[ $done != success ]] || break
    sleep 0.1
done
same "$done" success
same "$(v2 GET /accounts/sales1@outreach.company.com "$INSTANTLY_API_KEY" | jq .warmup_status)" 1

echo "Error table, 3: 403 on a team call, for a member. Promote them to admin."
refused=$(curl -sS -X POST "$base/api/v1/team/invite" -H "Authorization: Bearer $john" \
    -d '{"email": "friend@company.com", "role": "member"}')
same "$(jq -r .statusCode <<<"$refused")" 403
[[ $(jq -r .message <<<"$refused") == *"owner, admin"* ]] || fail "the refusal should name the roles that can do it: $refused"
v2 PATCH "/workspace-members/$john_id" "$owner" '{"role": "admin"}' >/dev/null
same "$(curl -sS -X POST "$base/api/v1/team/invite" -H "Authorization: Bearer $john" \
    -d '{"email": "friend@company.com", "role": "member"}' | jq -r .status)" pending

echo "Error table, 4: two people work on the same lead. Let the workspace accept each address only once."
sams=$(v2 POST /lead-lists "$sdr" '{"name": "Sam"}' | jq -r .id)
sarahs=$(v2 POST /lead-lists "$sarah" '{"name": "Sarah"}' | jq -r .id)
lead='[{"email": "prospect@customer.com", "first_name": "Pat"}]'
same "$(v2 POST /leads/add "$sdr" "{\"list_id\": \"$sams\", \"leads\": $lead}" | jq .leads_uploaded)" 1
same "$(v2 POST /leads/add "$sarah" "{\"list_id\": \"$sarahs\", \"leads\": $lead}" | jq .leads_uploaded)" 1
v2 PATCH /workspaces/current "$owner" '{"unique_leads": true}' >/dev/null
lead='[{"email": "prospect@customer.com"}, {"email": "new@customer.com"}]'
more=$(v2 POST /lead-lists "$sarah" '{"name": "More"}' | jq -r .id)
same "$(v2 POST /leads/add "$sarah" "{\"list_id\": \"$more\", \"leads\": $lead}" | jq -c '[.leads_uploaded, .skipped_count]')" '[1,1]'

echo
echo "The story is complete: $checks checks passed."
