//! From nothing to something to try: a workspace with a member of each role, campaigns and tags, and a stranger
//! next door. Everything is made through the API, by the people themselves, so the audit log tells a story.

use super::workspace::{Made, make};
use super::{open, serve};
use crate::access::{ROLES, Role};
use crate::app::App;
use crate::config::{Config, RateLimit};
use crate::error::{Error, Result};
use crate::router::router;
use axum::body::Body;
use axum::http::Request;
use serde::Serialize;
use serde_json::{Value, json};
use std::path::PathBuf;
use tower::ServiceExt;
use uuid::Uuid;

const PASSWORD: &str = "correct horse battery staple";
/// The tag that the client is limited to.
const CLIENT_TAG: &str = "Client: Globex";

#[derive(clap::Args)]
pub struct Demo {
    /// Print one line of JSON with the people and their keys
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Cast {
    base_url: String,
    workspace_id: Uuid,
    people: Vec<Person>,
    workspace_key: String,
    stranger: Stranger,
}

#[derive(Serialize)]
struct Person {
    role: &'static str,
    email: String,
    member_id: Uuid,
    user_id: Uuid,
    api_key: String,
}

#[derive(Serialize)]
struct Stranger {
    workspace_id: Uuid,
    email: String,
    member_id: Uuid,
    api_key: String,
}

/// Gone with the demo.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

impl Demo {
    pub async fn run(&self, mut config: Config) -> Result<()> {
        let listener = serve::listen(&config).await?;
        config.listen = listener.local_addr().map_err(Error::internal)?;
        let folder = std::env::temp_dir().join(format!("gatepost-demo-{}", std::process::id()));
        let _temporary = (config.data.is_none() && config.database.is_none()).then(|| {
            config.data = Some(folder.clone());
            Temporary(folder)
        });
        let app = open::any(&config).await?;
        let cast = set_the_scene(&app, format!("http://{}", config.listen)).await?;
        match self.json {
            true => println!("{}", serde_json::to_string(&cast).map_err(Error::internal)?),
            false => cast.introduce(),
        }
        serve::answer(app, listener).await
    }
}

impl Cast {
    fn introduce(&self) {
        println!("Gatepost answers at {}, documented at {}/docs\n", self.base_url, self.base_url);
        println!("Workspace {} and its people, each with a personal API key:\n", self.workspace_id);
        for person in &self.people {
            println!("  {:8} {:22} {}", person.role, person.email, person.api_key);
        }
        println!("  {:8} {:22} {}", "(key)", "of the workspace", self.workspace_key);
        println!("  {:8} {:22} {}", "stranger", self.stranger.email, self.stranger.api_key);
        let sdr = self.people.iter().find(|person| person.role == Role::Sdr.name());
        let sdr = sdr.map_or("", |person| person.api_key.as_str());
        println!("\nTry, in another terminal:\n");
        println!("  curl {}/api/v2/campaigns -H 'Authorization: Bearer {sdr}'", self.base_url);
        println!("  curl {}/api/v2/me -H 'Authorization: Bearer {sdr}'", self.base_url);
        println!("\nEverything is gone when the demo ends (Ctrl-C).");
    }
}

async fn set_the_scene(app: &App, base_url: String) -> Result<Cast> {
    let stage = Stage::of(app);
    let owner = make(app, "Acme", "owner@acme.example", true).await?;
    let tags = stage.tags(&owner).await?;
    let mut people = vec![person(Role::Owner, &owner)];
    for role in ROLES.iter().copied().filter(|role| *role != Role::Owner) {
        people.push(stage.invite(&owner, role, &tags).await?);
    }
    stage.campaigns(&people, &tags).await?;
    let body = json!({ "name": "Demo", "scopes": ["all:all"] });
    let workspace_key = text(&stage.post(&owner.api_key, "/api/v2/api-keys", body).await?, "key");
    let stranger = make(app, "Other", "stranger@other.example", false).await?;
    Ok(Cast {
        base_url,
        workspace_id: owner.workspace,
        people,
        workspace_key,
        stranger: Stranger {
            workspace_id: stranger.workspace,
            email: stranger.email,
            member_id: stranger.member,
            api_key: stranger.api_key,
        },
    })
}

fn person(role: Role, made: &Made) -> Person {
    Person {
        role: role.name(),
        email: made.email.clone(),
        member_id: made.member,
        user_id: made.user,
        api_key: made.api_key.clone(),
    }
}

/// The router, called directly.
struct Stage(axum::Router);

impl Stage {
    /// Without a rate limit: the scene is set faster than people type.
    fn of(app: &App) -> Stage {
        let rate = crate::http::RateLimit::new(RateLimit(None));
        let mut app = app.clone();
        app.rate = rate;
        Stage(router(app).0)
    }

    async fn post(&self, key: &str, path: &str, body: Value) -> Result<Value> {
        let request = Request::post(path).header("authorization", format!("Bearer {key}"));
        let request = request.body(Body::from(body.to_string())).map_err(Error::internal)?;
        let response = self.0.clone().oneshot(request).await.map_err(Error::internal)?;
        let ok = response.status().is_success();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.map_err(Error::internal)?;
        let body: Value = serde_json::from_slice(&bytes).map_err(Error::internal)?;
        if ok { Ok(body) } else { Err(Error::internal(format!("POST {path}: {body}"))) }
    }

    async fn tags(&self, owner: &Made) -> Result<Vec<Value>> {
        let mut tags = Vec::new();
        for (label, description) in [(CLIENT_TAG, "What Globex may see"), ("Spring", "The spring push")] {
            let body = json!({ "label": label, "description": description });
            let tag = self.post(&owner.api_key, "/api/v2/custom-tags", body).await?;
            tags.push(text(&tag, "id").into());
        }
        Ok(tags)
    }

    async fn invite(&self, owner: &Made, role: Role, tags: &[Value]) -> Result<Person> {
        let email = format!("{}@acme.example", role.name());
        let limit = (role == Role::Client).then(|| tags.get(..1).unwrap_or_default());
        let body = json!({ "email": email, "role": role, "tag_limit": limit });
        let invited = self.post(&owner.api_key, "/api/v2/workspace-members", body).await?;
        let link = text(&invited, "invitation_url");
        let token = link.split_once('#').unwrap_or_default().1;
        let mut first = role.name().to_owned();
        first.get_mut(..1).map(str::make_ascii_uppercase);
        let body = json!({ "token": token, "first_name": first, "last_name": "Acme", "password": PASSWORD });
        let member = self.post("", "/api/v2/invitations/accept", body).await?;
        Ok(Person {
            role: role.name(),
            email,
            member_id: id(&member, "id")?,
            user_id: id(&member, "user_id")?,
            api_key: text(&member, "api_key"),
        })
    }

    async fn campaigns(&self, people: &[Person], tags: &[Value]) -> Result<()> {
        let scenes = [
            (Role::Owner, "Board introductions", "private", None),
            (Role::Admin, "Win back 2025", "team", tags.get(1)),
            (Role::Manager, "Spring launch, DACH", "team", tags.get(1)),
            (Role::Editor, "Globex newsletter", "team", tags.first()),
            (Role::Editor, "Globex webinar", "private", tags.first()),
            (Role::Member, "Founders in Berlin", "team", None),
            (Role::Member, "Quiet experiment", "private", None),
        ];
        let owner = people.first().map_or("", |owner| owner.api_key.as_str());
        for (role, name, visibility, tag) in scenes {
            let by = people.iter().find(|person| person.role == role.name());
            let key = by.map_or("", |person| person.api_key.as_str());
            let made = self.post(key, "/api/v2/campaigns", campaign(name, visibility)).await?;
            if let Some(tag) = tag {
                let body = json!({ "tag_id": tag, "resource_id": text(&made, "id") });
                self.post(owner, "/api/v2/custom-tags/toggle-resource", body).await?;
            }
        }
        Ok(())
    }
}

fn campaign(name: &str, visibility: &str) -> Value {
    let days = json!({ "1": true, "2": true, "3": true, "4": true, "5": true });
    let hours = json!({ "from": "09:00", "to": "17:00" });
    let window =
        json!({ "name": "Working hours", "timing": hours, "days": days, "timezone": "Europe/Isle_of_Man" });
    let copy = json!({ "subject": "Hello {{firstName}}", "body": "A word about your plans for this year." });
    json!({
        "name": name,
        "visibility": visibility,
        "campaign_schedule": { "schedules": [window] },
        "sequences": [{ "steps": [{ "type": "email", "delay": 2, "variants": [copy] }] }],
    })
}

fn text(value: &Value, field: &str) -> String {
    value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn id(value: &Value, field: &str) -> Result<Uuid> {
    text(value, field).parse().map_err(Error::internal)
}
