//! Calls every operation of the router as every principal. Only the samples are listed by hand; an operation
//! without a sample fails.

use crate::samples::{body, records};
use crate::support::operations::{self, Operation};
use crate::support::people::{SIGNED_IN, of_nobody, of_own_data, principal};
use crate::support::samples::{AGENT, Records};
use crate::support::scene::{account, campaign};
use crate::support::{Answer, MISSING, ROLES, World, on_both};
use gatepost::access::{Mark, Reach, Role};
use serde_json::{Value, json};
use std::collections::BTreeMap;

on_both! {
    foreign_and_missing_are_the_same everybody_meets_their_cell filters_and_cursors_tell_nothing
    references_tell_nothing references_of_leads_tell_nothing
}

async fn attempt(world: &World, who: &str, operation: &Operation, id: &str, records: &Records) -> Answer {
    world.call(who, &operation.at(id), body(operation, records)).await
}

/// The contents of the workspace as its owner sees them, without refused attempts.
async fn holdings(world: &World, who: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let lists =
        ["campaigns", "custom-tags", "workspace-members", "api-keys", "custom-tag-mappings", "accounts"];
    for path in lists.into_iter().chain(["lead-lists", "background-jobs", "workspace-group-members"]) {
        let mut items = world.get(who, &format!("/api/v2/{path}?limit=100")).await.is(200).items();
        items.iter_mut().for_each(|item| item["last_used_at"] = Value::Null);
        all.extend(items);
    }
    all.extend(world.call(who, "POST /api/v2/leads/list", json!({ "limit": 100 })).await.is(200).items());
    all
}

async fn foreign_and_missing_are_the_same(world: World) {
    let (home, away) = (records(&world, "owner").await, records(&world, "stranger").await);
    let before = (holdings(&world, "owner").await, holdings(&world, "stranger").await);
    let mut walked = 0;
    for operation in operations::all(world.api).iter().filter(|operation| operation.takes_id()) {
        world.refresh_sessions().await;
        for who in
            ROLES.into_iter().chain(SIGNED_IN).chain(["stranger", "stranger's session", "robot", "reader"])
        {
            let foreign = if who.starts_with("stranger") { &home } else { &away };
            let answer = attempt(&world, who, operation, foreign.id(operation), foreign).await;
            let (name, signed_in) = principal(who);
            let role = Role::parse(name).unwrap_or(Role::Owner);
            let barred = operation.action.reach(role) == Reach::None
                || operation.action.is(Mark::SignedIn) && !signed_in
                || operation.action.is(Mark::InPerson) && who == "robot"
                || who == "reader" && !operation.action.admits("campaigns:read", false)
                || operation.path.ends_with("from-export");
            let expected = if barred { 403 } else { 404 };
            assert_eq!(answer.status, expected, "{who} {} {}", operation.line(), answer.text());
            for other in [MISSING, "no-id", "0", "%00", "..%2f"] {
                let missing = attempt(&world, who, operation, other, foreign).await;
                // The refusal of a malformed id says nothing about any record.
                let malformed = missing.status == 400 && other != MISSING && operation.path.contains("{id}");
                match malformed {
                    true => assert_eq!(missing.message(), "params/id must match format \"uuid\""),
                    false => assert_eq!(answer.face(), missing.face(), "{who} {} {other}", operation.line()),
                }
            }
            assert!(!answer.text().contains(foreign.id(operation)) && !answer.text().contains("secret plan"));
            walked += 1;
        }
    }
    assert!(walked >= 24 * 20, "{walked}");
    assert_eq!(before, (holdings(&world, "owner").await, holdings(&world, "stranger").await));
}

/// Calls every operation on a record of the workspace with invalid keys, a narrow key, each role and the
/// stranger.
async fn everybody_meets_their_cell(world: World) {
    let (home, away) = (records(&world, "owner").await, records(&world, "stranger").await);
    let mut counts = BTreeMap::new();
    for operation in operations::all(world.api) {
        if operation.open {
            let refused = attempt(&world, "", &operation, "", &records(&world, "owner").await).await;
            assert_eq!(
                refused.status.as_u16(),
                of_nobody(&operation),
                "{} {}",
                operation.line(),
                refused.text()
            );
            continue;
        }
        for who in ["", "an unknown key", "an unknown session", "revoked", "expired", "pending", "removed"] {
            let id = |records: &Records| match operation.takes_id() {
                true => records.id(&operation).to_owned(),
                false => String::new(),
            };
            let mut faces = Vec::new();
            for id in [id(&home), id(&away), MISSING.to_owned()] {
                let refused = world.call(who, &operation.at(&id), json!({ "not": "read" })).await;
                faces.push(refused.is(401).face());
                *counts.entry(401).or_insert(0) += 1;
            }
            faces.dedup();
            assert_eq!(faces.len(), 1, "{who} {}", operation.line());
        }
        let mut own = records(&world, "owner").await;
        for who in ROLES.iter().chain(&SIGNED_IN).chain(&["reader"]) {
            if matches!(operation.action.name, "workspaces:delete" | "workspaces:change_owner")
                && principal(who).0 == "owner"
            {
                continue; // this would end the walk; the tests of workspaces cover it
            }
            let id = if operation.takes_id() { own.id(&operation) } else { "" };
            let answer = attempt(&world, who, &operation, id, &own).await;
            let expected = expected(who, &operation);
            assert!(
                expected.contains(&answer.status.as_u16()),
                "{who} {} {}",
                operation.line(),
                answer.text()
            );
            *counts.entry(answer.status.as_u16()).or_insert(0) += 1;
            if answer.status.is_success() && operation.action.activity.is_some() {
                // The call may have deleted the record or the session.
                match operation.takes_id() || operation.method == "DELETE" {
                    true => own = records(&world, "owner").await,
                    false => world.refresh_sessions().await,
                }
            }
        }
    }
    assert!([200, 401, 403, 404].iter().all(|status| counts[status] > 1), "{counts:?}");
}

/// What the matrix allows. The record belongs to the owner, is visible to the team and has no tag.
fn expected(who: &str, operation: &Operation) -> &'static [u16] {
    let action = operation.action;
    if who == "reader" && !action.is(Mark::SignedIn) {
        let none_needed = action.verbs.is_empty();
        let admitted = none_needed || action.admits("campaigns:read", false);
        return if admitted { &[200, 404] } else { &[403] };
    }
    let (who, signed_in) = principal(who);
    if action.is(Mark::SignedIn) {
        return if signed_in { of_own_data(operation) } else { &[403] };
    }
    let role = if who == "stranger" { Role::Owner } else { Role::parse(who).unwrap() };
    let (reach, see) = (action.reach(role), (action.see)().reach(role));
    let limited = who == "client";
    match (reach, see) {
        (Reach::None, _) => &[403],
        _ if operation.path.ends_with("from-export") => &[403],
        _ if limited && operation.takes_id() => &[404],
        // A record that the caller does not see counts as missing.
        (_, Reach::Own | Reach::Assigned) if operation.takes_id() => &[404],
        (Reach::Own, _) if operation.path.ends_with("duplicate") => &[200],
        (Reach::Own, _) if operation.takes_id() || action.name == "custom_tags:toggle" => &[403],
        (Reach::Own, _) if ["leads:create", "leads:move", "lead_imports:create"].contains(&action.name) => {
            &[403]
        }
        // The account of the sample belongs to another member, or to nobody.
        (Reach::Assigned, Reach::Assigned) if action.name == "emails:test" => &[404],
        (Reach::Assigned, _) if action.name == "emails:test" => &[403],
        _ if action.name == "emails:test" => &[200, 400],
        _ if operation.path.ends_with("ctd/status") => &[400],
        _ if action.name == "campaigns:share" => &[204],
        // It accepts what another workspace offered, and here there is no offer.
        _ if ["workspace_group_members:accept", "workspace_group_members:reject"].contains(&action.name) => {
            &[404]
        }
        _ if action.name == "workspace_group_members:delegate" => &[409],
        // The import has ended.
        _ if action.name == "lead_imports:cancel" => &[409],
        // The body names a workspace outside the group, or a user who is not a member.
        _ if ["accounts:move", "accounts:preview_move", "leads:assign"].contains(&action.name) => &[400],
        _ if action.name == "credits:set_caps" => &[400],
        _ if action.name == "workspace_group_members:create" => &[400],
        // The destination is missing, or no lead has the address.
        _ if ["leads:merge", "leads:set_interest"].contains(&action.name) => &[404],
        // There is no model.
        _ if operation.path.ends_with("ai-reply-label") => &[402],
        // A campaign without a sender cannot be launched. A link without an invitation cannot be accepted.
        _ if action.name == "campaigns:launch" => &[400],
        _ => &[200],
    }
}

async fn filters_and_cursors_tell_nothing(world: World) {
    let (home, away) = (records(&world, "owner").await, records(&world, "stranger").await);
    let mut filters = 0;
    for operation in operations::all(world.api).iter().filter(|operation| operation.method == "GET") {
        let path = &operation.path;
        for query in operation.queries() {
            let id = |records: &Records| match query.as_str() {
                "resource_ids" => records.of("campaigns").to_owned(),
                "ai_sales_agent_id" => AGENT.to_owned(),
                _ => records.of("custom_tags").to_owned(),
            };
            for (who, own, foreign) in
                [("stranger", &away, &home), ("owner", &home, &away), ("client", &home, &away)]
            {
                if expected(who, operation).contains(&403) {
                    continue;
                }
                let get = async |id: &str| world.get(who, &format!("{path}?{query}={id}")).await;
                let (mine, theirs, missing) =
                    (get(&id(own)).await, get(&id(foreign)).await, get(MISSING).await);
                let secrets = ["campaigns", "custom_tags", "workspace_members", "api_keys", "accounts"];
                let mut secrets = secrets.into_iter().chain(["lead_lists", "background_jobs"]);
                assert!(!secrets.any(|of| theirs.text().contains(foreign.of(of))), "{path} {query}");
                match query.as_str() {
                    "tag_ids" | "tag_ids_all" | "resource_ids" => {
                        assert_eq!((theirs.items().len(), missing.items().len()), (0, 0), "{path} {query}");
                        assert_eq!(mine.items().len(), usize::from(who != "client"), "{who} {path} {query}");
                        filters += 1;
                    }
                    "ai_sales_agent_id" => {
                        assert_eq!(
                            mine.items().len(),
                            usize::from(who != "client"),
                            "only its own, of those that share it"
                        );
                        assert_eq!(missing.items().len(), 0);
                        filters += 1;
                    }
                    // A position in time, before or after every record. The list still has only the caller's
                    // own records.
                    "starting_after" => assert_eq!(theirs.face().0, missing.face().0, "{path}"),
                    _ => assert_eq!(theirs.face().0, missing.face().0, "{path} {query}"),
                }
            }
        }
    }
    assert!(filters >= 12, "{filters}");
}

/// References in a body: a foreign one and a missing one get the same 400, which names the field.
async fn references_tell_nothing(world: World) {
    let (home, away) = (records(&world, "owner").await, records(&world, "stranger").await);
    let (key, tags) = ("POST /api/v2/api-keys", "POST /api/v2/custom-tags/toggle-resource");
    let members = "POST /api/v2/workspace-members";
    let campaign_at = format!("PATCH /api/v2/campaigns/{}", home.of("campaigns"));
    let member_at = format!("PATCH /api/v2/workspace-members/{}", home.of("workspace_members"));
    let stranger = world.who("stranger").clone();
    let official = json!({ "tag_ids": [home.of("custom_tags")], "resource_type": 2, "resource_ids": [home.of("campaigns")], "assign": true });
    let short = json!({ "tag_id": home.of("custom_tags"), "resource_id": home.of("campaigns") });
    let (member, user) = (stranger.member.unwrap().to_string(), stranger.user.unwrap().to_string());
    let cases: [(&str, Value, &str, &str); 17] = [
        (key, json!({ "name": "k", "scopes": ["leads:read"] }), "tag_limit", away.of("custom_tags")),
        (members, json!({ "email": "a@acme.example" }), "tag_limit", away.of("custom_tags")),
        (&member_at, json!({}), "tag_limit", away.of("custom_tags")),
        (members, json!({ "email": "a@acme.example" }), "custom_role", away.of("roles")),
        (&member_at, json!({}), "custom_role", away.of("roles")),
        (tags, official.clone(), "tag_ids", away.of("custom_tags")),
        (tags, official, "resource_ids", away.of("campaigns")),
        (tags, short.clone(), "tag_id", away.of("custom_tags")),
        (tags, short, "resource_id", away.of("campaigns")),
        (&campaign_at, json!({}), "owned_by", &user),
        (&campaign_at, json!({}), "owned_by", &member),
        (&campaign_at, json!({}), "collaborators", &member),
        (&campaign_at, json!({}), "email_tag_list", away.of("custom_tags")),
        ("POST /api/v2/campaigns", campaign("c"), "email_tag_list", away.of("custom_tags")),
        ("POST /api/v2/workspaces/current/change-owner", json!({}), "new_owner_id", &member),
        ("POST /api/v2/access/explain", json!({ "permission": "campaigns:read" }), "principal", &member),
        ("POST /api/v2/access/what-can", json!({}), "principal", &member),
    ];
    refused_alike(&world, &cases).await;
    // The record of an explanation.
    let explain = async |record: &str| {
        let body = json!({ "permission": "campaigns:update", "record": record });
        world.call("owner", "POST /api/v2/access/explain", body).await.is(200).face()
    };
    assert_eq!(explain(away.of("campaigns")).await, explain(MISSING).await);
    assert_ne!(explain(home.of("campaigns")).await, explain(MISSING).await);
    let who = async |record: &str, status: u16| {
        let body = json!({ "permission": "campaigns:update", "record": record });
        world.call("owner", "POST /api/v2/access/who-can", body).await.is(status).face()
    };
    assert_eq!(who(away.of("campaigns"), 404).await, who(MISSING, 404).await);
    who(home.of("campaigns"), 200).await;
}

async fn refused_alike(world: &World, cases: &[(&str, Value, &str, &str)]) {
    let with = |mut body: Value, field: &str, id: &str| {
        let single = ["owned_by", "principal", "assigned_to", "campaign", "account_email", "custom_role"];
        body[field] = if field.ends_with("_id") || single.contains(&field) { json!(id) } else { json!([id]) };
        body
    };
    for (line, body, field, foreign) in cases.iter().cloned() {
        let none = if field == "account_email" { "none@outreach.example" } else { MISSING };
        let refused = world.call("owner", line, with(body.clone(), field, foreign)).await.is(400);
        let missing = world.call("owner", line, with(body, field, none)).await.is(400);
        assert_eq!(refused.face(), missing.face(), "{line} {field}");
        assert!(refused.message().starts_with(&format!("body/{field} must")), "{line} {}", refused.text());
    }
}

/// The same for references in senders, leads and lists.
async fn references_of_leads_tell_nothing(world: World) {
    let (home, away) = (records(&world, "owner").await, records(&world, "stranger").await);
    let stranger = world.who("stranger").clone();
    let (member, user) = (stranger.member.unwrap().to_string(), stranger.user.unwrap().to_string());
    let campaign_at = format!("PATCH /api/v2/campaigns/{}", home.of("campaigns"));
    let (leads, lists) = ("POST /api/v2/leads", "POST /api/v2/lead-lists");
    let account_at = format!("PATCH /api/v2/accounts/{}", home.of("accounts"));
    let lead_at = format!("PATCH /api/v2/leads/{}", home.of("leads"));
    let (add, assign) = ("POST /api/v2/leads/add", "POST /api/v1/account/assign");
    let some = json!([{ "email": "a@lead.example" }]);
    let cases: [(&str, Value, &str, &str); 13] = [
        (leads, json!({ "email": "a@lead.example" }), "campaign", away.of("campaigns")),
        (leads, json!({ "email": "a@lead.example" }), "list_id", away.of("lead_lists")),
        (leads, json!({ "email": "a@lead.example", "list_id": home.of("lead_lists") }), "assigned_to", &user),
        (add, json!({ "leads": some }), "campaign_id", away.of("campaigns")),
        (add, json!({ "leads": some }), "list_id", away.of("lead_lists")),
        (add, json!({ "leads": some, "list_id": home.of("lead_lists") }), "assigned_to", &member),
        ("DELETE /api/v2/leads", json!({}), "campaign_id", away.of("campaigns")),
        (&lead_at, json!({}), "assigned_to", &user),
        (lists, json!({ "name": "l" }), "owned_by", &user),
        (&account_at, json!({}), "assigned_to", &member),
        ("POST /api/v2/accounts", account("z@outreach.example", None), "assigned_to", &member),
        (assign, json!({ "assigned_to": null }), "account_email", away.of("accounts")),
        (assign, json!({ "account_email": home.of("accounts") }), "assigned_to", "x@other.example"),
    ];
    refused_alike(&world, &cases).await;
    let senders = async |email: &str| {
        world.call("owner", &campaign_at, json!({ "email_list": [email] })).await.is(400).message()
    };
    let foreign = senders(away.of("accounts")).await;
    assert_eq!(
        foreign.replace(away.of("accounts"), "x"),
        senders("none@outreach.example").await.replace("none@outreach.example", "x")
    );
}
