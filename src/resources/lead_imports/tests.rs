//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::leads::{found, list};
use crate::support::{Answer, World, on_both};
use gatepost::jobs;
use gatepost::resources;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

on_both! {
    the_file_of_the_field_gives_what_is_said encodings_and_separators_are_detected a_file_that_is_not_csv_is_refused
    columns_are_mapped_and_none_is_lost saved_mappings_are_applied a_dry_run_adds_nothing every_row_is_reported
    the_rules_of_adding_hold killed_at_every_step_it_ends_right a_lost_right_ends_it imports_are_their_askers
    it_can_be_cancelled
}

const IMPORT: &str = "POST /api/v2/lead-imports";
const INSPECT: &str = "POST /api/v2/lead-imports/inspect";

async fn upload(world: &World, who: &str, line: &str, file: &[u8]) -> Answer {
    world.send(who, line, &[("content-type", "text/csv")], file.to_vec()).await
}

/// Imports a file, and gives the import when it has ended.
async fn import(world: &World, who: &str, query: &str, file: &[u8]) -> Value {
    let id = upload(world, who, &format!("{IMPORT}?{query}"), file).await.is(200).id();
    world.work().await;
    world.get("owner", &format!("/api/v2/lead-imports/{id}")).await.is(200).json()
}

async fn rows(world: &World, import: &Value, query: &str) -> Vec<Value> {
    let id = import["id"].as_str().unwrap();
    world.get("owner", &format!("/api/v2/lead-imports/{id}/rows?limit=1000&{query}")).await.is(200).items()
}

/// Line, outcome and reason.
async fn told(world: &World, import: &Value) -> Vec<(i64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let row = |row: &Value| (row["line"].as_i64().unwrap(), text(&row["outcome"]), text(&row["reason"]));
    rows(world, import, "").await.iter().map(row).collect()
}

fn counts(import: &Value) -> (i64, i64, i64) {
    let number = |name: &str| import[name].as_i64().unwrap();
    (number("added"), number("skipped"), number("invalid"))
}

async fn lead(world: &World, list: &str, email: &str) -> Value {
    let body = json!({ "list_id": list, "contacts": [email] });
    world.call("owner", "POST /api/v2/leads/list", body).await.is(200).items().remove(0)
}

const FIELD: &str = "\u{feff}Email;First Name;Last Name;Company Name for Emails;# Employees;Phone;Note\n\
\"Jo Doe <JO@x.example>\";Jo;Doe;X;11-50;00491701234567;\"two\nlines; one cell\"\n\
jo@x.example ;Jo;;;;;duplicate of row 1\n\
jo+news@x.example;Jo;;;;;not a duplicate\n\
;No;Mail;;;;\n\
user@müller.de;Ü;☂;;;;IDN\n\
a@x.example, b@x.example;;;;;;two in a cell\n\
c@x.example;=cmd|' /C calc'!A0;;;;;formula: keep\n\
;;;;;;\n";

async fn the_file_of_the_field_gives_what_is_said(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    let seen = upload(&world, "sdr", INSPECT, FIELD.as_bytes()).await.is(200).json();
    assert_eq!(
        (&seen["encoding"], &seen["byte_order_mark"], &seen["separator"], &seen["header"], &seen["rows"]),
        (&json!("utf-8"), &json!(true), &json!("semicolon"), &json!(true), &json!(8))
    );
    let targets: Vec<_> =
        seen["columns"].as_array().unwrap().iter().map(|column| &column["target"]).collect();
    assert_eq!(
        json!(targets),
        json!([
            "email",
            "first_name",
            "last_name",
            "company_name",
            "custom_variables.# Employees",
            "phone",
            "custom_variables.Note"
        ])
    );
    let done = import(&world, "manager", &format!("campaign_id={campaign}"), FIELD.as_bytes()).await;
    assert_eq!((counts(&done), &done["status"]), ((5, 1, 2), &json!("success")), "{done}");
    let expected = [
        (2, "added", "-"),
        (4, "skipped", "duplicate_in_file"),
        (5, "added", "-"),
        (6, "invalid", "no_email"),
        (7, "added", "-"),
        (8, "added", "-"),
        (9, "added", "-"),
        (10, "invalid", "empty_row"),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(line, outcome, reason)| (*line, outcome.to_string(), reason.to_string()))
        .collect();
    assert_eq!(told(&world, &done).await, expected);
    let mut there = found(&world, "owner", json!({ "campaign": campaign, "limit": 100 })).await;
    there.sort();
    assert_eq!(there, ["a", "c", "jo", "jo+news", "user"]);
    let body = json!({ "campaign": campaign, "contacts": ["jo@x.example", "user@xn--mller-kva.de"] });
    let leads = world.call("owner", "POST /api/v2/leads/list", body).await.items();
    assert_eq!(leads.len(), 2);
    let jo = leads.iter().find(|lead| lead["email"] == "jo@x.example").unwrap();
    assert_eq!(jo["phone"], "00491701234567", "phones keep their zeros");
    assert_eq!(jo["payload"]["Note"], "two\nlines; one cell");
    assert_eq!(jo["payload"]["# Employees"], "11-50");
    let formula = json!({ "campaign": campaign, "contacts": ["c@x.example"] });
    let formula = world.call("owner", "POST /api/v2/leads/list", formula).await.items().remove(0);
    assert_eq!(formula["first_name"], "=cmd|' /C calc'!A0");
    let log = world.log().await;
    let started = log.iter().find(|row| row["activity_type"] == 32).unwrap();
    assert_eq!(
        (&started["campaign_id"], &started["audit_metadata"]["changes"]["rows"][1]),
        (&json!(campaign), &json!(8))
    );
    let added = log.iter().find(|row| row["activity_type"] == 9).unwrap();
    assert_eq!((&added["affected_count"], &added["action"]), (&json!(5), &json!("leads:create")));
}

fn utf16(text: &str, little: bool, marked: bool) -> Vec<u8> {
    let mark = marked.then_some('\u{feff}').into_iter();
    let text: String = mark.chain(text.chars()).collect();
    let unit = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
    text.encode_utf16().flat_map(unit).collect()
}

async fn encodings_and_separators_are_detected(world: World) {
    let list = list(&world, "owner").await;
    let table = |separator: &str, end: &str| {
        let lines = ["Email|Vorname|Firma", "zoe@x.example|Zoë|\"Müller & Söhne\"", "max@x.example|Max|Gruß"];
        lines.map(|line| line.replace('|', separator)).join(end)
    };
    let latin = |text: &str| text.chars().map(|letter| letter as u8).collect::<Vec<u8>>();
    let cases: Vec<(&str, &str, Vec<u8>)> = vec![
        ("utf-8", "comma", table(",", "\n").into()),
        ("utf-8", "semicolon", format!("\u{feff}{}", table(";", "\r\n")).into()),
        ("utf-8", "tab", table("\t", "\r").into()),
        ("utf-8", "pipe", table("|", "\n\n").into()),
        ("utf-8", "semicolon", format!("sep=;\r\n{}", table(";", "\r\n")).into()),
        ("utf-16le", "tab", utf16(&table("\t", "\r\n"), true, true)),
        ("utf-16be", "comma", utf16(&table(",", "\n"), false, true)),
        ("utf-16le", "semicolon", utf16(&table(";", "\n"), true, false)),
        ("utf-16be", "semicolon", utf16(&table(";", "\n"), false, false)),
        ("windows-1252", "semicolon", latin(&table(";", "\r\n"))),
    ];
    for (encoding, separator, file) in cases {
        let seen = upload(&world, "owner", INSPECT, &file).await.is(200).json();
        assert_eq!((&seen["encoding"], &seen["separator"]), (&json!(encoding), &json!(separator)), "{seen}");
        assert_eq!((&seen["rows"], &seen["uneven_rows"]), (&json!(2), &json!(0)), "{encoding} {separator}");
        let done = import(&world, "owner", &format!("list_id={list}"), &file).await;
        assert_eq!(counts(&done), (2, 0, 0), "{encoding} {separator}");
        let zoe = lead(&world, &list, "zoe@x.example").await;
        assert_eq!((&zoe["first_name"], &zoe["company_name"]), (&json!("Zoë"), &json!("Müller & Söhne")));
        let lines: Vec<i64> = told(&world, &done).await.into_iter().map(|(line, ..)| line).collect();
        assert!(lines[0] < lines[1] && lines[0] >= 2, "{lines:?}");
        world.call("owner", "DELETE /api/v2/leads", json!({ "list_id": list })).await.is(200);
    }
    // The caller says it better.
    let koi8 = [b"email,first_name\na@x.example,".as_slice(), &[0xe1, 0xee, 0xee, 0xe1], b"\n"].concat();
    import(&world, "owner", &format!("list_id={list}&encoding=koi8-r"), &koi8).await;
    assert_eq!(lead(&world, &list, "a@x.example").await["first_name"], "АННА");
}

async fn a_file_that_is_not_csv_is_refused(world: World) {
    let list = list(&world, "owner").await;
    let line = format!("{IMPORT}?list_id={list}");
    let wide = (0..501).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    let variables = (0..201).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    let noise: Vec<u8> = (0..5000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let unclosed = format!("email,note\na@x.example,\"never closed\n{}", "b@x.example,x\n".repeat(25_000));
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (vec![], "it is empty"),
        (b" \r\n \n".to_vec(), "it is empty"),
        (b"PK\x03\x04rest of a workbook".to_vec(), "an Excel workbook or a ZIP archive"),
        (b"%PDF-1.7 ...".to_vec(), "a PDF document"),
        (noise, "it is not text"),
        (b"email\n".to_vec(), "at least one row besides the header"),
        (format!("{wide}\na@x.example\n").into(), "at most 500 columns, and it has 501"),
        (format!("email,{variables}\na@x.example\n").into(), "at most 200 custom variables"),
        (b"city,country\nOslo,Norway\n".to_vec(), "must name a column as `email`"),
        (unclosed.into(), "a quotation mark is probably not closed"),
    ];
    for (file, expected) in cases {
        let message = upload(&world, "owner", &line, &file).await.is(400).message();
        assert!(message.contains(expected) && message.len() < 300, "{message}");
    }
    for query in ["encoding=klingon", "separator=x", "header=maybe", "nonsense=1", "mapping_id=x"] {
        let refused = upload(&world, "owner", &format!("{line}&{query}"), b"email\na@x.example\n").await;
        assert!(refused.is(400).message().contains(query.split('=').next().unwrap()));
    }
    upload(&world, "owner", IMPORT, b"email\na@x.example\n").await.is(400);
    let beside = world.call("owner", &line, json!({ "csv": "email\na@x.example\n" })).await.is(400).message();
    assert!(beside.contains("querystring"), "with JSON the options are in the body: {beside}");
    assert!(upload(&world, "owner", &line, &vec![b'x'; 24 * 1024 * 1024 + 1]).await.status == 413);
    assert!(world.get("owner", "/api/v2/lead-imports").await.items().is_empty());
}

async fn columns_are_mapped_and_none_is_lost(world: World) {
    let list = list(&world, "owner").await;
    let file = "Mail,E-Mail,Company,,Company,firstName,secret,LinkedIn\n\
                old@x.example,new@x.example,Acme,gap,Second,Ann,shh,in/ann,\n\
                ,short@x.example\n";
    let body = |mapping: Value| json!({ "list_id": list, "csv": file, "mapping": mapping });
    let done = world.call("owner", IMPORT, body(json!({ "secret": "ignore" }))).await.is(200).json();
    world.work().await;
    let targets: Vec<_> =
        done["columns"].as_array().unwrap().iter().map(|column| &column["target"]).collect();
    assert_eq!(
        json!(targets),
        json!([
            "custom_variables.Mail",
            "email",
            "company_name",
            "custom_variables.column_4",
            "custom_variables.Company_2",
            "first_name",
            "ignore",
            "custom_variables.LinkedIn"
        ])
    );
    let new = lead(&world, &list, "new@x.example").await;
    assert_eq!(
        new["payload"],
        json!({ "email": "new@x.example", "Mail": "old@x.example", "companyName": "Acme", "column_4": "gap",
            "Company_2": "Second", "firstName": "Ann", "LinkedIn": "in/ann" })
    );
    assert_eq!(
        lead(&world, &list, "short@x.example").await["payload"],
        json!({ "email": "short@x.example" })
    );
    let wrong = [
        (json!({ "Mail": "email", "E-Mail": "email" }), "must name `email` for one column only"),
        (json!({ "Mail": "e_mail" }), "body/mapping/Mail must be one of email, first_name"),
        (json!({ "Mail": "custom_variables." }), "body/mapping/Mail must be one of"),
    ];
    for (mapping, expected) in wrong {
        let message = world.call("owner", IMPORT, body(mapping)).await.is(400).message();
        assert!(message.contains(expected), "{message}");
    }
    // Without a header the columns have numbers, and the addresses are found by their look.
    let bare =
        upload(&world, "owner", INSPECT, b"Ann,ann@y.example\nBob,bob@y.example\n").await.is(200).json();
    assert_eq!((&bare["header"], &bare["rows"]), (&json!(false), &json!(2)));
    assert_eq!(
        bare["columns"][0],
        json!({ "name": "column_1", "target": "custom_variables.column_1", "samples": ["Ann", "Bob"] })
    );
    assert_eq!(bare["columns"][1]["target"], "email");
}

async fn saved_mappings_are_applied(mut world: World) {
    let (tag, home) = (world.tag, world.home);
    crate::support::scene::join(&mut world, home, "narrow", "editor", Some(json!([tag]))).await;
    const MAPPINGS: &str = "POST /api/v2/lead-import-mappings";
    let list = list(&world, "owner").await;
    let saved = json!({ "name": "Fair", "targets": { "Kontakt": "email", "Ort": "custom_variables.city", "Alt": "phone" } });
    let id = world.call("sdr", MAPPINGS, saved.clone()).await.is(200).id();
    world.call("owner", MAPPINGS, json!({ "name": "FAIR", "targets": {} })).await.is(409);
    world.call("owner", MAPPINGS, json!({ "name": "Wrong", "targets": { "a": "nothing" } })).await.is(400);
    world.call("view", MAPPINGS, saved).await.is(403);
    let file = "Kontakt;Ort;Neu\nann@x.example;Oslo;1\n";
    let done = import(&world, "owner", &format!("list_id={list}&mapping_id={id}"), file.as_bytes()).await;
    assert_eq!(counts(&done), (1, 0, 0));
    let ann = lead(&world, &list, "ann@x.example").await;
    assert_eq!(ann["payload"], json!({ "email": "ann@x.example", "city": "Oslo", "Neu": "1" }));
    let foreign =
        world.call("stranger", MAPPINGS, json!({ "name": "Theirs", "targets": {} })).await.is(200).id();
    let query = |id: &str| format!("{IMPORT}?list_id={list}&mapping_id={id}");
    let theirs = upload(&world, "owner", &query(&foreign), file.as_bytes()).await.is(400).face();
    let missing = upload(&world, "owner", &query(crate::support::MISSING), file.as_bytes()).await.face();
    assert_eq!(theirs, missing);
    // A caller with a tag limit does not see the mapping, and cannot use it.
    let inspect = |id: &str| format!("{IMPORT}/inspect?mapping_id={id}");
    assert!(world.get("narrow", "/api/v2/lead-import-mappings").await.items().is_empty());
    let hidden = upload(&world, "narrow", &inspect(&id), file.as_bytes()).await.is(400).face();
    let missing = upload(&world, "narrow", &inspect(crate::support::MISSING), file.as_bytes()).await.face();
    assert_eq!(hidden, missing);
    world.call("member", &format!("DELETE /api/v2/lead-import-mappings/{id}"), Value::Null).await.is(403);
    world.call("sdr", &format!("DELETE /api/v2/lead-import-mappings/{id}"), Value::Null).await.is(200);
    assert!(world.get("owner", "/api/v2/lead-import-mappings").await.items().is_empty());
}

async fn a_dry_run_adds_nothing(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    let real = format!("campaign_id={campaign}");
    let tried = import(&world, "editor", &format!("{real}&dry_run=true"), FIELD.as_bytes()).await;
    assert_eq!(
        (counts(&tried), &tried["status"], &tried["dry_run"]),
        ((5, 1, 2), &json!("success"), &json!(true))
    );
    assert!(found(&world, "owner", json!({ "campaign": campaign })).await.is_empty());
    let shown = rows(&world, &tried, "outcome=added").await;
    assert!(shown.len() == 5 && shown.iter().all(|row| row["lead_id"].is_null()));
    assert!(!world.log().await.iter().any(|row| row["activity_type"] == 9));
    let done = import(&world, "editor", &real, FIELD.as_bytes()).await;
    assert_eq!(told(&world, &done).await, told(&world, &tried).await, "the dry run said so");
    assert!(rows(&world, &done, "outcome=added").await.iter().all(|row| row["lead_id"].is_string()));
}

async fn every_row_is_reported(world: World) {
    let list = list(&world, "owner").await;
    let mut file = String::from("email,last_name,note\n");
    for n in 0..2_500 {
        match n % 5 {
            0 => file += "broken,x,y\n",
            1 => file += &format!("n{}@x.example,x,\"a\nb\"\n", n - 1),
            2 => file += &format!("n{n}@x.example,x,y,z\n"),
            3 => file += &format!("N{}@X.example,x,again\n", n - 2 - 1),
            _ => file += ",Name only,y\n",
        }
    }
    file += &format!("long@x.example,x,{}\n", "y".repeat(10_001));
    let done = import(&world, "owner", &format!("list_id={list}"), file.as_bytes()).await;
    assert_eq!(done["total_rows"], 2_501);
    assert_eq!((counts(&done), &done["progress"]), ((1_000, 500, 1_001), &json!(100)), "{}", done["reasons"]);
    assert_eq!(
        done["reasons"],
        json!({ "duplicate_in_file": 500, "invalid_email": 500, "too_many_cells": 500, "too_long": 1 })
    );
    let id = done["id"].as_str().unwrap();
    let (mut walked, mut after, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let path = format!("/api/v2/lead-imports/{id}/rows?limit=700{after}");
        let page = world.get("owner", &path).await.is(200).json();
        walked.extend(page["items"].as_array().unwrap().iter().map(|row| row["line"].as_i64().unwrap()));
        pages += 1;
        let Some(next) = page["next_starting_after"].as_i64() else { break };
        after = format!("&starting_after={next}");
    }
    assert_eq!((walked.len(), pages), (2_501, 4));
    assert!(walked.is_sorted() && walked.windows(2).all(|two| two[0] < two[1]));
    let last = rows(&world, &done, "outcome=invalid&starting_after=3000").await.pop().unwrap();
    assert_eq!(last["message"], "The cell of `note` has more than 10000 characters.");
    let twin = rows(&world, &done, "outcome=skipped").await.remove(0);
    assert_eq!((&twin["line"], &twin["message"]), (&json!(6), &json!("Line 3 has the same address.")));
}

async fn the_rules_of_adding_hold(world: World) {
    let (one, two) = (world.create("owner", "one", "team").await, world.create("owner", "two", "team").await);
    let file = b"email\na@x.example\nb@x.example\n";
    import(&world, "owner", &format!("campaign_id={one}"), file).await;
    let again = import(&world, "owner", &format!("campaign_id={one}"), file).await;
    assert_eq!((counts(&again), &again["reasons"]), ((0, 2, 0), &json!({ "duplicate": 2 })));
    let asked = format!("campaign_id={two}&skip_if_in_workspace=true");
    assert_eq!(import(&world, "owner", &asked, file).await["reasons"], json!({ "already_in_workspace": 2 }));
    world.call("owner", "PATCH /api/v2/workspaces/current", json!({ "unique_leads": true })).await.is(200);
    let ruled = import(&world, "owner", &format!("campaign_id={two}"), file).await;
    assert_eq!(ruled["reasons"], json!({ "already_in_workspace": 2 }));
    // A caller who cannot put leads there is refused. Leads are assigned as in `leads/add`.
    upload(&world, "member", &format!("{IMPORT}?campaign_id={one}"), file).await.is(403);
    upload(&world, "view", &format!("{IMPORT}?campaign_id={one}"), file).await.is(403);
    let hidden = world.create("owner", "hidden", "private").await;
    upload(&world, "sdr", &format!("{IMPORT}?campaign_id={hidden}"), file).await.is(400);
    let other = world.who("editor").member.unwrap();
    upload(&world, "sdr", &format!("{IMPORT}?campaign_id={one}&assigned_to={other}"), file).await.is(403);
    import(&world, "sdr", &format!("campaign_id={one}"), b"email\nsdr@x.example\n").await;
    let theirs = found(&world, "sdr", json!({ "campaign": one })).await;
    assert_eq!(theirs, ["sdr"]);
    import(&world, "owner", &format!("campaign_id={one}&assigned_to={other}"), b"email\nother@x.example\n")
        .await;
    let body = json!({ "contacts": ["other@x.example"] });
    let other = world.call("owner", "POST /api/v2/leads/list", body).await.items().remove(0);
    assert_eq!(other["assigned_to"], json!(world.who("editor").user));
}

/// 2,300 rows are three steps. Dead at the first fault point, at the second, and so on until none is left.
async fn killed_at_every_step_it_ends_right(world: World) {
    let file: String = (0..2_300).map(|n| format!("n{n}@x.example\n")).collect();
    let (mut deaths, mut point) = (0, 0);
    loop {
        let list = list(&world, "owner").await;
        let line = format!("{IMPORT}?list_id={list}&header=false");
        let id = upload(&world, "owner", &line, file.as_bytes()).await.is(200).id();
        world.ambient.dies_after.store(point, Ordering::SeqCst);
        let _dead = jobs::drain(&world.app, resources::work).await;
        let died = world.ambient.dies_after.swap(-1, Ordering::SeqCst) == 0;
        deaths += usize::from(died);
        world.wait(16_000);
        world.work().await;
        let done = world.get("owner", &format!("/api/v2/lead-imports/{id}")).await.is(200).json();
        assert_eq!((counts(&done), &done["status"]), ((2_300, 0, 0), &json!("success")), "dead at {point}");
        let log = world.get("owner", "/api/v2/audit-logs?activity_type=9&limit=1000").await.items();
        let of_this = |row: &&Value| row["list_id"] == json!(list);
        let added: Vec<i64> =
            log.iter().filter(of_this).map(|row| row["affected_count"].as_i64().unwrap()).collect();
        assert_eq!((added.len(), added.iter().sum::<i64>()), (3, 2_300), "dead at {point}");
        let there = world.get("owner", &format!("/api/v2/lead-lists/{list}/verification-stats")).await.json();
        assert_eq!(there["total_leads"], 2_300);
        assert_eq!(rows(&world, &done, "").await.len(), 1000);
        if !died {
            break;
        }
        point += 1;
    }
    assert!(deaths >= 9, "before, inside and after each of three steps: {deaths}");
}

async fn a_lost_right_ends_it(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    let file: String = (0..2_300).map(|n| format!("n{n}@x.example\n")).collect();
    let line = format!("{IMPORT}?campaign_id={campaign}&header=false");
    let id = upload(&world, "editor", &line, file.as_bytes()).await.is(200).id();
    // Before the step, inside it, after it, and then dead.
    world.ambient.dies_after.store(3, Ordering::SeqCst);
    let _dead = jobs::drain(&world.app, resources::work).await;
    world.ambient.dies_after.store(-1, Ordering::SeqCst);
    let hide = json!({ "visibility": "private" });
    world.call("owner", &format!("PATCH /api/v2/campaigns/{campaign}"), hide).await.is(200);
    world.wait(16_000);
    world.work().await;
    let ended = world.get("owner", &format!("/api/v2/lead-imports/{id}")).await.is(200).json();
    assert_eq!((counts(&ended), &ended["status"]), ((1_000, 0, 0), &json!("failed")), "{ended}");
    assert!(ended["error"].as_str().unwrap().contains("must be a campaign or a list in this workspace"));
    assert_eq!(rows(&world, &ended, "").await.len(), 1_000);
    let job = ended["background_job_id"].as_str().unwrap();
    let job = world.get("editor", &format!("/api/v2/background-jobs/{job}")).await.is(200).json();
    assert_eq!((&job["type"], &job["data"]["added"]), (&json!("import-leads"), &json!(1_000)));
    // A member who is removed.
    let list = list(&world, "owner").await;
    let id = upload(&world, "manager", &format!("{IMPORT}?list_id={list}"), b"email\na@y.example\n")
        .await
        .is(200)
        .id();
    let member = world.who("manager").member.unwrap();
    world.call("owner", &format!("DELETE /api/v2/workspace-members/{member}"), Value::Null).await.is(200);
    world.work().await;
    let ended = world.get("owner", &format!("/api/v2/lead-imports/{id}")).await.is(200).json();
    assert_eq!((counts(&ended), &ended["status"]), ((0, 0, 0), &json!("failed")));
}

async fn imports_are_their_askers(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    let done = import(&world, "editor", &format!("campaign_id={campaign}"), b"email\na@x.example\n").await;
    let at = format!("/api/v2/lead-imports/{}", done["id"].as_str().unwrap());
    for (who, status) in
        [("editor", 200), ("admin", 200), ("manager", 404), ("sdr", 404), ("stranger", 404), ("view", 403)]
    {
        world.get(who, &at).await.is(status);
        world.get(who, &format!("{at}/rows")).await.is(status);
        let listed = world.get(who, "/api/v2/lead-imports").await;
        assert_eq!(listed.text().contains("\"added\":1"), status == 200, "{who}");
    }
}

async fn it_can_be_cancelled(world: World) {
    let list = list(&world, "owner").await;
    let line = format!("{IMPORT}?list_id={list}");
    let id = upload(&world, "owner", &line, b"email\na@x.example\n").await.is(200).id();
    let cancel = format!("POST /api/v2/lead-imports/{id}/cancel");
    assert_eq!(world.call("owner", &cancel, Value::Null).await.is(200).json()["status"], "cancelled");
    world.call("owner", &cancel, Value::Null).await.is(409);
    world.work().await;
    assert!(found(&world, "owner", json!({ "list_id": list })).await.is_empty());
    let row = world.log().await.into_iter().find(|row| row["activity_type"] == 33).unwrap();
    assert_eq!((&row["action"], &row["list_id"]), (&json!("lead_imports:cancel"), &json!(list)));
    for _ in 0..20 {
        upload(&world, "owner", &line, b"email\na@x.example\n").await.is(200);
    }
    upload(&world, "owner", &line, b"email\na@x.example\n").await.is(409);
    world.work().await;
    upload(&world, "owner", &line, b"email\na@x.example\n").await.is(200);
}
