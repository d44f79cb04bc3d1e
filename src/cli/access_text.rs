//! The answers about access files as text. They come from a server or from the database, so they are read as JSON.

use super::out::plain;
use serde_json::Value;

/// The characters of a state that are printed.
const SHORT: usize = 12;
/// Members whose impact is printed.
const LISTED: usize = 20;

pub(super) fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn text(value: &Value) -> String {
    plain(value.as_str().unwrap_or_default())
}

fn line(value: &Value) -> String {
    value["line"].as_u64().map(|line| format!("line {line}")).unwrap_or_default()
}

fn notes(value: &Value, out: &mut Vec<String>) {
    for note in items(value, "notes") {
        let at = line(note);
        let at = if at.is_empty() { at } else { format!("{at}: ") };
        out.push(format!("note   {at}{}", text(&note["text"])));
    }
}

pub fn validation(report: &Value) -> String {
    let mut out = vec![];
    notes(report, &mut out);
    for held in items(report, "holds") {
        let bundles: Vec<_> = items(held, "bundles").iter().map(text).collect();
        out.push(format!("holds  {:8} {}    {}", text(&held["role"]), bundles.join(", "), line(held)));
        let beside = text(&held["beside"]);
        if !beside.is_empty() {
            out.push(format!("beside {:8} {beside}", text(&held["role"])));
        }
    }
    for error in items(report, "errors") {
        out.push(format!(
            "error  line {}, column {}: {}",
            error["line"],
            error["column"],
            text(&error["message"])
        ));
        out.push(format!("       {}", text(&error["snippet"])));
    }
    let errors = items(report, "errors").len();
    out.push(match errors {
        0 => "valid".to_owned(),
        1 => "1 error".to_owned(),
        many => format!("{many} errors"),
    });
    out.join("\n")
}

fn change(change: &Value) -> String {
    let sign = match change["verb"].as_str() {
        Some("add") => '+',
        Some("remove") => '-',
        Some(_) | None => '~',
    };
    let parts = [text(&change["text"]), text(&change["effect"]), line(change)];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("  {sign} {:12} {:28} {}", text(&change["what"]), text(&change["name"]), parts.join("    "))
        .trim_end()
        .to_owned()
}

pub fn plan(plan: &Value) -> String {
    let state: String = text(&plan["state"]).chars().take(SHORT).collect();
    let mut out = vec![format!("{}, state {state}", text(&plan["workspace_name"]))];
    notes(plan, &mut out);
    out.extend(items(plan, "changes").iter().map(change));
    impact(&plan["impact"], &mut out);
    let rail = |rail: &Value| match rail["holds"] == true {
        true => format!("{} ok", text(&rail["rail"])),
        false => format!("{} REFUSED", text(&rail["rail"])),
    };
    let rails: Vec<_> = items(plan, "rails").iter().map(rail).collect();
    out.push(format!("rails  {}", rails.join("   ")));
    for rail in items(plan, "rails").iter().filter(|rail| rail["holds"] != true) {
        out.push(format!("       {}: {}", text(&rail["rail"]), text(&rail["why"])));
    }
    if !items(plan, "tests").is_empty() {
        out.extend(tested(plan));
    }
    let changes = items(plan, "changes").len();
    out.push(match (plan["outcome"].as_str(), changes) {
        (Some("same"), _) => "nothing to change: the workspace is as the file says".to_owned(),
        (Some("refused"), _) => "the rails refuse this file; nothing is written".to_owned(),
        (Some("failed"), _) => "a test fails; nothing is written".to_owned(),
        (_, 1) => "1 change; nothing is written yet".to_owned(),
        (_, many) => format!("{many} changes; nothing is written yet"),
    });
    let allow = plan["allow"].as_object().filter(|allow| !allow.is_empty());
    if let Some(allow) = allow {
        let all: Vec<_> = allow.iter().map(|(kind, count)| format!("{kind}={count}")).collect();
        out.push(format!("to allow exactly this: --expect {state} --allow {}", all.join(",")));
    }
    out.join("\n")
}

fn impact(impact: &Value, out: &mut Vec<String>) {
    let (gain, lose) = (impact["gain"].as_u64().unwrap_or(0), impact["lose"].as_u64().unwrap_or(0));
    if gain + lose > 0 {
        out.push(format!("impact: {gain} gain access, {lose} lose access"));
    }
    for member in items(impact, "members").iter().take(LISTED) {
        for counted in items(member, "records") {
            let email = text(&member["email"]);
            let permission = text(&counted["permission"]);
            out.push(format!(
                "       {email} {permission}: {} -> {} records",
                many(&counted["before"]),
                many(&counted["after"])
            ));
        }
    }
    for campaign in items(impact, "campaigns").iter().take(LISTED) {
        let last = if campaign["last"] == true { ", and has none left" } else { "" };
        let accounts: Vec<_> = items(campaign, "accounts").iter().map(text).collect();
        out.push(format!(
            "       the campaign {} loses {}{last}",
            text(&campaign["name"]),
            accounts.join(", ")
        ));
    }
    let keys: Vec<_> = items(impact, "keys_left").iter().map(text).collect();
    if !keys.is_empty() {
        out.push(format!("       these API keys keep the rights that they have: {}", keys.join(", ")));
    }
}

/// A count that stops after 10,000.
fn many(count: &Value) -> String {
    match count.as_i64() {
        Some(count) if count > 10_000 => "more than 10000".to_owned(),
        Some(count) => count.to_string(),
        None => String::new(),
    }
}

fn tested(value: &Value) -> Vec<String> {
    let all = items(value, "tests");
    let holding = all.iter().filter(|test| test["holds"] == true).count();
    let mut out = vec![format!("tests  {holding} of {}", all.len())];
    for test in all.iter().filter(|test| test["holds"] != true) {
        out.push(format!("       FAILED {}: {}    {}", text(&test["name"]), text(&test["why"]), line(test)));
    }
    out
}

pub fn tests(tests: &Value) -> String {
    let mut out = tested(tests);
    let mutations = &tests["mutations"];
    if mutations.is_object() {
        out.push(format!(
            "noticed {} of {} small changes to the access",
            mutations["noticed"], mutations["tried"]
        ));
        out.extend(
            items(mutations, "missed").iter().map(|missed| format!("       not noticed: {}", text(missed))),
        );
    }
    out.join("\n")
}

pub fn applied(done: &Value) -> String {
    let mut out = vec![done["summary"].as_str().unwrap_or_default().trim_end().to_owned()];
    for (email, url) in done["invitation_urls"].as_object().into_iter().flatten() {
        out.push(format!("invitation for {}: {}", plain(email), text(url)));
    }
    out.join("\n")
}

pub fn log(log: &Value) -> String {
    let line = |one: &Value| {
        let changes = if one["parts"] == 1 { "change" } else { "changes" };
        format!(
            "{}  {}  {} {changes}  {}",
            text(&one["timestamp_created"]),
            text(&one["user"]),
            one["parts"],
            text(&one["because"])
        )
    };
    items(log, "items").iter().map(line).collect::<Vec<_>>().join("\n")
}
