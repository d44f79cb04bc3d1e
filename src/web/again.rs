//! "Confirm who you are": a person whose session is over, or too old for what they do, authenticates and loses nothing.
//! The page keeps what they typed in hidden fields. It posts to `/again`, which answers 307 to the first address, so that
//! the browser repeats the post with the new cookie. Nothing is stored, and no script is needed.

use super::offer::Way;
use super::page::{Page, Reply};
use super::typed::{self, Fields};
use crate::access::sessions::{Reauthenticate, SignIn};
use crate::app::App;
use crate::error::{Error, Result};
use crate::time::Time;
use aide::OperationInput;
use askama::Template;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, Method, Uri};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// For a person whose session is too old.
pub const AGAIN: Way<Reauthenticate> = Way::post("/again", "Continue");
/// For a person whose session is over.
pub const AGAIN_SIGNED_OUT: Way<SignIn> = Way::post("/again/sign-in", "Sign in and continue");

/// Milliseconds for which the page works.
const LASTS: i64 = Time::HOUR;
const ABOUT: &str = "a page to come back to";

/// What the person was about to do. It is sealed into the page, so that nobody else names the address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    pub path: String,
    pub post: bool,
    /// The person who typed it. Nobody else can continue it.
    pub user: Option<Uuid>,
    at: i64,
}

impl Task {
    pub fn of(method: &Method, uri: &Uri, now: Time) -> Task {
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Task { path, post: *method == Method::POST, user: None, at: now.0 }
    }

    pub fn by(self, user: Option<Uuid>) -> Task {
        Task { user, ..self }
    }

    fn sealed(&self, app: &App) -> Result<String> {
        let plain = serde_json::to_vec(self).map_err(Error::internal)?;
        app.vault.seal(Uuid::nil(), ABOUT, &plain, &app.random()?)
    }

    /// The task of the page that was posted.
    pub fn carried(app: &App, fields: &Fields) -> Option<Task> {
        typed::value(fields, "_task").and_then(|sealed| Task::open(app, sealed))
    }

    fn open(app: &App, sealed: &str) -> Option<Task> {
        let plain = app.vault.open(Uuid::nil(), ABOUT, sealed).ok()?;
        let task: Task = serde_json::from_slice(&plain).ok()?;
        (app.now().0 - task.at <= LASTS).then_some(task)
    }
}

#[derive(Template)]
#[template(path = "again.html")]
struct Asked<'a> {
    action: &'static str,
    button: &'static str,
    task: String,
    signed_in: bool,
    post: bool,
    email: &'a str,
    kept: Vec<(&'a str, &'a str)>,
    wrong: Option<&'a str>,
}

/// The page. `fields` are what was typed; secrets among them are left out.
pub fn page(app: &App, task: &Task, fields: &Fields, signed_in: bool, wrong: Option<&str>) -> Result<Page> {
    let keeps = |name: &str| match name.starts_with('_') {
        true => ["_once", "_seen", "_by"].contains(&name),
        false => !typed::is_secret(name),
    };
    let (action, button) = match signed_in {
        true => (AGAIN.path, AGAIN.label),
        false => (AGAIN_SIGNED_OUT.path, AGAIN_SIGNED_OUT.label),
    };
    let kept = fields.iter().filter(|(name, _)| keeps(name));
    let asked = Asked {
        action,
        button,
        task: task.sealed(app)?,
        signed_in,
        post: task.post,
        email: typed::value(fields, "_email").unwrap_or_default(),
        kept: kept.map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        wrong,
    };
    Page::new("Confirm who you are", &asked)
}

/// The page as it comes back.
pub struct Again {
    fields: Fields,
}

impl<S: Send + Sync> FromRequest<S> for Again {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        Ok(Again { fields: typed::fields(request).await? })
    }
}

impl OperationInput for Again {}

impl Again {
    fn text(&self, name: &str) -> Option<String> {
        typed::value(&self.fields, name).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    pub fn email(&self) -> String {
        self.text("_email").unwrap_or_default()
    }

    pub fn password(&self) -> Option<String> {
        self.text("_password")
    }

    /// A code of the authenticator app has six digits. Anything longer is a recovery code.
    pub fn code(&self) -> Option<String> {
        self.text("_code").filter(|code| is_code(code)).map(|code| code.replace([' ', '-'], ""))
    }

    pub fn recovery_code(&self) -> Option<String> {
        self.text("_code").filter(|code| !is_code(code))
    }

    /// What the page was for. The page is too old, or nobody made it here: start again.
    pub fn task(&self, app: &App) -> Result<Task> {
        Task::carried(app, &self.fields)
            .ok_or_else(|| Error::invalid("this page is too old: go back, and send the form again"))
    }

    /// The page again, with what is wrong.
    pub fn refused(&self, app: &App, task: &Task, signed_in: bool, wrong: &str) -> Result<Reply> {
        let page = page(app, task, &self.fields, signed_in, Some(wrong))?;
        Ok(page.not_saved(axum::http::StatusCode::FORBIDDEN).into())
    }

    /// Back to what the person was doing, with the new cookie.
    pub fn onward(task: Task, cookies: Vec<HeaderValue>) -> Reply {
        match task.post {
            true => Reply::repeated_at(task.path).with_cookies(cookies),
            false => Reply::to_path(task.path).with_cookies(cookies),
        }
    }
}

fn is_code(text: &str) -> bool {
    text.chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .all(|letter| letter.is_ascii_digit())
}
