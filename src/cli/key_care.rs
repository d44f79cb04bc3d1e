//! Advice about API keys, and their rotation. `gatepost key` calls a server, with the rights of a key. `gatepost admin key`
//! does the same on the database, as the operator.

use super::out::{Out, Table};
use super::place::{Door, Place};
use crate::access::{Can, api_keys as may};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::{Paging, violations};
use crate::resources::api_keys::{self, Advice, Rotation};
use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const JSON: &str = "application/json";

#[derive(clap::Subcommand)]
pub enum Care {
    /// Show which API keys need attention, and which scopes their calls need
    Advice {
        #[command(flatten)]
        place: Place,
    },
    /// Replace a key with a new one; the old key keeps working for a while
    Rotate {
        /// The id of the old key
        #[arg(value_name = "KEY_ID")]
        id: Uuid,
        /// How many minutes the old key still works, at most 10080
        #[arg(long, value_name = "MINUTES", default_value_t = 60)]
        overlap: i64,
        /// Fewer scopes for the new key, separated by commas [default: those of the old key]
        #[arg(long, value_name = "SCOPES", value_delimiter = ',')]
        scopes: Option<Vec<String>>,
        #[command(flatten)]
        place: Place,
    },
}

impl Care {
    fn place(&self) -> &Place {
        match self {
            Care::Advice { place } | Care::Rotate { place, .. } => place,
        }
    }

    /// With a key, on a server.
    pub async fn remote(&self, out: Out) -> Result<()> {
        self.run(&self.place().on_server()?, out).await
    }

    /// As the operator, on the database.
    pub async fn here(&self, config: &Config, out: Out) -> Result<()> {
        self.run(&self.place().here(config).await?, out).await
    }

    async fn run(&self, door: &Door, out: Out) -> Result<()> {
        match self {
            Care::Advice { .. } => advice(door, out).await,
            Care::Rotate { id, overlap, scopes, .. } => {
                let body = json!({ "overlap_minutes": overlap, "scopes": scopes });
                let key = door.rotate(*id, body).await?;
                let secret = text(&key, "key");
                out.say(&key, format_args!("{secret}\n\nThe key is shown only once."))
            }
        }
    }
}

/// All keys, a page at a time.
async fn advice(door: &Door, out: Out) -> Result<()> {
    let mut table = Table::new(out, ["KEY ID", "SEVERITY", "NAME", "ADVICE"]);
    let mut after = None;
    loop {
        let page = door.advice(after).await?;
        let rows: Vec<Value> = if out.json { page.clone() } else { page.iter().flat_map(lines).collect() };
        table.page(&rows, |row| ["id", "severity", "name", "sentence"].map(|field| text(row, field)))?;
        match page.last().and_then(|last| text(last, "id").parse().ok()) {
            Some(last) if page.len() == 100 => after = Some(last),
            Some(_) | None => return Ok(()),
        }
    }
}

/// A line for each finding of a key, and one for the scopes that its use needs.
fn lines(key: &Value) -> Vec<Value> {
    let line = |severity: &str, sentence: String| json!({ "id": text(key, "id"), "name": text(key, "name"), "severity": severity, "sentence": sentence });
    let list = |name: &str| key.get(name).and_then(Value::as_array);
    let findings = list("findings").into_iter().flatten();
    let mut lines: Vec<Value> =
        findings.map(|one| line(&text(one, "severity"), text(one, "sentence"))).collect();
    let needed = match (list("suggested_scopes"), key.get("known_since").and_then(Value::as_str)) {
        (Some(scopes), _) if Some(scopes) == list("scopes") || scopes.is_empty() => None,
        (Some(scopes), _) => {
            let scopes: Vec<_> = scopes.iter().filter_map(Value::as_str).collect();
            Some(format!("It needs only these scopes: {}", scopes.join(",")))
        }
        (None, _) if key.get("canary") == Some(&Value::Bool(true)) => None,
        (None, Some(since)) => {
            Some(format!("Its use is recorded only since {since}, so no scopes are suggested yet"))
        }
        (None, None) => Some("Its use is not recorded yet, so no scopes are suggested".to_owned()),
    };
    lines.extend(needed.map(|sentence| line("", sentence)));
    lines
}

fn text(row: &Value, field: &str) -> String {
    row.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl Door {
    async fn advice(&self, after: Option<Uuid>) -> Result<Vec<Value>> {
        match self {
            Door::Remote(remote) => {
                let from = after.map_or_else(String::new, |after| format!("&starting_after={after}"));
                let path = format!("/api/v2/api-keys/advice?limit=100{from}");
                let answer = remote.call(Method::GET, &path, JSON, "").await?.json()?;
                Ok(answer.get("items").and_then(Value::as_array).cloned().unwrap_or_default())
            }
            Door::Here(app, workspace) => {
                let can = Can::<may::Read>::operator(app, *workspace);
                let paging = Paging { limit: Some(100), starting_after: after };
                let page = api_keys::advice(&can, &paging).await?.into_iter();
                Ok(page.map(|(key, advised)| json!(Advice::of(key, &advised))).collect())
            }
        }
    }

    async fn rotate(&self, id: Uuid, body: Value) -> Result<Value> {
        match self {
            Door::Remote(remote) => {
                let path = format!("/api/v2/api-keys/{id}/rotate");
                remote.call(Method::POST, &path, JSON, &body.to_string()).await?.json()
            }
            Door::Here(app, workspace) => {
                let mut body = body;
                if let Some(wrong) = violations::<Rotation>(&mut body)?.into_iter().next() {
                    return Err(Error::invalid(format!("{} {}", wrong.field, wrong.rule)));
                }
                let wanted: Rotation = serde_json::from_value(body).map_err(Error::internal)?;
                let key = api_keys::rotate(Can::<may::Rotate>::operator(app, *workspace), id, wanted).await?;
                Ok(json!(key))
            }
        }
    }
}
