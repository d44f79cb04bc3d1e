//! The figures of campaigns. A checker in this file counts them from the mails themselves.

use crate::support::post::{Post, campaign, launch, live};
use crate::support::{World, on_both};
use gatepost::db::sql;
use gatepost::resources::analytics::recount;
use gatepost::time::Time;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

on_both! {
    every_range_has_what_the_mails_say only_campaigns_that_the_caller_sees_count opportunities_are_positive_labels
    wrong_ranges_are_named pages_show_the_figures_and_why_nothing_leaves
}

/// What the checker knows of a mail.
#[derive(Clone, Debug)]
struct Fact {
    lead: Uuid,
    step: i64,
    at: Time,
    accepted: bool,
}

type Row = (Uuid, (i64, (Time, String)));

async fn facts(world: &World, campaign: &str) -> Vec<Fact> {
    let rows: Vec<Row> = sql("select s.lead_id, s.step, s.at, r.kind from sends s \
         join results r on r.workspace_id = s.workspace_id and r.send_id = s.id where uuid_text(s.campaign_id) = $1 \
         and r.number = (select max(l.number) from results l where l.workspace_id = s.workspace_id \
         and l.send_id = s.id) and r.kind in ('accepted', 'unconfirmed')")
    .bind(campaign)
    .all(&world.reader)
    .await
    .unwrap();
    let fact = |(lead, (step, (at, kind))): Row| Fact { lead, step, at, accepted: kind == "accepted" };
    rows.into_iter().map(fact).collect()
}

/// Mails sent, mails unconfirmed, leads contacted, and new leads, from a time until just before another one.
fn expected(facts: &[Fact], from: Time, until: Time) -> [i64; 4] {
    let within = |fact: &&Fact| from <= fact.at && fact.at < until;
    let here: Vec<&Fact> = facts.iter().filter(within).collect();
    let sent: Vec<&&Fact> = here.iter().filter(|fact| fact.accepted).collect();
    let leads: BTreeSet<Uuid> = sent.iter().map(|fact| fact.lead).collect();
    let is_new =
        |lead: &&Uuid| !facts.iter().any(|fact| fact.lead == **lead && fact.accepted && fact.at < from);
    let counts = [sent.len(), here.len() - sent.len(), leads.len(), leads.iter().filter(is_new).count()];
    counts.map(|count| i64::try_from(count).unwrap())
}

fn told(figures: &Value) -> [i64; 4] {
    let names = ["emails_sent_count", "unconfirmed_count", "contacted_count", "new_leads_contacted_count"];
    names.map(|name| figures[name].as_i64().unwrap_or_else(|| panic!("{name}: {figures}")))
}

async fn read(world: &World, who: &str, path: &str) -> Value {
    world.get(who, &format!("/api/v2/campaigns/analytics{path}")).await.is(200).json()
}

fn sum(rows: &Value, name: &str) -> i64 {
    rows.as_array().unwrap().iter().map(|row| row[name].as_i64().unwrap()).sum()
}

/// A small generator, so that each run has the same histories.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// A campaign whose steps, delays and leads are drawn.
async fn history(world: &World, post: &Post, random: &mut Random, number: usize) -> String {
    let account = format!("jo.{number}@acme.example");
    post.account(world, &account, json!({ "daily_limit": 4 + random.below(6) })).await;
    let steps = 2 + usize::try_from(random.below(2)).unwrap();
    let mut body = campaign(&[&account], steps, json!({ "email_gap": 1, "random_wait_max": 0 }));
    for step in body["sequences"][0]["steps"].as_array_mut().unwrap() {
        let (delay, unit) = [(1, "days"), (5, "hours"), (30, "hours"), (2, "days")][random.below(4) as usize];
        step["delay"] = json!(delay);
        step["delay_unit"] = json!(unit);
    }
    let kinds = ["ok", "ok", "ok", "grey", "unknown", "silent-after-dot", "policy", "451-at-dot"];
    let mut lead = |at: usize| {
        let kind = kinds[random.below(8) as usize];
        format!("{kind}.{number}-{at}@c{number}-{at}.example")
    };
    let leads: Vec<String> = (0..9).map(&mut lead).collect();
    let leads: Vec<&str> = leads.iter().map(String::as_str).collect();
    launch(world, "owner", body, &leads).await
}

async fn every_range_has_what_the_mails_say(mut world: World) {
    let post = Post::start(&mut world).await;
    let mut random = Random(7);
    let mut ids = Vec::new();
    for number in 0..3 {
        ids.push(history(&world, &post, &mut random, number).await);
    }
    let began = world.app.now();
    live(&world, 5 * Time::DAY).await;
    let mut all = Vec::new();
    for id in &ids {
        all.push(facts(&world, id).await);
    }
    assert!(all.concat().iter().any(|fact| !fact.accepted), "a mail that nobody can confirm");
    let day = |number: i64| began.plus(number * Time::DAY).day();
    let begins = |number: i64| Time::of_day(&day(number)).unwrap();
    for (first, last) in (0..6).flat_map(|first| (first..6).map(move |last| (first, last))) {
        let range = format!("start_date={}&end_date={}", day(first), day(last));
        check(&world, (&ids, &all), &range, (begins(first), begins(last + 1))).await;
    }
    for _ in 0..8 {
        let from = began.plus(random.below(4 * 86_400_000) as i64);
        let until = from.plus(1 + random.below(3 * 86_400_000) as i64);
        check(&world, (&ids, &all), &format!("start_date={from}&end_date={until}"), (from, until)).await;
    }
    // The counters and the mails agree, and a counter that is wrong is found. A correction leaves a counter of 0.
    let insert = sql("insert into contact_days (workspace_id, campaign_id, day, previous_day, leads) \
         select workspace_id, id, '2020-01-02', '2020-01-01', 0 from campaigns");
    world.run(insert).await;
    let counted = recount(&world.reader).await.unwrap();
    assert_eq!((counted.campaigns, counted.mails, counted.wrong), (3, all.concat().len(), vec![]));
    world.run(sql("update contact_days set leads = leads + 1 where previous_day <> ''")).await;
    assert!(!recount(&world.reader).await.unwrap().wrong.is_empty());
    // A campaign takes its figures with it.
    world.call("owner", &format!("DELETE /api/v2/campaigns/{}", ids[0]), Value::Null).await.is(200);
    assert_eq!(read(&world, "owner", "").await.as_array().unwrap().len(), 2);
}

async fn check(
    world: &World,
    (ids, all): (&[String], &[Vec<Fact>]),
    range: &str,
    (from, until): (Time, Time),
) {
    let figures = read(world, "owner", &format!("?{range}")).await;
    let mut total = [0; 4];
    for (id, facts) in ids.iter().zip(all) {
        let one = figures.as_array().unwrap().iter().find(|one| one["campaign_id"] == **id).unwrap();
        let wanted = expected(facts, from, until);
        assert_eq!(told(one), wanted, "{range} {one}");
        assert_eq!(one["leads_count"], 9);
        total = [0, 1, 2, 3].map(|at| total[at] + wanted[at]);
        let days = read(world, "owner", &format!("/daily?campaign_id={id}&{range}")).await;
        assert_eq!((sum(&days, "sent"), sum(&days, "unconfirmed")), (wanted[0], wanted[1]), "{range}");
        assert_eq!(sum(&days, "new_leads_contacted"), wanted[3], "{range} {days}");
        let steps = read(world, "owner", &format!("/steps?id={id}&{range}")).await;
        assert_eq!(sum(&steps, "sent"), wanted[0], "{range}");
        for step in steps.as_array().unwrap() {
            let of = |fact: &&Fact| fact.accepted && from <= fact.at && fact.at < until;
            let number = step["step"].as_str().and_then(|number| number.parse().ok());
            let same = facts.iter().filter(of).filter(|fact| number == Some(fact.step)).count();
            assert_eq!(step["sent"], same, "{range} {step}");
        }
    }
    let overview = read(world, "owner", &format!("/overview?{range}")).await;
    assert_eq!(told(&overview), total, "{range}");
}

/// Counters as if the campaign had sent mails.
async fn sent(world: &World, campaign: &str, day: &str, count: i64) {
    let id: Uuid = campaign.parse().unwrap();
    let insert =
        sql("insert into step_days (workspace_id, campaign_id, step, variant, day, sent, unconfirmed) \
         values ($1, $2, 0, 0, $3, $4, 0)");
    world.run(insert.bind(world.home).bind(id).bind(day).bind(count)).await;
    let insert = sql("insert into contact_days (workspace_id, campaign_id, day, previous_day, leads) \
         values ($1, $2, $3, '', $4)");
    world.run(insert.bind(world.home).bind(id).bind(day).bind(count)).await;
}

async fn only_campaigns_that_the_caller_sees_count(world: World) {
    let team = world.create("owner", "team", "team").await;
    let own = world.create("owner", "own", "private").await;
    let editors = world.create("editor", "editors", "private").await;
    for (id, count) in [(&team, 1), (&own, 10), (&editors, 100)] {
        sent(&world, id, "2023-11-14", count).await;
    }
    for (who, count) in [("owner", 111), ("editor", 101), ("view", 1), ("client", 0), ("stranger", 0)] {
        let overview = read(&world, who, "/overview").await;
        assert_eq!(told(&overview), [count, 0, count, count], "{who}");
        let all = read(&world, who, "").await;
        let sums = ["emails_sent_count", "contacted_count"].map(|name| sum(&all, name));
        assert_eq!(sums, [count, count], "{who}");
        for path in ["/daily", "/steps"] {
            assert_eq!(sum(&read(&world, who, path).await, "sent"), count, "{who} {path}");
        }
    }
    let hidden = format!("?ids={own}&ids={team}");
    assert_eq!(read(&world, "view", &hidden).await.as_array().unwrap().len(), 1);
    for query in [format!("?id={own}"), format!("?campaign_id={own}")] {
        assert_eq!(read(&world, "view", &query).await, json!([]), "{query}");
        assert_eq!(sum(&read(&world, "owner", &query).await, "emails_sent_count"), 10, "{query}");
    }
    let drafts = read(&world, "owner", "/overview?campaign_status=0").await;
    assert_eq!(
        (told(&drafts)[0], told(&read(&world, "owner", "/overview?campaign_status=1").await)[0]),
        (111, 0)
    );
    let without = read(&world, "owner", &format!("?id={team}&exclude_total_leads_count=true")).await;
    assert_eq!((&without[0]["leads_count"], &without[0]["open_tracking"]), (&json!(0), &json!(false)));
}

async fn opportunities_are_positive_labels(world: World) {
    let body = json!({ "pl_value": 250 });
    let id = world.create("owner", "c", "team").await;
    world.call("owner", &format!("PATCH /api/v2/campaigns/{id}"), body).await.is(200);
    let leads = json!({ "campaign_id": id, "leads": [
        { "email": "a@x.example", "custom_variables": {} }, { "email": "b@x.example" },
    ] });
    world.call("owner", "POST /api/v2/leads/add", leads).await.is(200);
    let label = async |email: &str, value: i64, wait: i64| {
        let body = json!({ "lead_email": email, "interest_value": value, "campaign_id": id });
        world.call("owner", "POST /api/v2/leads/update-interest-status", body).await;
        gatepost::jobs::drain(&world.app, gatepost::resources::work).await.unwrap();
        world.wait(wait);
    };
    label("a@x.example", -1, Time::MINUTE).await;
    label("a@x.example", 1, Time::HOUR).await; // a correction
    label("a@x.example", 1, Time::HOUR).await; // no change
    label("a@x.example", 2, Time::HOUR).await;
    label("b@x.example", 1, Time::HOUR).await;
    label("b@x.example", 4, Time::HOUR).await;
    let names = ["total_opportunities", "total_interested", "total_meeting_booked", "total_closed"];
    let counts = |one: &Value| names.map(|name| one[name].as_i64().unwrap());
    let overview = read(&world, "owner", "/overview").await;
    assert_eq!((counts(&overview), &overview["total_opportunity_value"]), ([2, 1, 1, 0], &json!(500.0)));
    let all = read(&world, "owner", "/overview?expand_crm_events=true").await;
    assert_eq!(counts(&all), [3, 1, 1, 1]);
    let days = read(&world, "owner", "/daily").await;
    assert_eq!((sum(&days, "opportunities"), sum(&days, "unique_opportunities")), (3, 2));
    let steps = read(&world, "owner", "/steps?include_opportunities_count=true").await;
    let step = &steps[0];
    assert_eq!((&step["step"], &step["unique_opportunities"]), (&Value::Null, &json!(2)), "{steps}");
    assert_eq!((&step["meetings_booked"], &step["won"]), (&json!(1), &json!(1)), "{steps}");
    assert_eq!(read(&world, "owner", "?start_date=2030-01-01").await[0]["total_opportunities"], 0);
}

async fn wrong_ranges_are_named(world: World) {
    for path in ["", "/overview", "/daily", "/steps"] {
        for (query, field) in [
            ("start_date=2026-02-02&end_date=2026-02-01", "start_date"),
            ("end_date=yesterday", "end_date"),
            ("start_date=2026-01-01T09:00:00Z&end_date=2026-03-01", "start_date"),
        ] {
            let path = format!("/api/v2/campaigns/analytics{path}?{query}");
            let message = world.get("owner", &path).await.is(400).message();
            assert!(message.contains(&format!("querystring/{field}")), "{path}: {message}");
        }
    }
}

const OWNER: &str = "owner's session";

async fn pages_show_the_figures_and_why_nothing_leaves(mut world: World) {
    let page =
        async |world: &World, who: &str, path: &str| world.page(who, &world.at(path)).await.is(200).text();
    let html = page(&world, OWNER, "/analytics").await;
    assert!(html.contains("No figures yet") && html.contains("/campaigns/new"), "{html}");
    let post = Post::start(&mut world).await;
    post.account(&world, "jo@acme.example", json!({})).await;
    let leads = ["ok.1@a.example", "ok.2@b.example", "unknown@c.example"];
    let body = campaign(&["jo@acme.example"], 1, json!({ "daily_limit": 50, "daily_max_leads": 2 }));
    let id = launch(&world, "owner", body, &leads).await;
    let path = format!("/campaigns/{id}/analytics");
    let html = page(&world, OWNER, &path).await;
    assert!(html.contains("It sends now.") && html.contains("Nothing was sent in this period"), "{html}");
    live(&world, Time::MINUTE).await;
    let html = page(&world, OWNER, &path).await;
    assert!(html.contains("It waits.") && html.contains("It sends next at"), "{html}");
    assert!(html.contains("1 of 50 mails today.") && html.contains("1 of 2 new leads today."), "{html}");
    live(&world, 30 * Time::MINUTE).await;
    let html = page(&world, OWNER, &path).await;
    assert!(html.contains("<svg") && html.contains("Step 1, variant A"), "{html}");
    assert!(html.contains("It waits.") && html.contains("2 of 2 new leads today."), "{html}");
    let html = page(&world, "view's session", "/analytics?days=7").await;
    assert!(html.contains("Mails sent in the last 7 days") && html.contains("By campaign"), "{html}");
    world.page(OWNER, &world.at("/analytics?days=8")).await.is(400);
    world.call("owner", &format!("POST /api/v2/campaigns/{id}/pause"), Value::Null).await.is(200);
    let html = page(&world, OWNER, &path).await;
    assert!(html.contains("It does not send.") && html.contains("Launch it to go on"), "{html}");
    world.page("stranger's session", &world.at(&path)).await.is(404);
}
