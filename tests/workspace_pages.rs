//! The pages of settings, ownership, groups, tags, labels, the block list, credits and the brand.

use crate::support::html::{Form, forms};
use crate::support::{Answer, World, on_both};
use serde_json::{Value, json};

on_both! {
    settings_are_saved_and_their_fields_named an_owner_hands_over a_removal_is_scheduled_and_cancelled
    a_workspace_joins_a_group_by_pages a_client_limits_and_pauses_its_admin_workspace guard_rails_are_looked_at_first
    a_sub_workspace_leaves_or_is_removed tags_are_made_renamed_and_deleted a_label_hands_its_leads_on
    addresses_are_blocked_in_one_go credits_are_shown_and_limited a_brand_is_saved
}

const OWNER: &str = "owner's session";

fn location(answer: &Answer) -> String {
    answer.headers["location"].to_str().unwrap().to_owned()
}

async fn workspace(world: &World) -> Value {
    world.get("admin", "/api/v2/workspaces/current").await.is(200).json()
}

async fn settings_are_saved_and_their_fields_named(world: World) {
    let path = world.at("/settings");
    let html = world.page("sdr's session", &path).await.is(200).text();
    assert!(
        html.contains(&world.home.to_string()) && html.contains("You cannot change these settings"),
        "{html}"
    );
    let form = world.form("admin's session", &path, "/settings").await;
    let roles = form.options("default_member_role");
    assert!(!roles.contains(&"owner".to_owned()) && roles.contains(&"sdr".to_owned()), "{roles:?}");
    world.posts("admin's session", &form.clone().with("name", " ")).await.is(400);
    let long =
        world.posts("admin's session", &form.clone().with("name", &"x".repeat(201))).await.is(400).text();
    assert!(long.contains("Must have at most 200 characters"), "{long}");
    let typed = form.clone().with("name", "Acme Ltd").with("default_campaign_visibility", "private");
    let done = world.posts("admin's session", &typed.with("unique_leads", "true")).await.is(303);
    assert_eq!(location(&done), path);
    let now = workspace(&world).await;
    assert_eq!((&now["name"], &now["unique_leads"]), (&json!("Acme Ltd"), &json!(true)));
    assert_eq!(now["default_campaign_visibility"], "private");
    // Somebody else changed the name meanwhile.
    let stale = world.posts("admin's session", &form.with("name", "Mine")).await.is(409).text();
    assert!(stale.contains("It is now: <ins>Acme Ltd</ins>"), "{stale}");
}

async fn an_owner_hands_over(world: World) {
    let path = world.at("/settings/owner");
    world.page("admin's session", &path).await.is(403);
    let form = world.form(OWNER, &path, "/owner").await;
    let (admin, owner) = (world.who("admin").member.unwrap(), world.who("owner").member.unwrap());
    let heirs = form.options("new_owner_id");
    assert!(heirs.contains(&admin.to_string()) && !heirs.contains(&owner.to_string()), "{heirs:?}");
    let stranger = world.who("stranger").member.unwrap();
    let html =
        world.posts(OWNER, &form.clone().with("new_owner_id", &stranger.to_string())).await.is(400).text();
    assert!(html.contains("Must be an accepted member of the workspace"), "{html}");
    world.posts(OWNER, &form.with("new_owner_id", &admin.to_string())).await.is(303);
    assert_eq!(workspace(&world).await["owner"], json!(world.who("admin").user));
    world.page(OWNER, &path).await.is(403);
    world.page("admin's session", &path).await.is(200);
}

async fn a_removal_is_scheduled_and_cancelled(world: World) {
    let path = world.at("/settings/removal");
    let html = world.page(OWNER, &path).await.is(200).text();
    assert!(html.contains("You can cancel the removal until then"), "{html}");
    let form = world.form(OWNER, &path, "/removal").await;
    world.posts(OWNER, &form).await.is(303);
    assert!(workspace(&world).await["scheduled_for_removal_at"].is_string());
    let html = world.page("sdr's session", &world.at("/settings")).await.is(200).text();
    assert!(html.contains("This workspace closes on"), "{html}");
    let form = world.form(OWNER, &path, "/cancel").await;
    world.posts(OWNER, &form).await.is(303);
    assert!(workspace(&world).await.get("scheduled_for_removal_at").is_none());
}

async fn a_workspace_joins_a_group_by_pages(mut world: World) {
    let sub = world.workspace_of("globex").await;
    world.refresh_sessions().await;
    let path = world.at("/group");
    let form = world.form("admin's session", &path, "/group").await;
    let html =
        world.posts("admin's session", &form.clone().with("sub_workspace_id", "x")).await.is(400).text();
    assert!(html.contains("sub_workspace_id-wrong"), "{html}");
    let invited = form.with("sub_workspace_id", &sub.to_string());
    let html = world.posts("admin's session", &invited).await.is(200).text();
    assert!(html.contains("/workspace-groups/accept#"), "without mail the link is shown: {html}");
    let html = world.page("admin's session", &path).await.is(200).text();
    assert!(html.contains(&sub.to_string()) && html.contains("waits for an answer"), "{html}");
    assert!(!html.contains("globex"), "the name is not shown before the answer: {html}");
    let theirs = format!("/w/{sub}/group");
    let html = world.page("globex's session", &theirs).await.is(200).text();
    assert!(html.contains("home invites this workspace into its group"), "{html}");
    let accept = html.split("href=\"").find(|rest| rest.contains("/group/accept/")).unwrap();
    let accept = accept.split('"').next().unwrap();
    let form = world.form("globex's session", accept, &accept[accept.len() - 10..]).await;
    world.posts("globex's session", &form).await.is(303);
    let html = world.page("admin's session", &path).await.is(200).text();
    assert!(html.contains(&format!("href=\"/w/{sub}\"")) && html.contains("accepted</span>"), "{html}");
    let html = world.page("admin's session", &world.at("/group/overview")).await.is(200).text();
    assert!(html.contains("globex") && html.contains("data-label=\"Members\"><span>1<"), "{html}");
    world.page("manager's session", &world.at("/group/overview")).await.is(403);
}

async fn a_client_limits_and_pauses_its_admin_workspace(mut world: World) {
    let (sub, _) = world.sub_of("owner", "globex").await;
    world.refresh_sessions().await;
    let (who, path) = ("globex's session", format!("/w/{sub}/group"));
    world.call_as("admin", sub, "POST /api/v2/custom-tags", json!({ "label": "Theirs" })).await.is(200);
    let html = world.page(who, &path).await.is(200).text();
    assert!(
        html.contains("home is your admin workspace") && html.contains("admin Test created Theirs"),
        "{html}"
    );
    assert!(
        !forms(&html).iter().any(|form| form.action.ends_with("/group")),
        "a sub-workspace invites nobody"
    );
    let form = world.form(who, &path, "/delegation").await;
    let limited = form.with("read_only", "true").with("resources[]", "campaigns");
    world.posts(who, &limited).await.is(303);
    world.call_as("admin", sub, "POST /api/v2/custom-tags", json!({ "label": "More" })).await.is(403);
    let now = world.get("globex", "/api/v2/workspace-group-members/admin").await.is(200).json();
    assert_eq!(now["delegation"]["resources"], json!(["campaigns"]));
    world.get_as("admin", sub, "/api/v2/campaigns").await.is(200);
    let pause = world.form(who, &path, "/pause").await;
    world.posts(who, &pause).await.is(303);
    assert!(world.get_as("admin", sub, "/api/v2/campaigns").await.status != 200);
    let html = world.page(OWNER, &world.at("/group")).await.is(200).text();
    assert!(html.contains("paused by them") && !html.contains(&format!("href=\"/w/{sub}\"")), "{html}");
    let resume = world.form(who, &path, "/resume").await;
    world.posts(who, &resume).await.is(303);
    world.get_as("admin", sub, "/api/v2/campaigns").await.is(200);
    // The audit log of the client has a filter for what the admin workspace did.
    let log = format!("/w/{sub}/audit?acting=true");
    let html = world.page(who, &log).await.is(200).text();
    assert!(
        html.contains("created Theirs") && !html.contains("changed what the admin workspace can do"),
        "{html}"
    );
}

async fn guard_rails_are_looked_at_first(mut world: World) {
    let (sub, _) = world.sub_of("owner", "globex").await;
    world.refresh_sessions().await;
    let body = json!({ "name": "k", "scopes": ["campaigns:read"] });
    world.call("globex", "POST /api/v2/api-keys", body.clone()).await.is(200);
    let path = world.at("/group/guard-rails");
    let form = world.form(OWNER, &path, "/guard-rails").await;
    let form = form.with("no_key_creation", "true").with("highest_role", "");
    let look = Form { action: format!("{path}/look"), ..form.clone() };
    let html = world.posts(OWNER, &look).await.is(200).text();
    assert!(html.contains("would have refused 1 of the") && html.contains("api_keys:create"), "{html}");
    world.call("globex", "POST /api/v2/api-keys", body.clone()).await.is(200);
    world.posts(OWNER, &form).await.is(303);
    world.call("globex", "POST /api/v2/api-keys", body).await.is(403);
    let html = world.page("globex's session", &format!("/w/{sub}/group")).await.is(200).text();
    assert!(html.contains("nobody can create API keys"), "{html}");
}

async fn a_sub_workspace_leaves_or_is_removed(mut world: World) {
    let (sub, link) = world.sub_of("owner", "globex").await;
    let (_, other) = world.sub_of("owner", "initech").await;
    world.refresh_sessions().await;
    let leave = format!("/w/{sub}/group/leave");
    let html = world.page("globex's session", &leave).await.is(200).text();
    assert!(html.contains("Leave the group of home"), "{html}");
    let form = world.form("globex's session", &leave, "/remove").await;
    assert!(form.action.contains(&link));
    let done = world.posts("globex's session", &form).await.is(303);
    assert_eq!(location(&done), format!("/w/{sub}/group"));
    let admin = world.get("globex", "/api/v2/workspace-group-members/admin").await.json();
    assert_eq!(admin["has_admin_workspace"], false);
    let path = world.at(&format!("/group/links/{other}/remove"));
    let form = world.form("admin's session", &path, "/remove").await;
    world.posts("admin's session", &form).await.is(303);
    let html = world.page(OWNER, &world.at("/group")).await.is(200).text();
    assert!(html.contains("No sub-workspaces yet"), "{html}");
}

async fn tags_are_made_renamed_and_deleted(world: World) {
    let path = world.at("/tags");
    let form = world.form(OWNER, &path, "/tags").await.with("label", "Spring <2027>");
    for _ in 0..2 {
        world.posts(OWNER, &form).await.is(303);
    }
    let tags = world.get("owner", "/api/v2/custom-tags?limit=100").await.items();
    let made: Vec<_> = tags.iter().filter(|tag| tag["label"] == "Spring <2027>").collect();
    assert_eq!(made.len(), 1, "two presses make one");
    let id = made[0]["id"].as_str().unwrap();
    let account = world.connect("owner", "one@outreach.example", None).await;
    let put =
        json!({ "tag_ids": [id], "resource_type": 1, "resource_ids": [account["email"]], "assign": true });
    world.call("owner", "POST /api/v2/custom-tags/toggle-resource", put).await.is(200);
    let one = format!("{path}/{id}");
    let form = world.form(OWNER, &one, id).await;
    world.posts(OWNER, &form.with("label", "Spring")).await.is(303);
    let html = world.page(OWNER, &format!("{one}/delete")).await.is(200).text();
    assert!(html.contains("1 campaign or sending account that you see loses it"), "{html}");
    let form = world.form(OWNER, &format!("{one}/delete"), "/delete").await;
    world.posts(OWNER, &form).await.is(303);
    world.page(OWNER, &one).await.is(404);
}

async fn a_label_hands_its_leads_on(world: World) {
    let path = world.at("/lead-labels");
    let form = world.form(OWNER, &path, "/lead-labels").await;
    let form = form.with("label", "Asked for a demo").with("interest_status_label", "positive");
    world.posts(OWNER, &form).await.is(303);
    let html = world
        .posts(OWNER, &world.form(OWNER, &path, "/lead-labels").await.with("label", "asked for a demo"))
        .await;
    assert_eq!(html.status, 409);
    let label = world.get("owner", "/api/v2/lead-labels").await.items().remove(0);
    let campaign = world.create("owner", "c", "team").await;
    let lead = json!({ "campaign": campaign, "email": "jo@lead.example", "lt_interest_status": label["interest_status"] });
    let lead = world.call("owner", "POST /api/v2/leads", lead).await.is(200).id();
    let sure = format!("{path}/{}/delete", label["id"].as_str().unwrap());
    let form = world.form(OWNER, &sure, "/delete").await;
    assert!(form.options("reassigned_status").contains(&"1".to_owned()));
    world.posts(OWNER, &form.with("reassigned_status", "1")).await.is(303);
    let now = world.get("owner", &format!("/api/v2/leads/{lead}")).await.is(200).json();
    assert_eq!(now["lt_interest_status"], 1);
}

async fn addresses_are_blocked_in_one_go(world: World) {
    let path = world.at("/block-list");
    let form = world.form("sdr's session", &path, "/block-list").await;
    let form = form.with("bl_values", "jo@one.example, two.example\nnonsense");
    world.posts("sdr's session", &form).await.is(303);
    let html = world.page("sdr's session", &path).await.is(200).text();
    assert!(html.contains("jo@one.example") && html.contains("domain with its subdomains"), "{html}");
    assert!(!html.contains("/delete\""), "only owners and admins delete: {html}");
    let html = world.page(OWNER, &format!("{path}?search=two&domains_only=true")).await.is(200).text();
    assert!(html.contains("two.example") && !html.contains("jo@one.example"), "{html}");
    let form = world.form(OWNER, &path, "/download").await;
    let file = world.posts(OWNER, &form).await.is(200);
    assert!(file.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(file.text().contains("jo@one.example"));
    let form = world.form(OWNER, &path, "/delete").await;
    world.posts(OWNER, &form).await.is(303);
    assert_eq!(world.get("owner", "/api/v2/block-lists-entries").await.items().len(), 1);
    let form = world.form(OWNER, &format!("{path}/purge"), "/purge").await;
    world.posts(OWNER, &form).await.is(303);
    assert!(world.get("owner", "/api/v2/block-lists-entries").await.items().is_empty());
}

async fn credits_are_shown_and_limited(mut world: World) {
    let path = world.at("/billing");
    let html = world.page(OWNER, &path).await.is(200).text();
    assert!(html.contains("The operator has set no plan") && html.contains("no limit"), "{html}");
    let (sub, _) = world.sub_of("owner", "globex").await;
    world.refresh_sessions().await;
    let form = world.form("admin's session", &path, "/caps").await;
    let form = form.with("sub_workspace_id", &sub.to_string()).with("hyper", "50");
    world.posts("admin's session", &form).await.is(303);
    let html = world.page("admin's session", &path).await.is(200).text();
    assert!(html.contains("data-label=\"Leads\"><span>50<") && !html.contains("id=\"plan\""), "{html}");
    let html = world.page("globex's session", &format!("/w/{sub}/billing")).await.is(200).text();
    assert!(html.contains("home pays for what this workspace spends"), "{html}");
    assert!(html.contains("data-label=\"Limit a month\"><span>50<"), "{html}");
    world.page("editor's session", &path).await.is(403);
}

async fn a_brand_is_saved(world: World) {
    let path = world.at("/brand");
    let form = world.form(OWNER, &path, "/brand").await.with("brand_name", "Northwind");
    let html = world.posts(OWNER, &form.clone().with("brand_color", "#ffff00")).await.is(400).text();
    assert!(html.contains("Must have a contrast of 4.5:1 with white"), "{html}");
    world.posts(OWNER, &form.with("brand_color", "#0b6e4f")).await.is(303);
    let now = world.get("owner", "/api/v2/workspaces/current/branding").await.is(200).json();
    assert_eq!((&now["brand_name"], &now["brand_color"]), (&json!("Northwind"), &json!("#0b6e4f")));
    let html = world.page("sdr's session", &path).await.is(200).text();
    assert!(
        html.contains("Northwind") && forms(&html).iter().all(|form| !form.action.ends_with("/brand")),
        "{html}"
    );
    let form = world.form(OWNER, &path, "/domain").await.with("domain", "clients.example.com");
    world.posts(OWNER, &form).await.is(303);
    let html = world.page(OWNER, &path).await.is(200).text();
    assert!(html.contains("clients.example.com") && html.contains("not verified"), "{html}");
    let form = world.form(OWNER, &format!("{path}/domain/remove"), "/remove").await;
    world.posts(OWNER, &form).await.is(303);
    let html = world.page(OWNER, &path).await.is(200).text();
    assert!(!html.contains("clients.example.com</"), "{html}");
}
