//! Access as code: the tests in a file, exact sections, invitations, and the log. The tests of the resource have the rest.

use crate::support::{Answer, World, on_both};
use gatepost::access::Can;
use gatepost::resources::access_file::AccessText;
use serde_json::{Value, json};

on_both! {
    tests_in_a_file_decide a_test_that_fails_keeps_a_file_from_being_applied mutations_say_what_no_test_notices exact_sections_remove_what_they_leave_out
    invitations_and_accounts_settle_in_one_application what_is_not_built_is_refused_plainly
    broken_files_name_the_line_and_what_is_expected applications_are_listed random_files_settle_and_keep_an_admin odd_bytes_are_refused
    the_operator_applies_files_too
}

async fn send(world: &World, who: &str, line: &str, file: &str) -> Answer {
    world.send(who, line, &[("content-type", "application/yaml")], file.as_bytes().to_vec()).await
}

async fn plan(world: &World, file: &str) -> Value {
    send(world, "owner", "POST /api/v2/access/plan", file).await.is(200).json()
}

/// With whatever the plan asks to allow.
async fn apply(world: &World, file: &str) -> Answer {
    let planned = plan(world, file).await;
    let allow: Vec<String> =
        planned["allow"].as_object().unwrap().iter().map(|(kind, count)| format!("{kind}={count}")).collect();
    let line = format!("POST /api/v2/access/apply?because=test&allow={}", allow.join(","));
    send(world, "owner", &line, file).await
}

async fn email(world: &World, who: &str) -> String {
    let path = format!("/api/v2/workspace-members/{}", world.who(who).member.unwrap());
    world.get("owner", &path).await.is(200).json()["email"].as_str().unwrap().to_owned()
}

async fn tests_in_a_file_decide(world: World) {
    let (owner, admin, editor, sdr) = (
        email(&world, "owner").await,
        email(&world, "admin").await,
        email(&world, "editor").await,
        email(&world, "sdr").await,
    );
    world.connect("owner", "a@outreach.example", None).await;
    world.create("editor", "spring", "private").await;
    // The campaign is private: the editor owns it, and an sdr does not see it.
    let holding = [
        "{for: {role: sdr}, can: [campaigns:launch], cannot: [campaigns:export, campaigns:share, roles]}"
            .to_owned(),
        format!("{{for: {editor}, on: {{campaign: spring}}, can: [campaigns:launch]}}"),
        format!("{{for: {sdr}, on: {{campaign: spring}}, cannot: [campaigns]}}"),
        format!("{{for: {sdr}, on: {{sending_account: a@outreach.example}}, cannot: [accounts:use]}}"),
        "{for: {role: editor}, can: [{campaigns:read: team}], cannot: [{campaigns:read: all}]}".to_owned(),
        "{for: {key: reader}, can: [campaigns:read], cannot: [campaigns:launch, leads:read]}".to_owned(),
        format!(
            "{{who_can: roles:create, only: [{owner}, {admin}, {{key: robot}}, {{key: owner}}, {{key: admin}}, {{role: admin}}]}}"
        ),
    ];
    for test in &holding {
        let told = send(&world, "owner", "POST /api/v2/access/test", &format!("tests:\n  - {test}\n"))
            .await
            .is(200)
            .json();
        assert_eq!(told["holds"], true, "{test} {told}");
    }
    let open = format!("tests:\n  - {{name: only the owner, who_can: roles:create, only: [{owner}]}}\n");
    let told = send(&world, "owner", "POST /api/v2/access/test", &open).await.is(200).json();
    let why = told["tests"][0]["why"].as_str().unwrap();
    assert!(told["holds"] == false && why.contains(&admin) && why.contains("key robot"), "{told}");
}

async fn a_test_that_fails_keeps_a_file_from_being_applied(world: World) {
    let sdr = email(&world, "sdr").await;
    world.connect("owner", "a@outreach.example", None).await;
    // Tests judge the planned access, and a test that fails keeps a file from being applied.
    let file = |verb: &str| {
        format!(
            "because: x\nsending_accounts: {{a@outreach.example: {sdr}}}\ntests:\n  - {{for: {sdr}, on: {{sending_account: a@outreach.example}}, {verb}: [accounts:use]}}\n"
        )
    };
    let planned = plan(&world, &file("cannot")).await;
    assert_eq!(
        (&planned["outcome"], &planned["tests"][0]["line"]),
        (&json!("failed"), &json!(4)),
        "{planned}"
    );
    let refused = apply(&world, &file("cannot")).await.is(409).message();
    assert!(refused.starts_with("tests in the file fail. line 4, test 1: "), "{refused}");
    assert_eq!(plan(&world, &file("can")).await["outcome"], "differs");
    assert_eq!(apply(&world, &file("can")).await.is(200).json()["applied"], true);
    for (test, why) in [
        ("{for: nobody@acme.example, can: [campaigns:read]}", "nobody@acme.example is not a member"),
        ("{for: {role: boss}, can: [campaigns:read]}", "there is no role `boss`"),
        ("{for: {key: none}, can: [campaigns:read]}", "there is no live API key `none`"),
        ("{for: {role: sdr}, on: {campaign: none}, can: [campaigns:read]}", "there is no `campaign none`"),
    ] {
        let told = send(&world, "owner", "POST /api/v2/access/test", &format!("tests: [{test}]\n"))
            .await
            .is(200)
            .json();
        assert_eq!((&told["holds"], &told["tests"][0]["why"]), (&json!(false), &json!(why)), "{told}");
    }
    send(&world, "owner", "POST /api/v2/access/test", "tags: []\n").await.is(400);
}

async fn mutations_say_what_no_test_notices(world: World) {
    let sdr = email(&world, "sdr").await;
    let file = format!(
        "roles:\n  east: {{based_on: sdr, can: {{campaigns:read: team, campaigns:launch: own}}}}\nmembers: {{{sdr}: east}}\n\
         tests:\n  - {{for: {sdr}, can: [campaigns:launch], cannot: [leads]}}\n"
    );
    let line = "POST /api/v2/access/test?mutate=true";
    let told = send(&world, "owner", line, &file).await.is(200).json();
    assert_eq!(told["holds"], true, "{told}");
    let missed: Vec<&str> =
        told["mutations"]["missed"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert!(missed.contains(&"the role east without campaigns:read"), "{told}");
    assert!(!missed.contains(&"the role east without campaigns:launch"), "{told}");
    assert!(!missed.contains(&format!("{sdr} with the role view").as_str()), "{told}");
    let (tried, noticed) =
        (told["mutations"]["tried"].as_u64().unwrap(), told["mutations"]["noticed"].as_u64().unwrap());
    assert_eq!(tried, noticed + missed.len() as u64);
    assert!(noticed >= 2);
}

async fn exact_sections_remove_what_they_leave_out(world: World) {
    let mut members = String::new();
    for who in ["owner", "admin", "manager", "editor", "member", "sdr", "view"] {
        members += &format!("  {}: {who}\n", email(&world, who).await);
    }
    world
        .call("owner", "POST /api/v2/roles", json!({ "name": "spare", "base": "view", "without": [] }))
        .await
        .is(200);
    world.connect("owner", "a@outreach.example", world.who("editor").member).await;
    let client = email(&world, "client").await;
    // The client and the open invitation are left out.
    let file = format!(
        "members:\n{members}sending_accounts: {{}}\nroles: {{}}\nexact: [members, roles, sending_accounts]\n"
    );
    let planned = plan(&world, &file).await;
    let allow = json!({ "remove-member": 2, "unassign": 1, "delete-role": 1 });
    assert_eq!(planned["allow"], allow, "{planned}");
    apply(&world, &file).await.is(200);
    let left = world.get("owner", "/api/v2/workspace-members?limit=100").await.items();
    assert!(left.len() == 7 && !left.iter().any(|member| member["email"] == *client), "{left:?}");
    world.get("client", "/api/v2/me").await.is(401);
    assert!(world.get("owner", "/api/v2/roles").await.items().is_empty());
    assert_eq!(plan(&world, &file).await["outcome"], "same");
    // A role that somebody has stays, unless they get another one.
    let sdr = email(&world, "sdr").await;
    apply(&world, &format!("roles: {{east: {{based_on: sdr, cannot: []}}}}\nmembers: {{{sdr}: east}}\n"))
        .await
        .is(200);
    let gone = send(&world, "owner", "POST /api/v2/access/plan", "roles: {}\nexact: [roles]\n")
        .await
        .is(400)
        .message();
    assert!(gone.contains(&format!("`east` would be deleted, and {sdr} has it")), "{gone}");
    apply(&world, &format!("members: {{{sdr}: sdr}}\nroles: {{}}\nexact: [roles]\n")).await.is(200);
}

async fn invitations_and_accounts_settle_in_one_application(world: World) {
    world.connect("owner", "a@outreach.example", None).await;
    world.connect("owner", "b@outreach.example", world.who("editor").member).await;
    let file = "members: {jo@acme.example: {role: sdr, tags: [\"client's\"]}}\n\
                sending_accounts: {a@outreach.example: jo@acme.example, b@outreach.example: jo@acme.example}\n";
    let done = apply(&world, file).await.is(200).json();
    assert_eq!(done["changes"].as_array().unwrap().len(), 1, "{done}");
    assert!(done["invitation_urls"]["jo@acme.example"].as_str().unwrap().contains("/invitations/accept#"));
    let planned = plan(&world, file).await;
    assert_eq!(planned["outcome"], "same", "{planned}");
    let notes = planned["notes"].to_string();
    assert!(notes.contains("waits until jo@acme.example accepts"), "{planned}");
    let members = world.get("owner", "/api/v2/workspace-members?accepted=false").await.items();
    let jo = members.iter().find(|member| member["email"] == "jo@acme.example").unwrap();
    assert_eq!(jo["accounts"], json!(["a@outreach.example"]), "{jo}");
    // The promise holds until the invitation is removed.
    let free = plan(&world, "sending_accounts: {a@outreach.example: null}\n").await;
    assert_eq!(free["outcome"], "same", "{free}");
}

async fn what_is_not_built_is_refused_plainly(world: World) {
    for (file, what) in [
        ("key_policy: {longest_days: 366}\n", "not built in Gatepost yet"),
        ("role_mapping: []\n", "not built in Gatepost yet"),
        ("login_policy: {methods: [sso, passkey]}\n", "single sign-on is not built in Gatepost yet"),
        (
            "members: {a@x.example: {role: sdr, state: suspended}}\n",
            "suspending a member is not built in Gatepost yet",
        ),
    ] {
        for operation in ["validate", "plan", "apply", "test"] {
            let line = format!("POST /api/v2/access/{operation}");
            let said = send(&world, "owner", &line, file).await.is(400).message();
            assert!(said.contains(what), "{said}");
        }
    }
}

async fn applications_are_listed(world: World) {
    for name in ["one", "two"] {
        apply(&world, &format!("tags: [{name}]\n")).await.is(200);
    }
    let list = world.get("admin", "/api/v2/access/applications").await.is(200).items();
    assert_eq!(list.len(), 2);
    assert_eq!((&list[0]["parts"], &list[0]["changes"][0]["name"]), (&json!(1), &json!("two")));
    assert_eq!(list[0]["state_before"], list[1]["state_after"]);
    assert_eq!(list[0]["because"], "test");
    assert!(world.get("stranger", "/api/v2/access/applications").await.items().is_empty());
    world.get("editor", "/api/v2/access/applications").await.is(403);
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }
    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    fn sections(&mut self, people: &[String]) -> Vec<String> {
        let tags = format!("tags: [{}, {}]\n", self.of(&["East", "West"]), self.of(&["North", "South"]));
        let reach = self.of(&["own", "team"]);
        let roles = format!(
            "roles:\n  east: {{based_on: sdr, can: {{campaigns:read: {reach}, campaigns:launch: own}}}}\n"
        );
        let mut members = String::from("members:\n");
        for email in people {
            if self.below(2) == 0 {
                let role = self.of(&["admin", "manager", "editor", "member", "sdr", "view", "east"]);
                members += &format!("  {email}: {role}\n");
            }
        }
        let mut accounts = String::from("sending_accounts:\n");
        for account in ["a", "b", "c"] {
            let to = if self.below(3) == 0 { "null" } else { &people[self.below(people.len())] };
            accounts += &format!("  {account}@outreach.example: {to}\n");
        }
        vec![tags, roles, members, accounts]
    }
}

/// Random files: what is applied has an empty plan, applying again does nothing, and somebody can always apply.
async fn random_files_settle_and_keep_an_admin(world: World) {
    let mut random = Random(11);
    let mut people = vec![];
    for who in ["admin", "manager", "editor", "member", "sdr", "view"] {
        people.push(email(&world, who).await);
    }
    for account in ["a", "b", "c"] {
        world.connect("owner", &format!("{account}@outreach.example"), None).await;
    }
    let (mut applied, mut refused) = (0, 0);
    for _ in 0..60 {
        let mut sections = random.sections(&people);
        let file = sections.concat();
        sections.reverse();
        let reversed = sections.concat();
        let (one, other) = (
            send(&world, "owner", "POST /api/v2/access/plan", &file).await,
            send(&world, "owner", "POST /api/v2/access/plan", &reversed).await,
        );
        assert_eq!(one.status, other.status, "{}", one.text());
        if one.status == 200 {
            assert_eq!(one.json()["state_after"], other.json()["state_after"], "the order of sections");
            let wanted = one.json()["state_after"].clone();
            let answer = apply(&world, &file).await;
            match answer.status.as_u16() {
                200 => {
                    applied += 1;
                    let planned = plan(&world, &file).await;
                    assert_eq!(
                        (&planned["outcome"], &planned["state"]),
                        (&json!("same"), &wanted),
                        "{file} {planned}"
                    );
                    assert_eq!(apply(&world, &file).await.is(200).json()["applied"], false);
                }
                _ => {
                    refused += 1;
                    answer.is(409);
                }
            }
        } else {
            refused += 1;
            one.is(400);
        }
        send(&world, "owner", "POST /api/v2/access/plan", "tags: []\n").await.is(200);
        let members = world.get("owner", "/api/v2/workspace-members?limit=100").await.items();
        assert!(members.iter().any(|member| member["role"] == "admin" && member["accepted"] == true));
    }
    assert!(applied > 10 && refused > 5, "{applied} {refused}");
}

/// Whatever the bytes are, the answer is a 200 or a 400, and it is quick.
async fn odd_bytes_are_refused(world: World) {
    let mut random = Random(5);
    let seed = "roles:\n  east: {based_on: sdr, can: {campaigns:read: own}}\nmembers:\n  \"a@x.example\": &a {role: sdr, tags: [x]}\n  b@x.example: *a\n# end\nexact: [tags]\n";
    for round in 0..1500 {
        let mut bytes = seed.as_bytes().to_vec();
        for _ in 0..=random.below(6) {
            if bytes.is_empty() {
                break;
            }
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => drop(bytes.remove(at)),
                1 => bytes.insert(at, b"{}[]:,&*!|>%@`#'\"\n\t -\\\x00\xff"[random.below(24)]),
                2 => bytes[at] = random.below(256) as u8,
                _ => bytes.truncate(at.max(1)),
            }
        }
        let began = std::time::Instant::now();
        let answer = world
            .send("owner", "POST /api/v2/access/plan", &[("content-type", "text/plain")], bytes.clone())
            .await;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!([200, 400].contains(&answer.status.as_u16()), "{round} {text}: {}", answer.text());
        assert!(began.elapsed().as_millis() < 2000, "{text}");
    }
}

/// A file, the line of its fault, and a part of the message.
type Broken = (&'static str, usize, &'static str);

const FORM: &[Broken] = &[
    ("", 1, "the file is empty"),
    ("- a\n", 1, "must be a map of sections"),
    ("roles: [\n", 1, "not valid YAML"),
    ("roles:\n\t- a\n", 2, "not valid YAML"),
    ("tags: [a]\n---\ntags: [b]\n", 2, "one document"),
    ("tags: [a]\ntags: [b]\n", 2, "is there already, in line 1"),
    ("tags: !x [a]\n", 1, "tags, such as `!name`"),
    ("rolls: {}\n", 1, "did you mean `roles`?"),
    ("version: 2\n", 1, "`version` must be 1"),
    ("1: {}\n", 1, "a key must be a text"),
    ("tags: {a: b}\n", 1, "must be a list of labels"),
    ("tags:\n  - a\n  - A\n", 3, "is in line 2 already"),
    ("tags:\n  - {lable: a}\n", 2, "a tag must be a label"),
    ("tags:\n  - \"\"\n", 2, "empty"),
    ("tags: [\"a\\u0000\"]\n", 1, "control characters"),
    ("tags: [[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]\n", 1, "nested"),
    ("workspace: Elsewhere\n", 1, "this file is for the workspace `Elsewhere`"),
    ("because: [a]\n", 1, "must be a text that says why"),
    ("settings: {strict_scope: true}\n", 1, "did you mean `strict_scopes`?"),
    ("settings:\n  strict_scopes: maybe\n", 2, "boolean"),
    ("settings:\n  default_member_role: boss\n", 2, "default_member_role"),
    ("settings: {default_member_role: owner}\n", 1, "must not be `owner`"),
    ("guard_rails: {no_export: true}\n", 1, "no_export"),
    ("guard_rails: {highest_role: owner}\n", 1, "highest_role"),
    ("login_policy: {idle_minutes: 1}\n", 1, "idle_minutes"),
    ("login_policy:\n  methods: [post]\n", 2, "methods"),
    ("login_policy:\n  allowed_ips: [here]\n", 2, "allowed_ips"),
    ("exact: [members, membrs]\n", 1, "did you mean `members`?"),
    ("allow: {raise-role: 1}\n", 1, "must have the `state`"),
    ("allow: {state: abcdef01, raise: 1}\n", 1, "there is no `raise`"),
];

const NAMES: &[Broken] = &[
    ("roles:\n  East: {based_on: sdr, can: {}}\n", 2, "2 to 32 characters"),
    ("roles:\n  east: {can: {}}\n", 2, "needs `based_on`"),
    ("roles:\n  east:\n    based_on: owner\n    can: {}\n", 3, "other than `owner`"),
    ("roles:\n  east: {based_on: sdr}\n", 2, "exactly one of"),
    ("roles:\n  east: {based_on: sdr, can: {}, cannot: []}\n", 2, "exactly one of"),
    (
        "roles:\n  e1:\n    based_on: sdr\n    can:\n      campaigns:lunch: team\n",
        5,
        "did you mean `campaigns:launch`?",
    ),
    ("roles:\n  e1:\n    based_on: sdr\n    can:\n      campaigns:read: all\n", 5, "must be within `team`"),
    ("roles:\n  e1:\n    based_on: sdr\n    can:\n      campaigns:read: most\n", 5, "a reach must be"),
    (
        "roles:\n  e1:\n    based_on: editor\n    can:\n      campaigns:update: own\n",
        5,
        "does not have `campaigns:read`",
    ),
    ("roles:\n  e1:\n    based_on: editor\n    cannot: [access:read]\n", 4, "everybody has it"),
    (
        "roles:\n  e1:\n    based_on: editor\n    permissions: [own_campaign]\n",
        4,
        "did you mean `own_campaigns`?",
    ),
    ("roles:\n  sdr: {based_on: view, can: {}}\n", 2, "is a built-in role"),
    ("roles:\n  view: {permissions: [all_campaigns]}\n", 2, "does not have `all_campaigns`"),
    ("members: [a]\n", 1, "must be a map of addresses"),
    ("members:\n  jo: sdr\n", 2, "must be an e-mail address"),
    ("members:\n  jo@x.example: sdrr\n", 2, "did you mean `sdr`?"),
    ("members:\n  jo@x.example: {rol: sdr}\n", 2, "did you mean `role`?"),
    ("members:\n  jo@x.example: {role: sdr, tags: [none]}\n", 2, "there is no tag `none`"),
    ("members:\n  jo@x.example: {permissions: [x.y]}\n", 2, "is not a member permission"),
    ("members:\n  jo@x.example: {state: gone}\n", 2, "`state` must be `active`"),
    ("members:\n  jo@x.example: sdr\n  JO@x.example: sdr\n", 3, "is in line 2 already"),
    ("members:\n  jo@x.example: [sdr]\n", 2, "a member must be a role"),
    ("members:\n  a@x.example: assigned_to: b@x.example\n", 2, "not valid YAML"),
    ("sending_accounts:\n  a@x.example: nobody\n", 2, "must be an e-mail address"),
    ("sending_accounts:\n  a@x.example: null\n", 2, "is not a sending account"),
    ("sending_accounts:\n  a@x.example: {to: b@x.example}\n", 2, "Possible are `assigned_to`"),
    ("sending_accounts:\n  a@x.example: assigned_to: b: c\n", 2, "not valid YAML"),
    ("tests:\n  - {can: [campaigns:read]}\n", 2, "a test must be a map"),
    ("tests:\n  - {for: everybody, can: [campaigns:read]}\n", 2, "this must be an address"),
    ("tests:\n  - for: {role: sdr}\n    can: [campaigns:rad]\n", 3, "did you mean `campaigns:read`?"),
    ("tests:\n  - {for: {role: sdr}, on: {lead: x}, can: [leads:read]}\n", 2, "`on` must be"),
    ("tests:\n  - {who_can: campaigns:read}\n", 2, "a test must be a map"),
    ("tests: [{for: {role: sdr}, can: [campaigns:read], only: []}]\n", 1, "`only` belongs"),
];

async fn broken_files_name_the_line_and_what_is_expected(world: World) {
    // Aliases of aliases grow without a bound, unless they are counted as often as they are used.
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (from, to) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        let items = vec![format!("*{from}"); 8].join(", ");
        bomb += &format!("{to}: &{to} [{items}]\n");
    }
    let bomb: &'static str = bomb.leak();
    for (file, line, what) in FORM.iter().chain(NAMES).chain(&[(bomb, 6, "values")]) {
        let answer = send(&world, "owner", "POST /api/v2/access/plan", file).await.is(400);
        let message = answer.message();
        assert!(message.starts_with(&format!("line {line}, column ")), "{file}\n{message}");
        assert!(message.contains(what), "{file}\n{message}");
    }
}

async fn the_operator_applies_files_too(world: World) {
    // The operator has no member, and their changes are recorded too.
    let can = Can::operator(&world.app, world.home);
    let source = AccessText::read("because: x\ntags: [operated]\n".to_owned()).unwrap();
    let done = gatepost::resources::access_file::apply(can, source, Default::default()).await.unwrap();
    assert!(done.applied);
    let by_operator = |row: &Value| row["user"] == "operator" && row["action"] == "access:apply";
    assert!(world.log().await.iter().any(by_operator));
}
