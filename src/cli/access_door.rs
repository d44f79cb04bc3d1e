//! The questions of the access commands, to a server or to the database. Both give the same answers.

use super::access_file::Allowed;
use super::place::Door;
use super::remote::Remote;
use crate::access::{Can, access};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Paging;
use crate::resources::access_file::{self as files, AccessText, Allowing, Applying};
use crate::resources::explain::{what_can, who_can};
use axum::http::Method;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use uuid::Uuid;

const JSON: &str = "application/json";

impl Door {
    pub async fn validate(&self, file: String) -> Result<Value> {
        match self {
            Door::Remote(remote) => post(remote, "/api/v2/access/validate", &file).await,
            Door::Here(app, workspace) => {
                value(files::validate(&reading(app, *workspace), &AccessText::read(file)?).await?)
            }
        }
    }

    pub async fn plan(&self, file: String, allowed: &Allowed) -> Result<Value> {
        let least = allowed.least_admins;
        match self {
            Door::Remote(remote) => {
                let query = query(&[
                    ("allow", allowed.allow.clone()),
                    ("least_admins", least.map(|n| n.to_string())),
                ]);
                post(remote, &format!("/api/v2/access/plan{query}"), &file).await
            }
            Door::Here(app, workspace) => {
                let allowing = Allowing { allow: allowed.allow.clone(), least_admins: least };
                value(files::plan(&reading(app, *workspace), &AccessText::read(file)?, &allowing).await?)
            }
        }
    }

    pub async fn apply(&self, file: String, applying: Applying) -> Result<Value> {
        match self {
            Door::Remote(remote) => {
                let query = query(&[
                    ("allow", applying.allow),
                    ("because", applying.because),
                    ("expect", applying.expect),
                    ("least_admins", applying.least_admins.map(|n| n.to_string())),
                ]);
                post(remote, &format!("/api/v2/access/apply{query}"), &file).await
            }
            Door::Here(app, workspace) => {
                let can = Can::<access::Apply>::operator(app, *workspace);
                value(files::apply(can, AccessText::read(file)?, applying).await?)
            }
        }
    }

    pub async fn test(&self, file: String, mutate: bool) -> Result<Value> {
        match self {
            Door::Remote(remote) => {
                post(remote, &format!("/api/v2/access/test?mutate={mutate}"), &file).await
            }
            Door::Here(app, workspace) => {
                value(files::test(&reading(app, *workspace), &AccessText::read(file)?, mutate).await?)
            }
        }
    }

    /// The file as a text.
    pub async fn dump(&self, as_json: bool) -> Result<String> {
        match self {
            Door::Remote(remote) => {
                let accept = if as_json { JSON } else { "application/yaml" };
                let file = remote.call(Method::GET, "/api/v2/access/file", accept, "").await?;
                Ok(if as_json { format!("{}\n", file.text) } else { file.text })
            }
            Door::Here(app, workspace) => {
                let dumped = files::dump(&reading(app, *workspace)).await?;
                Ok(if as_json { format!("{}\n", dumped.document) } else { dumped.yaml() })
            }
        }
    }

    /// A page of the answer.
    pub async fn who_can(&self, question: Value) -> Result<Value> {
        match self {
            Door::Remote(remote) => post(remote, "/api/v2/access/who-can", &question.to_string()).await,
            Door::Here(app, workspace) => {
                value(who_can(&Can::operator(app, *workspace), typed(question)?).await?)
            }
        }
    }

    /// A page of the answer.
    pub async fn what_can(&self, question: Value) -> Result<Value> {
        match self {
            Door::Remote(remote) => post(remote, "/api/v2/access/what-can", &question.to_string()).await,
            Door::Here(app, workspace) => {
                value(what_can(&Can::operator(app, *workspace), typed(question)?).await?)
            }
        }
    }

    pub async fn log(&self) -> Result<Value> {
        match self {
            Door::Remote(remote) => {
                let path = "/api/v2/access/applications?limit=100";
                remote.call(Method::GET, path, JSON, "").await?.json()
            }
            Door::Here(app, workspace) => {
                let paging = Paging { limit: Some(100), starting_after: None };
                let log = files::list(&reading(app, *workspace), &paging).await?;
                Ok(json!({ "items": log }))
            }
        }
    }
}

fn reading(app: &App, workspace: Uuid) -> Can<access::Plan> {
    Can::operator(app, workspace)
}

async fn post(remote: &Remote, path: &str, file: &str) -> Result<Value> {
    remote.call(Method::POST, path, JSON, file).await?.json()
}

fn typed<T: DeserializeOwned>(question: Value) -> Result<T> {
    serde_json::from_value(question).map_err(Error::internal)
}

fn value(answer: impl Serialize) -> Result<Value> {
    serde_json::to_value(answer).map_err(Error::internal)
}

fn query(fields: &[(&str, Option<String>)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { query } else { format!("?{query}") }
}
