//! The walk over everything that the router answers, as everybody. Nothing is listed by hand but the bodies that
//! an operation takes; an operation without a case fails.

use crate::support::operations::{self, Operation};
use crate::support::people::{SIGNED_IN, of_nobody, of_oneself, principal, somebody_else};
use crate::support::scene::{self, account, campaign};
use crate::support::{Answer, MISSING, ROLES, World, on_both};
use gatepost::access::{Mark, Reach, Role};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

on_both! {
    foreign_and_missing_are_the_same everybody_meets_their_cell filters_and_cursors_tell_nothing
    references_tell_nothing references_of_leads_tell_nothing
}

/// Records of a workspace: what stands for `{id}`, by the resource of the permission.
pub struct Records {
    campaign: String,
    tag: String,
    member: String,
    key: String,
    /// An address.
    account: String,
    lead: String,
    list: String,
    job: String,
    /// Of another person of the workspace.
    session: String,
    factor: String,
    /// To an admin workspace or a sub-workspace.
    link: String,
}

impl Records {
    pub fn id(&self, operation: &Operation) -> &str {
        match operation.action.resource {
            "campaigns" => &self.campaign,
            "custom_tags" => &self.tag,
            "workspace_members" => &self.member,
            "api_keys" => &self.key,
            "accounts" | "account_campaign_mappings" => &self.account,
            "leads" => &self.lead,
            "lead_lists" => &self.list,
            "background_jobs" => &self.job,
            "sessions" => &self.session,
            "factors" => &self.factor,
            "workspace_group_members" => &self.link,
            other => panic!("{}: no record of {other}; add one", operation.line()),
        }
    }
}

/// The agent of every campaign here.
const AGENT: &str = "01890000-0000-7000-8000-00000000a6e7";

/// Fresh ones each time: some operations delete.
pub async fn records(world: &World, who: &str) -> Records {
    let line = "POST /api/v2/workspace-members";
    let unique = world.app.new_id().simple();
    let made = async |line: &str, body: Value| world.call(who, line, body).await.is(200).id();
    let mut body = campaign(&format!("secret plan {unique}"));
    body["ai_sdr_id"] = json!(AGENT);
    let account = format!("{unique}@outreach.example");
    world.connect(who, &account, None).await;
    let campaign = made("POST /api/v2/campaigns", body).await;
    let lead = json!({ "campaign": campaign, "email": format!("{unique}@lead.example"), "last_name": "secret plan" });
    let records = Records {
        lead: made("POST /api/v2/leads", lead).await,
        list: made("POST /api/v2/lead-lists", json!({ "name": format!("secret plan {unique}") })).await,
        job: made("POST /api/v2/accounts/warmup/enable", json!({ "emails": [account] })).await,
        session: somebody_else(world, "sessions").await,
        factor: somebody_else(world, "factors").await,
        link: link(world, who).await,
        campaign,
        account,
        tag: made("POST /api/v2/custom-tags", json!({ "label": format!("secret plan {unique}") })).await,
        member: {
            world.wait(24 * 60 * 60 * 1000);
            made(line, json!({ "email": format!("{unique}@acme.example"), "role": "view" })).await
        },
        key: made("POST /api/v2/api-keys", json!({ "name": "secret plan", "scopes": ["leads:read"] })).await,
    };
    let toggle = json!({ "tag_id": records.tag, "resource_id": records.campaign });
    world.call(who, "POST /api/v2/custom-tags/toggle-resource", toggle).await.is(200);
    let toggle = json!({ "tag_id": records.tag, "resource_id": records.account });
    world.call(who, "POST /api/v2/custom-tags/toggle-resource", toggle).await.is(200);
    world.refresh_sessions().await;
    records
}

/// Its own to an admin workspace, or one that it offers to another workspace.
async fn link(world: &World, who: &str) -> String {
    let own = world.get(who, "/api/v2/workspace-group-members/admin").await.is(200).json();
    match own["workspace_group_member_id"].as_str() {
        Some(id) => id.to_owned(),
        None => world.invites(who, scene::workspace(world, "invited").await).await,
    }
}

/// An address that nobody has yet.
fn fresh(host: &str) -> String {
    format!("{}@{host}", Uuid::now_v7())
}

/// A body that would do. An operation that takes one needs a case here.
pub fn body(operation: &Operation, records: &Records) -> Value {
    if operation.document["requestBody"].is_null() {
        return Value::Null;
    }
    if let Some(body) = personal(operation) {
        return body;
    }
    match operation.action.name {
        "workspaces:create" => json!({ "name": "New" }),
        "workspaces:update" => json!({ "name": "Renamed" }),
        "workspaces:change_owner" => json!({ "new_owner_id": MISSING }),
        "workspace_members:create" => {
            json!({ "email": fresh("acme.example"), "role": "view" })
        }
        "workspace_members:update" => json!({ "nickname": "Nick" }),
        "workspace_members:accept" => {
            json!({ "token": "none", "first_name": "A", "last_name": "B", "password": "a password long enough" })
        }
        "workspace_members:preview" => json!({ "token": "none" }),
        "api_keys:create" => json!({ "name": "k", "scopes": ["campaigns:read"] }),
        "custom_tags:create" => json!({ "label": format!("walk {}", Uuid::now_v7()) }),
        "custom_tags:update" => json!({ "description": "walked" }),
        "custom_tags:toggle" => json!({ "tag_id": records.tag, "resource_id": records.campaign }),
        "campaigns:create" if !operation.takes_id() => campaign("walk"),
        "campaigns:update" => json!({ "name": "walked" }),
        "campaigns:create" if operation.path.ends_with("duplicate") => json!({ "name": "copied" }),
        "accounts:create" => account(&fresh("outreach.example"), None),
        "accounts:update" => json!({ "first_name": "walked" }),
        "accounts:assign" => json!({ "account_email": records.account, "assigned_to": null }),
        "accounts:pause" | "accounts:warm" | "accounts:read" => json!({ "emails": [records.account] }),
        "accounts:test" => json!({ "accounts": [records.account] }),
        "leads:read" => json!({ "campaign": records.campaign }),
        "leads:create" if operation.path.ends_with("add") => {
            json!({ "campaign_id": records.campaign, "leads": [{ "email": fresh("lead.example") }] })
        }
        "leads:create" => {
            json!({ "campaign": records.campaign, "email": fresh("lead.example") })
        }
        "leads:update" => json!({ "first_name": "walked" }),
        "leads:delete" => json!({ "campaign_id": records.campaign }),
        "lead_lists:create" => json!({ "name": "walked" }),
        "lead_lists:update" => json!({ "name": "walked" }),
        "access:explain" => json!({ "permission": "campaigns:read" }),
        "accounts:move" | "accounts:preview_move" => {
            json!({ "emails": [records.account], "source_workspace_id": MISSING, "destination_workspace_id": Uuid::nil() })
        }
        "credits:spend" => json!({ "kind": "hyper", "amount": 1 }),
        "credits:set_caps" => json!({ "sub_workspace_id": MISSING, "hyper": 1 }),
        "workspace_group_members:create" => json!({ "sub_workspace_id": MISSING }),
        "workspace_group_members:delegate" => json!({ "read_only": true }),
        "guard_rails:update" | "guard_rails:read" => json!({ "no_exports": false }),
        other => panic!("{}: no body for {other}; add one", operation.line()),
    }
}

/// Of what is a person's own, where secrets are wrong, and of the workspace as a whole.
fn personal(operation: &Operation) -> Option<Value> {
    Some(match operation.action.name {
        "profile:update" => json!({ "first_name": "Renamed" }),
        "profile:change_email" | "profile:ask_reset" => json!({ "email": "other@acme.example" }),
        "profile:confirm_email" | "profile:show_link" => json!({ "token": "none" }),
        "profile:reset_password" => json!({ "token": "none", "password": "four words, of no one" }),
        "profile:change_password" => {
            json!({ "current_password": "wrong", "password": "four words, of no one" })
        }
        "sessions:sign_in" if operation.path.ends_with("passkey") => {
            json!({ "challenge": "x", "credential": {} })
        }
        "sessions:sign_in" => json!({ "email": "other@acme.example", "password": "wrong" }),
        "sessions:second_factor" | "factors:enable_totp" => json!({ "code": "000000" }),
        "sessions:reauthenticate" => json!({ "password": "wrong" }),
        "sessions:switch" => json!({ "workspace_id": MISSING }),
        "factors:add_passkey" => json!({ "name": "k", "challenge": "x", "credential": {} }),
        "white_label:set_domain" => json!({ "domain": "clients.agency.example" }),
        "branding:update" => json!({ "brand_name": "Northwind" }),
        "login_policy:update" | "login_policy:read" => json!({ "idle_minutes": 600 }),
        "workspaces:set_up" => json!({
            "token": "none", "first_name": "A", "last_name": "B", "email": "a@acme.example",
            "password": "four words, of no one", "workspace_name": "Another",
        }),
        _ => return None,
    })
}

async fn attempt(world: &World, who: &str, operation: &Operation, id: &str, records: &Records) -> Answer {
    world.call(who, &operation.at(id), body(operation, records)).await
}

/// What the workspace holds, as its owner sees it; refused attempts are not part of it.
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
    for operation in operations::all(&world.api).iter().filter(|operation| operation.takes_id()) {
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
                // A malformed id says nothing about any record.
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

/// Keys that open nothing, one that opens little, each role, and the stranger: at every operation, on a record of
/// the workspace.
async fn everybody_meets_their_cell(world: World) {
    let (home, away) = (records(&world, "owner").await, records(&world, "stranger").await);
    let mut counts = BTreeMap::new();
    for operation in operations::all(&world.api) {
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
        for who in ["", "nobody's key", "nobody's session", "revoked", "expired", "pending", "removed"] {
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
                continue; // what it does is in the tests of workspaces; here it would end the walk
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
                // What it was about may have been deleted, or the session.
                match operation.takes_id() || operation.method == "DELETE" {
                    true => own = records(&world, "owner").await,
                    false => world.refresh_sessions().await,
                }
            }
        }
    }
    assert!([200, 401, 403, 404].iter().all(|status| counts[status] > 1), "{counts:?}");
}

/// By the cell of the matrix; the record is the owner's, shared with the team, without a tag.
fn expected(who: &str, operation: &Operation) -> &'static [u16] {
    let action = operation.action;
    if who == "reader" && !action.is(Mark::SignedIn) {
        let none_needed = action.verbs.is_empty();
        let admitted = none_needed || action.admits("campaigns:read", false);
        return if admitted { &[200, 404] } else { &[403] };
    }
    let (who, signed_in) = principal(who);
    if action.is(Mark::SignedIn) {
        return if signed_in { of_oneself(operation) } else { &[403] };
    }
    let role = if who == "stranger" { Role::Owner } else { Role::parse(who).unwrap() };
    let (reach, see) = (action.reach(role), (action.see)().reach(role));
    let limited = who == "client";
    match (reach, see) {
        (Reach::None, _) => &[403],
        _ if operation.path.ends_with("from-export") => &[403],
        _ if limited && operation.takes_id() => &[404],
        // What one does not see is not there.
        (_, Reach::Own | Reach::Assigned) if operation.takes_id() => &[404],
        (Reach::Own, _) if operation.path.ends_with("duplicate") => &[200],
        (Reach::Own, _) if operation.takes_id() || action.name == "custom_tags:toggle" => &[403],
        (Reach::Own, _) if action.name == "leads:create" => &[403],
        _ if operation.path.ends_with("ctd/status") => &[400],
        _ if action.name == "campaigns:share" => &[204],
        // It answers what others have offered, and here is none such.
        _ if ["workspace_group_members:accept", "workspace_group_members:reject"].contains(&action.name) => {
            &[404]
        }
        _ if action.name == "workspace_group_members:delegate" => &[409],
        // Named is no workspace of a group.
        _ if action.name.ends_with("move") || action.name == "credits:set_caps" => &[400],
        _ if action.name == "workspace_group_members:create" => &[400],
        // Without a sender a campaign cannot be launched; an invitation of no one is no acceptance.
        _ if action.name == "campaigns:launch" => &[400],
        _ => &[200],
    }
}

async fn filters_and_cursors_tell_nothing(world: World) {
    let (home, away) = (records(&world, "owner").await, records(&world, "stranger").await);
    let mut filters = 0;
    for operation in operations::all(&world.api).iter().filter(|operation| operation.method == "GET") {
        let path = &operation.path;
        for query in operation.queries() {
            let id = |records: &Records| match query.as_str() {
                "resource_ids" => records.campaign.clone(),
                "ai_sales_agent_id" => AGENT.to_owned(),
                _ => records.tag.clone(),
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
                let secrets = [
                    &foreign.campaign,
                    &foreign.tag,
                    &foreign.member,
                    &foreign.key,
                    &foreign.account,
                    &foreign.list,
                    &foreign.job,
                ];
                assert!(!secrets.iter().any(|id| theirs.text().contains(id.as_str())), "{path} {query}");
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
                            "its own alone, of those that share it"
                        );
                        assert_eq!(missing.items().len(), 0);
                        filters += 1;
                    }
                    // A position, older than anything or newer: what is listed is the caller's own.
                    "starting_after" => assert_eq!(theirs.face().0, missing.face().0, "{path}"),
                    _ => assert_eq!(theirs.face().0, missing.face().0, "{path} {query}"),
                }
            }
        }
    }
    assert!(filters >= 12, "{filters}");
}

/// What a body names: foreign and missing get the same 400, which names the field.
async fn references_tell_nothing(world: World) {
    let (home, away) = (records(&world, "owner").await, records(&world, "stranger").await);
    let (key, tags) = ("POST /api/v2/api-keys", "POST /api/v2/custom-tags/toggle-resource");
    let members = "POST /api/v2/workspace-members";
    let campaign_at = format!("PATCH /api/v2/campaigns/{}", home.campaign);
    let member_at = format!("PATCH /api/v2/workspace-members/{}", home.member);
    let stranger = world.who("stranger").clone();
    let official =
        json!({ "tag_ids": [home.tag], "resource_type": 2, "resource_ids": [home.campaign], "assign": true });
    let short = json!({ "tag_id": home.tag, "resource_id": home.campaign });
    let (member, user) = (stranger.member.unwrap().to_string(), stranger.user.unwrap().to_string());
    let cases: [(&str, Value, &str, &str); 14] = [
        (key, json!({ "name": "k", "scopes": ["leads:read"] }), "tag_limit", &away.tag),
        (members, json!({ "email": "a@acme.example" }), "tag_limit", &away.tag),
        (&member_at, json!({}), "tag_limit", &away.tag),
        (tags, official.clone(), "tag_ids", &away.tag),
        (tags, official, "resource_ids", &away.campaign),
        (tags, short.clone(), "tag_id", &away.tag),
        (tags, short, "resource_id", &away.campaign),
        (&campaign_at, json!({}), "owned_by", &user),
        (&campaign_at, json!({}), "owned_by", &member),
        (&campaign_at, json!({}), "collaborators", &member),
        (&campaign_at, json!({}), "email_tag_list", &away.tag),
        ("POST /api/v2/campaigns", campaign("c"), "email_tag_list", &away.tag),
        ("POST /api/v2/workspaces/current/change-owner", json!({}), "new_owner_id", &member),
        ("POST /api/v2/access/explain", json!({ "permission": "campaigns:read" }), "principal", &member),
    ];
    refused_alike(&world, &cases).await;
    // A record that is explained.
    let explain = async |record: &str| {
        let body = json!({ "permission": "campaigns:update", "record": record });
        world.call("owner", "POST /api/v2/access/explain", body).await.is(200).face()
    };
    assert_eq!(explain(&away.campaign).await, explain(MISSING).await);
    assert_ne!(explain(&home.campaign).await, explain(MISSING).await);
}

async fn refused_alike(world: &World, cases: &[(&str, Value, &str, &str)]) {
    let with = |mut body: Value, field: &str, id: &str| {
        let single = ["owned_by", "principal", "assigned_to", "campaign", "account_email"];
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

/// The same, of what senders, leads and lists name.
async fn references_of_leads_tell_nothing(world: World) {
    let (home, away) = (records(&world, "owner").await, records(&world, "stranger").await);
    let stranger = world.who("stranger").clone();
    let (member, user) = (stranger.member.unwrap().to_string(), stranger.user.unwrap().to_string());
    let campaign_at = format!("PATCH /api/v2/campaigns/{}", home.campaign);
    let (leads, lists) = ("POST /api/v2/leads", "POST /api/v2/lead-lists");
    let account_at = format!("PATCH /api/v2/accounts/{}", home.account);
    let lead_at = format!("PATCH /api/v2/leads/{}", home.lead);
    let (add, assign) = ("POST /api/v2/leads/add", "POST /api/v1/account/assign");
    let some = json!([{ "email": "a@lead.example" }]);
    let cases: [(&str, Value, &str, &str); 13] = [
        (leads, json!({ "email": "a@lead.example" }), "campaign", &away.campaign),
        (leads, json!({ "email": "a@lead.example" }), "list_id", &away.list),
        (leads, json!({ "email": "a@lead.example", "list_id": home.list }), "assigned_to", &user),
        (add, json!({ "leads": some }), "campaign_id", &away.campaign),
        (add, json!({ "leads": some }), "list_id", &away.list),
        (add, json!({ "leads": some, "list_id": home.list }), "assigned_to", &member),
        ("DELETE /api/v2/leads", json!({}), "campaign_id", &away.campaign),
        (&lead_at, json!({}), "assigned_to", &user),
        (lists, json!({ "name": "l" }), "owned_by", &user),
        (&account_at, json!({}), "assigned_to", &member),
        ("POST /api/v2/accounts", account("z@outreach.example", None), "assigned_to", &member),
        (assign, json!({ "assigned_to": null }), "account_email", &away.account),
        (assign, json!({ "account_email": home.account }), "assigned_to", "x@other.example"),
    ];
    refused_alike(&world, &cases).await;
    let senders = async |email: &str| {
        world.call("owner", &campaign_at, json!({ "email_list": [email] })).await.is(400).message()
    };
    let foreign = senders(&away.account).await;
    assert_eq!(
        foreign.replace(&away.account, "x"),
        senders("none@outreach.example").await.replace("none@outreach.example", "x")
    );
}
