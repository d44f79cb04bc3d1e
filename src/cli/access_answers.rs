//! Who can do something, and what somebody can do, from the command line. `gatepost access` asks a server, with the rights of
//! a key. `gatepost admin access` asks the database, as the operator. All pages of an answer are read.

use super::access_text::{items, text};
use super::out::Out;
use super::place::{Door, Place};
use crate::config::Config;
use crate::error::Result;
use serde_json::{Value, json};
use std::process::ExitCode;
use uuid::Uuid;

#[derive(clap::Subcommand)]
pub enum Answers {
    /// List everybody who can do something, and why; count the others by the step that refuses them
    WhoCan {
        /// A row of the access matrix, such as campaigns:launch
        permission: String,
        /// The id of a record
        #[arg(long, value_name = "ID")]
        record: Option<Uuid>,
        #[command(flatten)]
        place: Place,
    },
    /// List what a member or API key can do, or the records that one permission reaches
    WhatCan {
        /// A member's address, or the id of an API key
        #[arg(value_name = "EMAIL|KEY_ID")]
        who: String,
        /// A row of the access matrix, such as campaigns:launch
        permission: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

impl Answers {
    fn place(&self) -> &Place {
        match self {
            Answers::WhoCan { place, .. } | Answers::WhatCan { place, .. } => place,
        }
    }

    /// With a key, on a server.
    pub async fn remote(&self, out: Out) -> Result<ExitCode> {
        self.run(&self.place().on_server()?, out).await
    }

    /// As the operator, on the database.
    pub async fn here(&self, config: &Config, out: Out) -> Result<ExitCode> {
        self.run(&self.place().here(config).await?, out).await
    }

    async fn run(&self, door: &Door, out: Out) -> Result<ExitCode> {
        let said = match self {
            Answers::WhoCan { permission, record, .. } => {
                let question = json!({ "permission": permission, "record": record });
                let answer = whole(question, "items", async |page| door.who_can(page).await).await?;
                out.say(&answer, who(&answer))
            }
            Answers::WhatCan { who, permission, .. } => {
                let question = json!({ "principal": who, "permission": permission });
                let answer = whole(question, "records", async |page| door.what_can(page).await).await?;
                out.say(&answer, what(&answer))
            }
        };
        said.map(|()| ExitCode::SUCCESS)
    }
}

/// The answer with the items of all its pages.
async fn whole(question: Value, list: &str, ask: impl AsyncFn(Value) -> Result<Value>) -> Result<Value> {
    let mut answer = ask(question.clone()).await?;
    while let Some(next) = answer.get("next_starting_after").cloned() {
        let mut question = question.clone();
        if let Some(fields) = question.as_object_mut() {
            fields.insert("starting_after".to_owned(), next);
        }
        let mut page = ask(question).await?;
        if let (Some(all), Some(more)) = (list_of(&mut answer, list), list_of(&mut page, list)) {
            all.append(more);
        }
        let next = page.get("next_starting_after").cloned();
        if let Some(answer) = answer.as_object_mut() {
            answer.remove("next_starting_after");
            answer.extend(next.map(|next| ("next_starting_after".to_owned(), next)));
        }
    }
    Ok(answer)
}

fn list_of<'a>(answer: &'a mut Value, list: &str) -> Option<&'a mut Vec<Value>> {
    answer.get_mut(list).and_then(Value::as_array_mut)
}

fn day(at: &Value) -> String {
    at.as_str()
        .and_then(|at| at.get(..10))
        .map_or_else(|| "not in 90 days".to_owned(), |day| format!("used {day}"))
}

fn who(answer: &Value) -> String {
    let row = |one: &Value| {
        let because: Vec<String> = items(one, "because").iter().map(|path| text(&path["detail"])).collect();
        let named = [&one["kind"], &one["role"], &one["reach"]].map(text);
        let [kind, role, reach] = named;
        let label = text(&one["label"]);
        format!(
            "{label:32} {kind:10} {role:10} {reach:8} {:15} {}",
            day(&one["last_used_at"]),
            because.join(" ")
        )
    };
    let mut out: Vec<String> = items(answer, "items").iter().map(row).collect();
    out.push(format!("{} can", answer["allowed"]));
    out.extend(
        items(answer, "refused").iter().map(|refused| {
            format!("{} cannot: refused by {}", refused["principals"], text(&refused["step"]))
        }),
    );
    out.join("\n")
}

fn what(answer: &Value) -> String {
    let mut out = vec![format!("{}, role {}", text(&answer["label"]), text(&answer["role"]))];
    out.extend(items(answer, "permissions").iter().map(|row| {
        let records = match row["records"].as_i64() {
            Some(records) => crate::resources::api_keys::number(&records),
            None => "-".to_owned(),
        };
        let (permission, reach) = (text(&row["permission"]), text(&row["reach"]));
        format!("  {permission:36} {reach:8} {records:>16}  {}", day(&row["last_used_at"]))
    }));
    out.extend(
        items(answer, "records").iter().map(|one| format!("  {}  {}", text(&one["id"]), text(&one["label"]))),
    );
    out.push(match (answer["records"].as_array(), items(answer, "permissions").len()) {
        (Some(records), _) if records.len() == 1 => "1 record".to_owned(),
        (Some(records), _) => format!("{} records", records.len()),
        (None, 1) => "1 permission".to_owned(),
        (None, many) => format!("{many} permissions"),
    });
    out.join("\n")
}
