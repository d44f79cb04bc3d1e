//! The dashboard without a browser: which buttons each person has, what strangers learn, and what forms never lose.

use crate::support::html::{Form, forms, offers};
use crate::support::people::{PASSWORD, cookie};
use crate::support::ways::ways;
use crate::support::{Answer, MISSING, ROLES, World, on_both};
use gatepost::access::{ACTIONS, Can, Near, campaigns};
use gatepost::db::sql;
use gatepost::http::Origin;
use gatepost::resources::campaigns::SHAPE;
use gatepost::router;
use gatepost::web::Written;
use serde_json::{Value, json};
use std::collections::BTreeSet;

on_both! {
    offers_are_rights foreign_pages_are_missing_pages a_form_comes_back_whole two_presses_make_one
    a_stale_form_shows_both_values nothing_typed_is_lost_when_a_session_ages
    nothing_typed_is_lost_when_a_session_ends other_sites_change_and_see_nothing
    a_page_acts_in_the_workspace_of_its_address a_page_of_a_client_says_so nearness_is_reach what_is_said_is_said_once removal_says_what_it_does
}

const HTML: (&str, &str) = ("accept", "text/html");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

impl World {
    pub async fn page(&self, who: &str, path: &str) -> Answer {
        self.send(who, &format!("GET {path}"), &[HTML], vec![]).await
    }

    pub async fn posts(&self, who: &str, form: &Form) -> Answer {
        self.send(who, &format!("POST {}", form.action), &[HTML, FORM], form.body()).await
    }

    /// The form on a page that posts to an address that ends so.
    pub async fn form(&self, who: &str, path: &str, end: &str) -> Form {
        let answer = self.page(who, path).await.is(200);
        let found = forms(&answer.text()).into_iter().find(|form| form.action.ends_with(end));
        found.unwrap_or_else(|| panic!("{path} has no form to {end}: {}", answer.text()))
    }

    pub fn at(&self, rest: &str) -> String {
        format!("/w/{}{rest}", self.home)
    }

    fn written(&self) -> (Value, Vec<Written>) {
        let (document, written) = router::pages();
        (serde_json::to_value(document).unwrap(), written)
    }

    async fn may(&self, who: &str, permission: &str) -> bool {
        let body = json!({ "permission": permission });
        let answer = self.call(who, "POST /api/v2/access/explain", body).await;
        answer.status == 200 && answer.json()["allowed"] == true
    }

    async fn emails(&self) -> Vec<String> {
        let all = self.get("owner", "/api/v2/workspace-members?limit=100").await.items();
        all.iter().map(|member| member["email"].as_str().unwrap().to_owned()).collect()
    }
}

fn location(answer: &Answer) -> String {
    answer.headers["location"].to_str().unwrap().to_owned()
}

/// The address with `{id}` for every id except that of the workspace.
fn pattern(world: &World, offer: &str) -> String {
    let home = world.home.to_string();
    let part = |part: &str| match part.parse::<uuid::Uuid>() {
        Ok(_) if part == home => "{workspace}".to_owned(),
        Ok(_) => "{id}".to_owned(),
        Err(_) => part.to_owned(),
    };
    offer.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn a_way_has_the_permission_of_its_handler() {
    let world = World::sqlite().await;
    let (document, written) = world.written();
    assert!(written.len() >= 12, "{}", written.len());
    for way in &written {
        let method = way.method.as_str().to_lowercase();
        let operation = &document["paths"][way.path][&method];
        assert_eq!(operation["x-permission"], way.action.name, "{method} {}", way.path);
        // A test of an account stores whether the server could sign in.
        let changes = way.action.activity.is_some() || way.action.name == "accounts:test";
        assert!(changes || method == "get", "{} is posted and changes nothing", way.path);
    }
    let documented: usize =
        document["paths"].as_object().unwrap().values().map(|item| item.as_object().unwrap().len()).sum();
    assert_eq!(documented, written.len(), "a page that is not written down");
}

/// Every button is a right, and every right has its button. The explanation of the API is the other witness.
async fn offers_are_rights(world: World) {
    let (_, written) = world.written();
    let permission = |way: &str| {
        let (method, path) = way.split_once(' ').unwrap();
        let found = written.iter().find(|page| page.path == path && page.method.as_str() == method);
        found.unwrap_or_else(|| panic!("{way} is not a page")).action
    };
    let sdr = world.who("sdr").member.unwrap();
    let owner = world.who("owner").member.unwrap();
    let pages = [
        ("members", world.at("/members")),
        ("member", world.at(&format!("/members/{sdr}"))),
        ("the owner", world.at(&format!("/members/{owner}"))),
        ("removal", world.at(&format!("/members/{sdr}/remove"))),
        ("workspaces", "/workspaces".to_owned()),
        ("me", "/me".to_owned()),
        ("keys", world.at("/api-keys")),
        ("revocation", world.at(&format!("/api-keys/{}/revoke", world.who("reader").key_id))),
        ("matrix", world.at("/access")),
        ("why", world.at("/access/why")),
        ("audit", world.at("/audit")),
        ("policy", world.at("/settings/sign-in")),
        ("everybody", world.at("/settings/sign-in/everybody")),
        ("security", "/me/security".to_owned()),
        ("home", world.at("")),
    ];
    let (mut seen, mut open) = (BTreeSet::new(), 0);
    for role in ROLES {
        let who = format!("{role}'s session");
        for (name, path) in &pages {
            let answer = world.page(&who, path).await;
            let read = written.iter().find(|page| page.method == "GET" && page.path == pattern(&world, path));
            let allowed = world.may(&who, read.unwrap().action.name).await;
            assert_eq!(answer.status == 200, allowed, "{role} {name}: {}", answer.status);
            if !allowed {
                assert_eq!(answer.status, 403, "{role} {name}");
                assert!(
                    !answer.text().contains("action=\"/w/"),
                    "{role} {name} offers something on a refusal"
                );
                continue;
            }
            open += 1;
            let offered: BTreeSet<_> =
                offers(&answer.text()).iter().map(|offer| pattern(&world, offer)).collect();
            let mut expected = BTreeSet::new();
            for way in ways(name) {
                if world.may(&who, permission(way).name).await {
                    expected.insert((*way).to_owned());
                }
            }
            assert_eq!(offered, expected, "{role} on {name}");
            seen.extend(offered);
        }
    }
    assert!(seen.len() >= 8 && open > 25, "{open} {seen:?}");
    assert_eq!(world.page("stranger's session", &world.at("/members")).await.status, 404);
}

/// No page tells a foreign record or workspace from one that does not exist.
async fn foreign_pages_are_missing_pages(world: World) {
    let (_, written) = world.written();
    let foreign = world.who("stranger").member.unwrap().to_string();
    let mut checked = 0;
    for page in written.iter().filter(|page| page.path.starts_with("/w/")) {
        let line = |workspace: &str, id: &str| {
            format!("{} {}", page.method, page.path.replace("{workspace}", workspace).replace("{id}", id))
        };
        let face = async |who: &str, workspace: &str, id: &str| {
            let answer = world.send(who, &line(workspace, id), &[HTML, FORM], vec![]).await;
            let plain = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
            let headers: Vec<_> = plain.map(|(name, value)| format!("{name}: {value:?}")).collect();
            (answer.face(), headers)
        };
        let (home, away) = (world.home.to_string(), world.away.to_string());
        for who in ["owner's session", "sdr's session", "client's session"] {
            let missing = face(who, MISSING, MISSING).await;
            assert_eq!(missing.0.0, 404, "{}", page.path);
            assert_eq!(face(who, &away, MISSING).await, missing, "{who} {}", page.path);
            assert_eq!(face(who, &away, &foreign).await, missing, "{who} {}", page.path);
            assert_eq!(face(who, "no-id", MISSING).await, missing, "{who} {}", page.path);
            if page.path.contains("{id}") {
                assert_eq!(
                    face(who, &home, &foreign).await,
                    face(who, &home, MISSING).await,
                    "{}",
                    page.path
                );
                checked += 1;
            }
        }
        let open = world.send("", &line(&home, MISSING), &[HTML, FORM], vec![]).await;
        let elsewhere = world.send("", &line(MISSING, MISSING), &[HTML, FORM], vec![]).await;
        assert_eq!(open.status, elsewhere.status, "a visitor learns nothing: {}", page.path);
        assert!(open.status == 303 || open.status == 401, "{} {}", page.path, open.status);
    }
    assert!(checked >= 12, "{checked}");
}

/// A 400 shows everything that is wrong, at its field, and keeps what was typed.
async fn a_form_comes_back_whole(world: World) {
    let form = world.form("admin's session", &world.at("/members"), "/members").await;
    assert!(form.options("role").contains(&"sdr".to_owned()), "{:?}", form.options("role"));
    assert!(!form.options("role").contains(&"owner".to_owned()), "nobody is invited as an owner");
    let wrong =
        form.clone().with("email", "jo@").with("role", "king<>").with("tag_limit[]", &world.tag.to_string());
    let back = world.posts("admin's session", &wrong).await.is(400);
    let html = back.text();
    assert!(html.contains("<title>Not saved: Members"), "{html}");
    let again = forms(&html).into_iter().find(|form| form.action.ends_with("/members")).unwrap();
    assert_eq!(again.get("email"), Some("jo@"));
    assert_eq!(again.get("tag_limit[]"), Some(&*world.tag.to_string()));
    assert_eq!(again.get("_once"), form.get("_once"), "the same record to be");
    let invalid = again.html.matches("aria-invalid=\"true\"").count();
    assert_eq!(invalid, 2, "both fields are marked: {}", again.html);
    assert!(again.html.contains("Must be an e-mail address"), "{}", again.html);
    // If the operation refuses a field, the message is at that field. A conflict with a record is at the head of the form.
    let foreign = form.clone().with("email", "jo@acme.example").with("tag_limit[]", MISSING);
    let html = world.posts("admin's session", &foreign).await.is(400).text();
    assert!(html.contains("tag_limit-wrong"), "{html}");
    let taken = form.clone().with("email", &world.email("sdr").await);
    let html = world.posts("admin's session", &taken).await.is(409).text();
    assert!(html.contains("already exists"), "{html}");
    let done =
        world.posts("admin's session", &again.with("email", "jo@acme.example").with("role", "sdr")).await;
    assert_eq!(done.status, 200, "the link is shown, because the World sends no mail");
    assert!(done.text().contains("/invitations/accept#"), "{}", done.text());
    assert_eq!(done.headers["cache-control"], "no-store");
}

async fn two_presses_make_one(world: World) {
    let form = world.form("owner's session", &world.at("/members"), "/members").await;
    let form = form.with("email", "jo@acme.example").with("role", "sdr");
    let presses = (0..20).map(|_| world.posts("owner's session", &form));
    for answer in futures::future::join_all(presses).await {
        assert!(answer.status == 200 || answer.status == 303, "{} {}", answer.status, answer.text());
    }
    let invited = world.emails().await.into_iter().filter(|email| email == "jo@acme.example").count();
    assert_eq!(invited, 1);
    let rows =
        world.log().await.into_iter().filter(|row| row["action"] == "workspace_members:create").count();
    assert_eq!(rows, 1);
    // Nobody chooses the id: a broken seal makes a new record.
    let chosen = form.with("_once", MISSING).with("email", "mo@acme.example");
    world.posts("owner's session", &chosen).await.is(200);
    assert!(world.emails().await.contains(&"mo@acme.example".to_owned()));
}

async fn a_stale_form_shows_both_values(world: World) {
    let member = world.who("sdr").member.unwrap();
    let path = world.at(&format!("/members/{member}"));
    let form = world.form("admin's session", &path, &member.to_string()).await;
    let line = format!("PATCH /api/v2/workspace-members/{member}");
    world.call("owner", &line, json!({ "nickname": "Theirs" })).await.is(200);
    let mine = form.with("nickname", "Mine");
    let html = world.posts("admin's session", &mine).await.is(409).text();
    let again = forms(&html).into_iter().find(|form| form.action == path).unwrap();
    assert_eq!(again.get("nickname"), Some("Mine"));
    assert!(again.html.contains("It is now: <ins>Theirs</ins>"), "{}", again.html);
    // Sent again, it is saved: the person has seen both.
    let saved = world.posts("admin's session", &again).await.is(303);
    assert_eq!(location(&saved), path);
    let now = world.get("owner", &format!("/api/v2/workspace-members/{member}")).await.json();
    assert_eq!((&now["nickname"], &now["role"]), (&json!("Mine"), &json!("sdr")));
    // Without a change nothing is sent, so nothing is recorded.
    let before = world.log().await.len();
    let form = world.form("admin's session", &path, &member.to_string()).await;
    world.posts("admin's session", &form).await.is(303);
    assert_eq!(world.log().await.len(), before);
}

async fn nothing_typed_is_lost_when_a_session_ages(world: World) {
    let who = world.signed_in("admin").await;
    let form = world.form(&who, &world.at("/members"), "/members").await;
    let form = form.with("email", "jo@acme.example").with("role", "sdr");
    world.wait(11 * 60 * 1000);
    assert!(!world.form(&who, &world.at("/members"), "/members").await.fields.is_empty(), "still offered");
    let asked = world.posts(&who, &form).await.is(401);
    let again = forms(&asked.text()).into_iter().find(|form| form.action == "/again").unwrap();
    assert_eq!((again.get("email"), again.get("role")), (Some("jo@acme.example"), Some("sdr")));
    let wrong = world.posts(&who, &again.clone().with("_password", "wrong")).await.is(403);
    assert!(!wrong.text().contains("value=\"wrong\""), "a password is never put back");
    let kept = forms(&wrong.text()).into_iter().find(|form| form.action == "/again").unwrap();
    assert_eq!(kept.get("email"), Some("jo@acme.example"));
    let kept = kept.with("_password", PASSWORD);
    let onward = world.posts(&who, &kept).await.is(307);
    assert_eq!(location(&onward), world.at("/members"));
    let renewed = format!("cookie:{}", cookie(&onward).unwrap());
    // The browser repeats the post as it was, with the fields of the page in between.
    let done = world.posts(&renewed, &Form { action: location(&onward), ..kept }).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert!(world.emails().await.contains(&"jo@acme.example".to_owned()));
    let forged = form.with("_task", "x").with("_password", PASSWORD);
    world.posts(&renewed, &Form { action: "/again".to_owned(), ..forged }).await.is(400);
}

async fn nothing_typed_is_lost_when_a_session_ends(world: World) {
    let who = world.signed_in("admin").await;
    let email = world.email("admin").await;
    let form = world.form(&who, &world.at("/members"), "/members").await;
    let form = form.with("email", "jo@acme.example").with("role", "sdr");
    world.call(&who, "POST /auth/sign-out", Value::Null).await.is(200);
    let asked = world.posts(&who, &form).await.is(401);
    let again = forms(&asked.text()).into_iter().find(|form| form.action == "/again/sign-in").unwrap();
    assert_eq!(again.get("email"), Some("jo@acme.example"));
    // Somebody else cannot send it on.
    let other = world.has_password("owner").await;
    let theirs = again.clone().with("_email", &other).with("_password", PASSWORD);
    world.posts("", &theirs).await.is(403);
    let mine = again.with("_email", &email).with("_password", PASSWORD);
    let onward = world.posts("", &mine).await.is(307);
    let renewed = format!("cookie:{}", cookie(&onward).unwrap());
    world.posts(&renewed, &Form { action: location(&onward), ..mine }).await.is(200);
    assert!(world.emails().await.contains(&"jo@acme.example".to_owned()));
    // A page is asked for again after signing in.
    let to = location(&world.page("", &world.at("/members?x=1")).await.is(303));
    assert_eq!(to, format!("/sign-in?next=%2Fw%2F{}%2Fmembers%3Fx%3D1", world.home));
}

async fn other_sites_change_and_see_nothing(world: World) {
    let form = world.form("owner's session", &world.at("/members"), "/members").await;
    let line = format!("POST {}", form.action);
    let body = form.with("email", "jo@acme.example").with("role", "sdr").body();
    for foreign in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        world.send("owner's session", &line, &[HTML, FORM, foreign], body.clone()).await.is(403);
    }
    assert!(!world.emails().await.contains(&"jo@acme.example".to_owned()));
    let get = format!("GET {}", world.at("/members"));
    for dest in ["iframe", "script", "image", "empty"] {
        let answer =
            world.send("owner's session", &get, &[HTML, ("sec-fetch-dest", dest)], vec![]).await.is(403);
        assert!(!answer.text().contains("owner@"), "{}", answer.text());
    }
    world.send("owner's session", &get, &[HTML, ("sec-fetch-dest", "document")], vec![]).await.is(200);
    // A key opens no page.
    let answer = world.page("owner", &world.at("/members")).await.is(403);
    assert!(answer.text().contains("no API key"), "{}", answer.text());
}

async fn a_page_acts_in_the_workspace_of_its_address(world: World) {
    let third = crate::support::scene::another_of(&world, "owner").await;
    let page = world.page("owner's session", &format!("/w/{third}/members")).await.is(200);
    assert!(page.text().contains("<strong>third</strong>"), "{}", page.text());
    assert!(!page.text().contains(&world.email("sdr").await), "the members are those of the other workspace");
    world.page("owner's session", &world.at("/members")).await.is(200);
    world.page("admin's session", &format!("/w/{third}/members")).await.is(404);
    // A change is made there, too, and recorded there.
    let form = world.form("owner's session", &format!("/w/{third}/members"), "/members").await;
    world.posts("owner's session", &form.with("email", "jo@third.example")).await.is(200);
    assert!(!world.emails().await.contains(&"jo@third.example".to_owned()));
    // The login policy of that workspace counts, and only there.
    let policy = json!({ "allowed_ips": null, "methods": ["passkey"], "idle_minutes": 60, "session_minutes": 600,
        "second_factor_required_from": null });
    let set = sql("update workspaces set login_policy = $2 where id = $1");
    world.run(set.bind(third).bind(policy)).await;
    let enrol = world.page("owner's session", &format!("/w/{third}/members")).await.is(303);
    assert_eq!(location(&enrol), "/me/security", "a passkey is enrolled first");
    world.page("owner's session", &world.at("/members")).await.is(200);
}

/// An admin workspace acts in its clients on the same pages, as far as they allow it.
async fn a_page_of_a_client_says_so(mut world: World) {
    let (sub, _) = world.sub_of("owner", "the client").await;
    world.refresh_sessions().await;
    let path = format!("/w/{sub}/members");
    let html = world.page("admin's session", &path).await.is(200).text();
    assert!(html.contains("at most as an admin"), "{html}");
    assert!(html.contains(&format!("href=\"/w/{}\"", world.home)), "the way back");
    world.page("sdr's session", &path).await.is(404);
    world.page("stranger's session", &path).await.is(404);
    let form = world.form("admin's session", &path, "/members").await;
    world
        .posts("admin's session", &form.with("email", "jo@client.example").with("role", "view"))
        .await
        .is(200);
    let rows = world.log().await;
    let row = rows.iter().find(|row| row["action"] == "workspace_members:create").unwrap();
    assert!(row["user"].as_str().unwrap().starts_with("admin"), "both logs have it: {row}");
}

/// What a list selects of how near a record is agrees with `{within}`, for every action and every role.
async fn nearness_is_reach(world: World) {
    for (who, visibility) in
        [("owner", "team"), ("owner", "private"), ("member", "private"), ("editor", "team")]
    {
        world.create(who, who, visibility).await;
    }
    let tagged = world.create("member", "tagged", "team").await;
    let tag = json!({ "tag_ids": [world.tag], "resource_type": 2, "resource_ids": [tagged], "assign": true });
    world.call("owner", "POST /api/v2/custom-tags/toggle-resource", tag).await.is(200);
    let (mut yes, mut no) = (0, 0);
    for role in ROLES {
        let user = world.who(role).user.unwrap();
        let can = Can::<campaigns::Read>::person(&world.app, world.home, user, Origin::local()).await;
        let can = can.unwrap().unwrap();
        for action in ACTIONS.iter().filter(|action| (action.see)().name == "campaigns:read") {
            let found: Vec<(Near, bool)> = sql("select {near}, {within} from campaigns c where {visible}")
                .fill("{near}", can.near(&SHAPE))
                .fill("{within}", can.pred(action).column(SHAPE))
                .fill("{visible}", can.visible(&SHAPE))
                .all(&world.reader)
                .await
                .unwrap();
            for (near, within) in found {
                assert_eq!(near.is_within(can.reach(action)), within, "{role} {}", action.name);
                *if within { &mut yes } else { &mut no } += 1;
            }
        }
    }
    assert!(yes > 100 && no > 30, "{yes} {no}");
}

async fn what_is_said_is_said_once(world: World) {
    let form = world.form("sdr's session", "/me", "/me").await;
    let answer = world.posts("sdr's session", &form.with("first_name", "Sandra")).await.is(303);
    assert_eq!(location(&answer), "/me");
    let set: Vec<_> =
        answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    let said = set.iter().find(|line| line.starts_with("__Host-gatepost-said=")).unwrap();
    let said = said.split(';').next().unwrap().to_owned();
    let session = format!("{}=session-of-sdr; {said}", crate::support::COOKIE);
    let get =
        async |cookie: &str| world.send("", "GET /me", &[HTML, ("cookie", cookie)], vec![]).await.is(200);
    let shown = get(&session).await;
    assert!(
        shown.text().contains("Your name is saved.") && shown.text().contains("<title>Done: You"),
        "{}",
        shown.text()
    );
    assert!(shown.text().contains("Sandra"));
    let cleared = shown
        .headers
        .get_all("set-cookie")
        .iter()
        .any(|line| line.to_str().unwrap().starts_with("__Host-gatepost-said=; Path=/; Max-Age=0"));
    assert!(cleared, "the browser forgets it");
    // It is for nobody else, and not for long.
    let other = format!("{}=session-of-admin; {said}", crate::support::COOKIE);
    assert!(!get(&other).await.text().contains("Your name is saved."));
    world.wait(61_000);
    assert!(!get(&session).await.text().contains("Your name is saved."));
    // Signing out forgets the pages.
    let out = world.send("sdr's session", "POST /sign-out", &[HTML, FORM], vec![]).await.is(303);
    assert!(out.headers["clear-site-data"].to_str().unwrap().contains("cache"));
    assert_eq!(world.page("sdr's session", "/me").await.status, 303);
}

async fn removal_says_what_it_does(world: World) {
    let sdr = world.who("sdr").member.unwrap();
    world.connect("owner", "one@outreach.example", Some(sdr)).await;
    let path = world.at(&format!("/members/{sdr}/remove"));
    let html = world.page("admin's session", &path).await.is(200).text();
    assert!(html.contains("1 sending account becomes unassigned"), "{html}");
    let form = world.form("admin's session", &path, "/remove").await;
    let done = world.posts("admin's session", &form).await.is(303);
    assert_eq!(location(&done), world.at("/members"));
    assert_eq!(
        world.page("sdr's session", &world.at("")).await.status,
        303,
        "the next click is the sign-in page"
    );
}
