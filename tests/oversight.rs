//! The pages of rights: API keys, roles and permissions, the audit log, security and the sign-in policy.

use crate::support::html::{Form, forms};
use crate::support::{Answer, MISSING, World, on_both};
use gatepost::access::ACTIONS;
use serde_json::{Value, json};

on_both! {
    a_key_is_made_once_and_shown_once looking_first_creates_nothing the_preview_counts_what_the_key_would_reach
    a_key_is_revoked_after_a_page_that_says_so the_list_of_keys_names_what_deserves_a_look
    the_matrix_compares_roles why_names_the_step_and_what_would_change_it owners_and_admins_ask_about_others who_can_and_what_can_have_pages
    the_log_speaks_sentences the_log_is_filtered_and_exported a_second_factor_is_enrolled_by_pages
    sessions_end_one_by_one the_policy_names_whom_it_locks_out
}

const OWNER: &str = "owner's session";

/// The text of the element that is emptied when the reader leaves.
fn secret(answer: &Answer) -> String {
    let html = answer.text();
    let rest = html.split("data-secret>").nth(1).unwrap_or_else(|| panic!("no secret: {html}"));
    rest.split('<').next().unwrap().to_owned()
}

async fn new_key(world: &World, template: &str) -> Form {
    let path = world.at(&format!("/api-keys/new?template={template}"));
    world.form(OWNER, &path, "/api-keys/new").await
}

async fn keys(world: &World) -> Vec<Value> {
    world.get("owner", "/api/v2/api-keys?limit=100").await.items()
}

async fn a_key_is_made_once_and_shown_once(world: World) {
    let form = new_key(&world, "analytics").await;
    let scopes: Vec<&str> =
        form.fields.iter().filter(|(name, _)| name == "scopes[]").map(|(_, scope)| scope.as_str()).collect();
    assert_eq!(scopes, ["campaigns:read", "accounts:read"], "the template");
    let form = form.with("name", "Reports");
    let made = world.posts(OWNER, &form).await.is(200);
    assert_eq!(made.headers["cache-control"], "no-store");
    let key = secret(&made);
    assert!(made.text().contains(&format!("Authorization: Bearer {key}")), "a line to try it");
    world.get(&key, "/api/v2/campaigns").await.is(200);
    let again = world.posts(OWNER, &form).await.is(200).text();
    assert!(again.contains("This key was made before") && !again.contains(&key), "{again}");
    let made: Vec<Value> = keys(&world).await.into_iter().filter(|key| key["name"] == "Reports").collect();
    assert_eq!(made.len(), 1);
    assert!(made[0]["expires_at"].is_string() && made[0]["personal"] == false, "{}", made[0]);
    // Without a scope, the form comes back with what was typed.
    let none = new_key(&world, "own").await.with("name", "Empty");
    let back = world.posts(OWNER, &none).await.is(400).text();
    assert!(back.contains("<title>Not saved: New API key") && back.contains("value=\"Empty\""), "{back}");
}

async fn looking_first_creates_nothing(world: World) {
    world.create("owner", "Spring", "team").await;
    let count = world.get("owner", "/api/v2/campaigns?limit=100").await.items().len();
    let (before, rows) = (keys(&world).await.len(), world.log().await.len());
    let form = new_key(&world, "own").await.with("name", "Try").with("scopes[]", "campaigns:read");
    let form = Form { action: world.at("/api-keys/look"), ..form };
    let html = world.posts(OWNER, &form).await.is(200).text();
    let plural = if count == 1 { "campaign" } else { "campaigns" };
    assert!(html.contains("Nothing is created yet"), "{html}");
    assert!(html.contains(&format!("This key could see {count} {plural}.")), "{html}");
    let kept = forms(&html).into_iter().find(|form| form.action.ends_with("/api-keys/new")).unwrap();
    assert_eq!((kept.get("name"), kept.get("scopes[]")), (Some("Try"), Some("campaigns:read")));
    assert_eq!((keys(&world).await.len(), world.log().await.len()), (before, rows));
}

async fn the_preview_counts_what_the_key_would_reach(world: World) {
    world.create("owner", "Spring", "private").await;
    let all = world.get("owner", "/api/v2/campaigns?limit=100").await.items().len();
    let line = "POST /api/v2/api-keys/preview";
    let records = |answer: &Value, permission: &str| {
        let all = answer["permissions"].as_array().unwrap();
        all.iter().find(|one| one["permission"] == permission).map(|one| one["records"].clone())
    };
    let wide = json!({ "name": "k", "scopes": ["campaigns:all"] });
    let wide = world.call("owner", line, wide).await.is(200).json();
    assert_eq!(records(&wide, "campaigns:read"), Some(json!(all)));
    assert_eq!(records(&wide, "leads:read"), None);
    let limited = json!({ "name": "k", "scopes": ["campaigns:read"], "tag_limit": [world.tag] });
    let limited = world.call("owner", line, limited).await.is(200).json();
    assert!(records(&limited, "campaigns:read").unwrap().as_u64().unwrap() < all as u64, "{limited}");
    // It refuses what a creation refuses.
    let foreign = json!({ "name": "k", "scopes": ["campaigns:read"], "tag_limit": [MISSING] });
    world.call("owner", line, foreign).await.is(400);
    let narrow = json!({ "name": "narrow", "scopes": ["api_keys:create"] });
    let narrow = world.call("owner", "POST /api/v2/api-keys", narrow).await.is(200).json();
    let wider = json!({ "name": "k", "scopes": ["campaigns:read"] });
    world.call(narrow["key"].as_str().unwrap(), line, wider).await.is(403);
    world.call("manager", line, json!({ "name": "k", "scopes": ["campaigns:read"] })).await.is(403);
}

async fn a_key_is_revoked_after_a_page_that_says_so(world: World) {
    let form = new_key(&world, "analytics").await.with("name", "Reports");
    let key = secret(&world.posts(OWNER, &form).await.is(200));
    let id = keys(&world).await.into_iter().find(|key| key["name"] == "Reports").unwrap();
    let path = world.at(&format!("/api-keys/{}/revoke", id["id"].as_str().unwrap()));
    let html = world.page(OWNER, &path).await.is(200).text();
    assert!(html.contains("Revoke Reports") && html.contains("It was never used"), "{html}");
    assert!(!html.contains(&key));
    let revoke = world.form(OWNER, &path, "/revoke").await;
    world.posts(OWNER, &revoke).await.is(303);
    world.get(&key, "/api/v2/campaigns").await.is(401);
    assert_eq!(world.page(OWNER, &path).await.status, 404, "a revoked key has no page");
}

async fn the_list_of_keys_names_what_deserves_a_look(world: World) {
    let new = json!({ "name": "Wide", "scopes": ["all:all"] });
    world.call("owner", "POST /api/v2/api-keys", new).await.is(200);
    let html = world.page("manager's session", &world.at("/api-keys")).await.is(200).text();
    let row = html.split("<tr ").find(|row| row.contains(">Wide<")).unwrap();
    for finding in ["every scope", "never expires", "never used"] {
        assert!(row.contains(finding), "{finding}: {row}");
    }
    assert!(!html.contains("/revoke"), "a manager only looks");
}

async fn the_matrix_compares_roles(world: World) {
    let all = world.page("sdr's session", &world.at("/access")).await.is(200).text();
    assert!(all.contains(&format!("{0} of {0} permissions", ACTIONS.len())), "all rows");
    assert!(all.contains("You are <span class=\"badge\">sdr</span>"));
    let path = world.at("/access?roles=owner&roles=admin&differences=true");
    let some = world.page("sdr's session", &path).await.is(200).text();
    let differ = ACTIONS.iter().filter(|action| action.reach[0] != action.reach[1]).count();
    assert!(differ > 0 && some.contains(&format!("{differ} of {} permissions", ACTIONS.len())), "{differ}");
    assert!(
        some.contains("<code>workspaces:change_owner</code>")
            && !some.contains("<code>campaigns:read</code>")
    );
    world.page("sdr's session", &world.at("/access?roles=king")).await.is(400);
}

async fn why_names_the_step_and_what_would_change_it(world: World) {
    let html =
        world.page("sdr's session", &world.at("/access/why?permission=campaigns%3Adelete")).await.is(200);
    let html = html.text();
    assert!(html.contains("No. You cannot delete campaigns."), "{html}");
    assert!(html.contains("role<span class=\"unseen\">: refused here"), "{html}");
    assert!(html.contains("An owner or admin can give you the role member."), "{html}");
    assert!(!html.contains("name=\"who\""), "an sdr asks about themselves only");
    let yes = world.page("sdr's session", &world.at("/access/why?permission=campaigns%3Aread")).await.is(200);
    assert!(yes.text().contains("Yes. You can see campaigns."), "{}", yes.text());
    // A private campaign of somebody else is not there, and its name is nowhere.
    let hidden = world.create("owner", "Hidden plan", "private").await;
    let path = world.at(&format!("/access/why?permission=campaigns%3Alaunch&record={hidden}"));
    let html = world.page("sdr's session", &path).await.is(200).text();
    assert!(html.contains("No. You cannot launch campaigns.") && !html.contains("Hidden plan"), "{html}");
    let missing = world.at(&format!("/access/why?permission=campaigns%3Alaunch&record={MISSING}"));
    let same = world.page("sdr's session", &missing).await.is(200).text();
    assert_eq!(html.replace(&hidden, MISSING), same, "hidden and missing look alike");
    for wrong in ["permission=king", "permission=campaigns%3Aread&record=x"] {
        let html =
            world.page("sdr's session", &world.at(&format!("/access/why?{wrong}"))).await.is(400).text();
        assert!(html.contains("This was not accepted"), "{html}");
    }
}

async fn owners_and_admins_ask_about_others(world: World) {
    let hidden = world.create("owner", "Hidden plan", "private").await;
    let sdr = world.who("sdr").member.unwrap();
    let path = world.at(&format!("/access/why?who={sdr}&permission=campaigns%3Alaunch&record={hidden}"));
    let html = world.page("admin's session", &path).await.is(200).text();
    assert!(html.contains("cannot launch campaigns: this campaign is private and belongs to"), "{html}");
    assert!(html.contains("Hidden plan"), "an admin chooses it by its name");
    world.page("sdr's session", &path).await.is(200);
    let owner = world.who("owner").member.unwrap();
    let other = world.at(&format!("/access/why?who={owner}&permission=campaigns%3Alaunch"));
    world.page("sdr's session", &other).await.is(403);
    let foreign = world.who("stranger").member.unwrap();
    let foreign = world.at(&format!("/access/why?who={foreign}&permission=campaigns%3Alaunch"));
    world.page("admin's session", &foreign).await.is(400);
}

async fn who_can_and_what_can_have_pages(world: World) {
    let id = world.create("editor", "Spring <plan>", "private").await;
    let path = world.at(&format!("/access/who?permission=campaigns%3Alaunch&record={id}"));
    let html = world.page("admin's session", &path).await.is(200).text();
    assert!(html.contains("people and keys can launch campaigns, with this record."), "{html}");
    assert!(
        html.contains("The member owns the campaign.")
            && html.contains(">editor.")
            && !html.contains(">sdr."),
        "{html}"
    );
    assert!(html.contains("Those who cannot") && !html.contains("Spring <plan>"), "{html}");
    world.page("sdr's session", &path).await.is(403);
    world.page("admin's session", &world.at("/access/who")).await.is(200);
    for wrong in ["permission=king".to_owned(), format!("permission=campaigns%3Aread&record={MISSING}")] {
        let path = world.at(&format!("/access/who?{wrong}"));
        let html = world.page("admin's session", &path).await.is(400).text();
        assert!(html.contains("This was not accepted"), "{html}");
    }
    // Everybody asks about themselves, and some about others.
    let own = world.page("sdr's session", &world.at("/access/what")).await.is(200).text();
    assert!(own.contains("You have the role sdr and") && !own.contains("name=\"who\""), "{own}");
    let editor = world.who("editor").member.unwrap();
    let path = world.at(&format!("/access/what?who={editor}&permission=campaigns%3Alaunch"));
    let html = world.page("owner's session", &path).await.is(200).text();
    assert!(html.contains("has this permission.") && html.contains("Spring &#60;plan&#62;"), "{html}");
    world.page("sdr's session", &path).await.is(403);
    let lacks = world.page("sdr's session", &world.at("/access/what?permission=campaigns%3Adelete")).await;
    let lacks = lacks.is(200).text();
    assert!(
        lacks.contains("You do not have this permission.") && lacks.contains("/access/why?permission="),
        "{lacks}"
    );
    // The pages of a campaign and of a member lead there.
    let access =
        world.page("owner's session", &world.at(&format!("/campaigns/{id}/access"))).await.is(200).text();
    assert!(access.contains("/access/who?permission=campaigns%3Aread"), "{access}");
    let members = world.page("owner's session", &world.at("/members")).await.is(200).text();
    assert!(members.contains(&format!("/access/what?who={editor}")), "{members}");
    let members = world.page("manager's session", &world.at("/members")).await.is(200).text();
    assert!(!members.contains("/access/what?who="), "{members}");
}

async fn the_log_speaks_sentences(world: World) {
    let id = world.create("owner", "Spring", "team").await;
    world.call("owner", &format!("PATCH /api/v2/campaigns/{id}"), json!({ "name": "Summer" })).await.is(200);
    world.call("sdr", &format!("DELETE /api/v2/campaigns/{id}"), Value::Null).await.is(403);
    world.log_once(|rows| rows.iter().any(|row| row["audit_metadata"]["refused_by"] == "role")).await;
    let html = world.page("admin's session", &world.at("/audit")).await.is(200).text();
    assert!(html.contains("created Summer") && html.contains("changed Summer"), "{html}");
    assert!(html.contains("<del><span class=\"unseen\">was </span>Spring</del>"), "{html}");
    assert!(html.contains("was refused: delete campaigns"), "{html}");
    assert!(html.contains("refused at role"), "{html}");
    world.page("sdr's session", &world.at("/audit")).await.is(403);
}

async fn the_log_is_filtered_and_exported(world: World) {
    let id = world.create("owner", "Spring", "team").await;
    world.create("admin", "Autumn", "team").await;
    let about = world.at(&format!("/audit?subject=campaign%2F{id}"));
    let html = world.page("admin's session", &about).await.is(200).text();
    assert!(html.contains("created Spring") && !html.contains("created Autumn"), "{html}");
    let none = world.at("/audit?who=nobody%25&permission=&from=&until=");
    let html = world.page("admin's session", &none).await.is(200).text();
    assert!(html.contains("No rows match") && html.contains("Clear the filters"), "{html}");
    world.page("admin's session", &world.at("/audit?from=soon")).await.is(400);
    let export = world.form("admin's session", &world.at("/audit"), "/audit/export").await;
    let file = world.posts("admin's session", &export).await.is(200);
    assert!(file.text().starts_with("id,timestamp,action"), "{}", file.text());
    let rows = world.log().await;
    assert!(rows.iter().any(|row| row["action"] == "audit_logs:export"));
}

async fn a_second_factor_is_enrolled_by_pages(world: World) {
    let who = world.signed_in("sdr").await;
    let start = world.form(&who, "/me/security", "/me/security/app").await;
    let begun = world.posts(&who, &start).await.is(200);
    assert!(begun.text().contains("<svg class=\"qr\"") && begun.headers["cache-control"] == "no-store");
    let seed = secret(&begun);
    let confirm = forms(&begun.text()).into_iter().find(|form| form.action.ends_with("/confirm")).unwrap();
    let wrong = world.posts(&who, &confirm.clone().with("code", "000000")).await.is(400).text();
    assert!(wrong.contains("six digits that your app shows now") && !wrong.contains(&seed), "{wrong}");
    let done = world.posts(&who, &confirm.with("code", &world.code(&seed, 0))).await.is(200);
    assert_eq!(secret(&done).split_whitespace().count(), 10, "recovery codes");
    let html = world.page(&who, "/me/security").await.is(200).text();
    assert!(html.contains("10 left") && html.contains("/me/security/app/remove"), "{html}");
    let about = world.page(&who, "/me/security/app/remove").await.is(200).text();
    assert!(about.contains("It is your last second factor"), "{about}");
    let remove = world.form(&who, "/me/security/app/remove", "/remove").await;
    world.posts(&who, &remove).await.is(303);
    let html = world.page(&who, "/me/security").await.is(200).text();
    assert!(html.contains(">off<") && !html.contains("10 left"), "{html}");
}

async fn sessions_end_one_by_one(world: World) {
    let (here, there) = (world.signed_in("sdr").await, world.signed_in("sdr").await);
    let third = world.signed_in("sdr").await;
    let html = world.page(&here, "/me/security").await.is(200).text();
    let ends: Vec<Form> = forms(&html).into_iter().filter(|form| form.action.ends_with("/end")).collect();
    assert!(ends.len() >= 4, "two others, all others, and every device: {html}");
    let foreign = Form { action: format!("/me/sessions/{MISSING}/end"), ..ends[0].clone() };
    world.posts(&here, &foreign).await.is(404);
    world.posts(&here, &ends[0]).await.is(303);
    assert_eq!(world.page(&third, "/me/security").await.status, 303, "the newest comes first");
    world.page(&there, "/me/security").await.is(200);
    let others = ends.iter().find(|form| form.action == "/me/sessions/others/end").unwrap();
    world.posts(&here, others).await.is(303);
    assert_eq!(world.page(&there, "/me/security").await.status, 303);
    let every = world.form(&here, "/me/security", "/every/end").await;
    world.posts(&here, &every).await.is(303);
    assert_eq!(world.page(&here, "/me/security").await.status, 303);
}

async fn the_policy_names_whom_it_locks_out(world: World) {
    let path = world.at("/settings/sign-in");
    let form = world.form(OWNER, &path, "/settings/sign-in").await;
    let read = "/api/v2/workspaces/current/login-policy";
    let before = world.get("owner", read).await.json();
    let look = Form { action: format!("{path}/look"), ..form.clone().with("methods[]", "passkey") };
    let html = world.posts(OWNER, &look).await.is(200).text();
    assert!(html.contains("Nothing is changed yet") && html.contains(&world.email("sdr").await), "{html}");
    assert_eq!(world.get("owner", read).await.json(), before);
    let wrong = world.posts(OWNER, &form.clone().with("idle_minutes", "1")).await.is(400).text();
    assert!(wrong.contains("Must be at least 5"), "{wrong}");
    world.posts(OWNER, &form.with("idle_minutes", "600")).await.is(303);
    assert_eq!(world.get("owner", read).await.json()["idle_minutes"], 600);
    // A manager cannot open the page of the policy.
    world.page("manager's session", &path).await.is(403);
    let end = world.form(OWNER, &format!("{path}/everybody"), "/everybody").await;
    world.posts(OWNER, &end).await.is(303);
    assert_eq!(world.page("sdr's session", &world.at("")).await.status, 303, "everybody signs in again");
}
