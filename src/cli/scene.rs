//! The sample data of the demo. The members create everything through the API.

use super::demo::{Cast, Person, Stranger};
use super::key;
use super::workspace::{Made, make, make_first};
use crate::access::profile::AskReset;
use crate::access::{Can, ROLES, Role};
use crate::app::App;
use crate::config::RateLimit;
use crate::error::{Error, Result};
use crate::resources::people;
use crate::resources::users::{Link, LinkKind};
use crate::router::router;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use std::collections::HashMap;
use tower::ServiceExt;
use uuid::Uuid;

pub const PASSWORD: &str = "correct horse battery staple";
/// The tag that the client is limited to.
const CLIENT_TAG: &str = "Client: Globex";
const PROSPECTS: [(&str, &str, &str); 4] = [
    ("Hanna", "Berg", "initech"),
    ("Milan", "Novak", "umbrella"),
    ("Sofia", "Rossi", "hooli"),
    ("Omar", "Haddad", "vandelay"),
];

pub async fn set_the_scene(app: &App, base_url: String) -> Result<Cast> {
    let stage = Stage::of(app);
    let owner = make_first(app, "Acme", "owner@acme.example").await?;
    let tags = stage.tags(&owner).await?;
    stage.password(app, &owner).await?;
    let mut people = vec![person(Role::Owner, &owner)];
    for role in ROLES.iter().copied().filter(|role| *role != Role::Owner) {
        let mut person = stage.invite(&owner, role, &tags).await?;
        // A first key expires, so it cannot create workspaces or appoint admins. The demo shows this too.
        person.api_key = key::lasting(app, owner.workspace, person.member_id).await?;
        people.push(person);
    }
    stage.accounts(&people).await?;
    let campaigns = stage.campaigns(&people, &tags).await?;
    stage.leads(&people, campaigns).await?;
    let body = json!({ "name": "Demo", "scopes": ["all:all"] });
    let workspace_key = text(&stage.post(&owner.api_key, "/api/v2/api-keys", body).await?, "key");
    let stranger = make(app, "Other", "stranger@other.example").await?;
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

pub fn key_of(people: &[Person], role: Role) -> &str {
    people.iter().find(|person| person.role == role.name()).map_or("", |person| person.api_key.as_str())
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
    /// There is no rate limit, because the demo sends many calls at once. There is no mail, because the
    /// people of the demo accept by the links in the answers.
    fn of(app: &App) -> Stage {
        let staged = app.with(|shared| {
            shared.rate = crate::http::RateLimit::new(RateLimit(None));
            shared.mailer = None;
        });
        Stage(router(staged))
    }

    async fn post(&self, key: &str, path: &str, body: Value) -> Result<Value> {
        let request = Request::post(path).header("authorization", format!("Bearer {key}"));
        let request = request.body(Body::from(body.to_string())).map_err(Error::internal)?;
        let response = self.0.clone().oneshot(request).await.map_err(Error::internal)?;
        let ok = response.status().is_success();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.map_err(Error::internal)?;
        let body: Value = serde_json::from_slice(&bytes).map_err(Error::internal)?;
        if ok { Ok(body) } else { Err(Error::internal(format!("{path}: {body}"))) }
    }

    /// The owner, who was not invited, chooses a password by the operator's link. Nobody can use it where signing in would
    /// not be encrypted.
    async fn password(&self, app: &App, owner: &Made) -> Result<()> {
        if app.site.is_safe().is_err() {
            return Ok(());
        }
        let link = Link::new(app, LinkKind::Password)?;
        let url = link.url(app);
        people::hand_over_link(Can::<AskReset>::operator(app, owner.workspace), owner.user, link).await?;
        let body = json!({ "token": url.split_once('#').unwrap_or_default().1, "password": PASSWORD });
        self.post("", "/auth/reset/confirm", body).await.map(drop)
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

    async fn accounts(&self, people: &[Person]) -> Result<()> {
        for (email, role) in ACCOUNTS {
            let of = role.and_then(|role| people.iter().find(|person| person.role == role.name()));
            let body = account(email, of.map(|person| person.member_id));
            self.post(key_of(people, Role::Owner), "/api/v2/accounts", body).await?;
        }
        Ok(())
    }

    /// Adds some leads to a list, and some to each of two campaigns.
    async fn leads(&self, people: &[Person], campaigns: HashMap<&str, String>) -> Result<()> {
        let list = self.post(
            key_of(people, Role::Sdr),
            "/api/v2/lead-lists",
            json!({ "name": "Trade fair, Berlin" }),
        );
        let list = text(&list.await?, "id");
        let campaign = |name| campaigns.get(name).cloned().unwrap_or_default();
        let places = [
            (Role::Sdr, "list_id", list),
            (Role::Editor, "campaign_id", campaign("Globex newsletter")),
            (Role::Member, "campaign_id", campaign("Founders in Berlin")),
        ];
        for (role, place, id) in places {
            let leads: Vec<_> = PROSPECTS
                .iter()
                .map(|(first, last, company)| {
                    let email = format!("{}@{company}.example", first.to_lowercase());
                    json!({ "email": email, "first_name": first, "last_name": last, "company_name": company,
                        "custom_variables": { "met_at": "trade fair" } })
                })
                .collect();
            self.post(key_of(people, role), "/api/v2/leads/add", json!({ place: id, "leads": leads }))
                .await?;
        }
        Ok(())
    }

    /// The ids by name.
    async fn campaigns(&self, people: &[Person], tags: &[Value]) -> Result<HashMap<&'static str, String>> {
        let scenes = [
            (Role::Owner, "Board introductions", "private", None),
            (Role::Admin, "Win back 2025", "team", tags.get(1)),
            (Role::Manager, "Spring launch, DACH", "team", tags.get(1)),
            (Role::Editor, "Globex newsletter", "team", tags.first()),
            (Role::Editor, "Globex webinar", "private", tags.first()),
            (Role::Member, "Founders in Berlin", "team", None),
            (Role::Member, "Quiet experiment", "private", None),
        ];
        let mut ids = HashMap::new();
        for (role, name, visibility, tag) in scenes {
            let made = self
                .post(key_of(people, role), "/api/v2/campaigns", campaign(role, name, visibility))
                .await?;
            let id = text(&made, "id");
            if let Some(tag) = tag {
                let body = json!({ "tag_id": tag, "resource_id": id });
                self.post(key_of(people, Role::Owner), "/api/v2/custom-tags/toggle-resource", body).await?;
            }
            ids.insert(name, id);
        }
        Ok(ids)
    }
}

/// Assigns sending accounts to members. Only owner and admin see the unassigned ones.
const ACCOUNTS: [(&str, Option<Role>); 5] = [
    ("manager@outreach.acme.example", Some(Role::Manager)),
    ("member@outreach.acme.example", Some(Role::Member)),
    ("sdr1@outreach.acme.example", Some(Role::Sdr)),
    ("sdr2@outreach.acme.example", Some(Role::Sdr)),
    ("spare@outreach.acme.example", None),
];

/// No server listens there, because the demo makes no connections.
fn account(email: &str, assigned_to: Option<Uuid>) -> Value {
    let host = "mail.acme.example";
    json!({
        "email": email, "first_name": "Acme", "last_name": "Outreach", "provider_code": 1, "daily_limit": 30,
        "imap_username": email, "imap_password": "demo password", "imap_host": host, "imap_port": 993,
        "smtp_username": email, "smtp_password": "demo password", "smtp_host": host, "smtp_port": 465,
        "assigned_to": assigned_to,
    })
}

fn campaign(role: Role, name: &str, visibility: &str) -> Value {
    let own = ACCOUNTS.iter().filter(|(_, of)| *of == Some(role)).map(|(email, _)| *email);
    let days = json!({ "1": true, "2": true, "3": true, "4": true, "5": true });
    let hours = json!({ "from": "09:00", "to": "17:00" });
    let window =
        json!({ "name": "Working hours", "timing": hours, "days": days, "timezone": "Europe/Isle_of_Man" });
    let copy = json!({ "subject": "Hello {{firstName}}", "body": "A word about your plans for this year." });
    json!({
        "name": name,
        "visibility": visibility,
        "email_list": own.collect::<Vec<_>>(),
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
