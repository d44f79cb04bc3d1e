//! The pages for signing in. They call the same functions as the operations.

use super::{ByPasskey, Next, PENDING, Password, Second, SignedIn};
use crate::app::{App, DemoPerson};
use crate::auth;
use crate::db::Lane;
use crate::error::{Error, Result, Step};
use crate::http::{Filled, anonymous, filled};
use crate::resources::factors;
use crate::resources::sessions::{self, Signed};
use crate::resources::users::Visitor;
use crate::web::{
    BUSY, Field, Note, Shown, Theme, Tone, drawn, in_place_of, is_trouble, next, onward, outside,
};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::json;

/// The most bytes of a form. The answer of a passkey is encoded once more than in JSON.
const LARGEST: usize = 32 * 1024;

static FIELDS: [Field; 2] = [
    Field { fill: "username webauthn", ..Field::ADDRESS },
    Field { fill: "current-password", wrong: "Enter your password", ..Field::PASSWORD },
];

static CODE: Field = Field {
    missing: "Enter the code that your app shows",
    wrong: "Enter the six digits that your app shows",
    ..Field::text("code", "Code from your authenticator app", "one-time-code", 12)
};

static RECOVERY: Field = Field {
    help: "Each recovery code works once.",
    missing: "Enter one of your recovery codes",
    wrong: "Enter a recovery code as it was shown to you",
    ..Field::text("recovery_code", "Recovery code", "off", 64)
};

const WRONG: &str = "The address or the password is wrong, or there were too many tries. Try again, wait 15 minutes, or \
                     choose a new password by a mailed link.";
const WRONG_FACTOR: &str = "The code is wrong or was already used, or there were too many tries. Enter the next code that \
                            your app shows. After ten tries, wait 15 minutes or use another factor.";
const WRONG_PASSKEY: &str = "The passkey was not accepted. Try again, or sign in with your password.";

pub fn router() -> axum::Router<App> {
    axum::Router::new()
        .route("/sign-in", anonymous(LARGEST, get(form).post(by_password)))
        .route("/sign-in/factor", anonymous(LARGEST, get(factor).post(second_factor)))
        .route("/sign-in/passkey", anonymous(LARGEST, post(by_passkey)))
        .route("/sign-in/demo", anonymous(LARGEST, post(in_demo)))
}

#[derive(Template)]
#[template(path = "public/sign_in.html")]
struct SignIn<'a> {
    said: Option<Note>,
    /// The address of the server, if it is not encrypted: then nobody can sign in.
    open: Option<&'a str>,
    failed: Option<&'a str>,
    next: &'a str,
    fields: Vec<Shown>,
    people: &'a [DemoPerson],
}

/// What other pages say here. The address names it, so that a reload does not repeat a change.
fn said(code: &str) -> Option<Note> {
    let (bold, rest) = match code {
        "password" => {
            ("Your password is changed.", "All your sessions have ended. Sign in with the new password.")
        }
        "address" => ("Your address is changed.", "From now on, sign in with the new address."),
        "out" => ("You are signed out.", "This browser keeps no page of yours."),
        _ => return None,
    };
    Some(Note { tone: Tone::Yes, bold: bold.to_owned(), rest: rest.to_owned() })
}

/// The page, with what was typed and what was wrong with it.
fn page(app: &App, theme: Theme, filled: &Filled, failed: Option<(&str, &Error)>) -> Result<Response> {
    let open = app.site.is_safe().is_err().then_some(&*app.public_url);
    let people = app.demo_people().filter(|_| open.is_none()).map_or(&[][..], |demo| &demo.people);
    let page = SignIn {
        said: said(filled.get("said")),
        open,
        failed: failed.map(|(text, _)| text),
        next: next(filled.get("_next")).or_else(|| next(filled.get("next"))).unwrap_or_default(),
        fields: drawn(&FIELDS, filled, failed.map(|(_, error)| error)),
        people,
    };
    outside(theme, (if failed.is_some() { "Not signed in: " } else { "" }, "Sign in"), &page)
}

async fn form(State(app): State<App>, theme: Theme, RawQuery(query): RawQuery) -> Result<Response> {
    page(&app, theme, &Filled::of(query.unwrap_or_default().as_bytes()), None)
}

async fn by_password(
    State(app): State<App>,
    theme: Theme,
    visitor: Visitor,
    filled: Filled,
) -> Result<Response> {
    let begun = match filled.read::<Password>() {
        Ok(body) => super::by_password(&app, visitor, body).await,
        Err(error) => Err(error),
    };
    answer(&app, theme, &filled, begun, WRONG)
}

async fn by_passkey(
    State(app): State<App>,
    theme: Theme,
    visitor: Visitor,
    typed: Filled,
) -> Result<Response> {
    let body = json!({ "challenge": typed.get("challenge"), "credential": credential(&typed) });
    let begun = match filled::<ByPasskey>(body) {
        Ok(body) => super::by_passkey(&app, visitor, body).await,
        Err(error) => Err(error),
    };
    answer(&app, theme, &typed, begun, WRONG_PASSKEY)
}

/// Signs in as one of the people of a demo.
async fn in_demo(State(app): State<App>, theme: Theme, visitor: Visitor, typed: Filled) -> Result<Response> {
    let demo = app.demo_people().ok_or_else(Error::hidden)?;
    let person = demo.people.iter().find(|person| person.email == typed.get("person"));
    let (email, password) = (person.ok_or_else(Error::hidden)?.email.clone(), demo.password.clone());
    let body = Password { email, password, workspace_id: None };
    let begun = super::by_password(&app, visitor, body).await;
    answer(&app, theme, &typed, begun, WRONG)
}

fn credential(typed: &Filled) -> serde_json::Value {
    serde_json::from_str(typed.get("credential")).unwrap_or_default()
}

/// The next page, or the form again. Every wrong secret gets the same sentence.
fn answer(
    app: &App,
    theme: Theme,
    filled: &Filled,
    begun: Result<Signed<SignedIn>>,
    wrong: &str,
) -> Result<Response> {
    let error = match begun {
        Ok(signed) => return Ok(go_on(signed, next(filled.get("_next")))),
        Err(error) if is_trouble(&error) => return Err(error),
        Err(error) => error,
    };
    let text = told(&error, wrong);
    let page = page(app, theme, filled, Some((&text, &error)))?;
    Ok(in_place_of(error, page))
}

fn told(error: &Error, wrong: &str) -> String {
    if let Error::Refused { step: Step::Network | Step::Role, message, .. } = error {
        return sentence(message);
    }
    let text = if matches!(error, Error::Busy | Error::Crowded) {
        BUSY
    } else if matches!(error, Error::Conflict(_)) {
        "Your second factors have just changed. Sign in again."
    } else {
        wrong
    };
    text.to_owned()
}

/// `network: this workspace allows ...` as a sentence.
fn sentence(message: &str) -> String {
    let text = message.split_once(": ").map_or(message, |(_, text)| text);
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn with_next(path: &str, next: Option<&str>) -> String {
    let next = next.map(|next| form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>());
    next.map_or_else(|| path.to_owned(), |next| format!("{path}?next={next}"))
}

fn go_on(signed: Signed<SignedIn>, next: Option<&str>) -> Response {
    let to = match signed.body.next {
        Next::Done => next.map_or_else(|| format!("/w/{}", signed.body.workspace_id), str::to_owned),
        Next::SecondFactor => with_next("/sign-in/factor", next),
        Next::EnrolSecondFactor => "/me/security".to_owned(),
    };
    onward(&to, signed.cookies)
}

#[derive(Template)]
#[template(path = "public/factor.html")]
struct Factor<'a> {
    failed: Option<&'a str>,
    next: &'a str,
    code: bool,
    passkey: bool,
    recovery: bool,
    recovering: bool,
    code_field: &'a Shown,
    recovery_field: &'a Shown,
}

/// The factors that the person can show. `None` if no sign-in waits for one.
async fn kinds(app: &App, visitor: &Visitor) -> Result<Option<Vec<String>>> {
    let Some(token) = &visitor.session else { return Ok(None) };
    let hash = auth::hash(token);
    let reading = app.reader.reading_for(Lane::of_credential(&hash));
    match sessions::pending(reading, &hash, app.now().minus(PENDING)).await? {
        Some(pending) => Ok(Some(factors::kinds(&app.reader, pending.user).await?)),
        None => Ok(None),
    }
}

fn factor_page(theme: Theme, kinds: &[String], typed: &Filled, failed: Option<&str>) -> Result<Response> {
    let has = |kind: &str| kinds.iter().any(|one| one == kind);
    let recovering = typed.get("_kind") == "recovery_code";
    let page = Factor {
        failed,
        next: next(typed.get("_next")).or_else(|| next(typed.get("next"))).unwrap_or_default(),
        code: has(factors::TOTP),
        passkey: has(factors::PASSKEY),
        recovery: has(factors::RECOVERY_CODE),
        recovering,
        code_field: &Shown { focus: !recovering, ..CODE.shown("") },
        recovery_field: &Shown { focus: recovering, ..RECOVERY.shown("") },
    };
    outside(theme, (if failed.is_some() { "Not signed in: " } else { "" }, "Second factor"), &page)
}

async fn factor(
    State(app): State<App>,
    theme: Theme,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let typed = Filled::of(query.unwrap_or_default().as_bytes());
    match kinds(&app, &visitor).await? {
        Some(kinds) => factor_page(theme, &kinds, &typed, None),
        None => Ok(onward(&with_next("/sign-in", next(typed.get("next"))), vec![])),
    }
}

async fn second_factor(
    State(app): State<App>,
    theme: Theme,
    visitor: Visitor,
    typed: Filled,
) -> Result<Response> {
    let body = match typed.get("_kind") {
        "passkey" => json!({ "challenge": typed.get("challenge"), "credential": credential(&typed) }),
        "recovery_code" => json!({ "recovery_code": typed.get("recovery_code").trim() }),
        // Apps show a code with a space in the middle.
        _ => json!({ "code": typed.get("code").replace([' ', '-'], "") }),
    };
    let waiting = kinds(&app, &visitor).await?;
    let error = match filled::<Second>(body) {
        Ok(body) => match super::second_factor(&app, visitor, body).await {
            Ok(signed) => return Ok(go_on(signed, next(typed.get("_next")))),
            Err(error) if is_trouble(&error) => return Err(error),
            Err(error) => error,
        },
        Err(error) => error,
    };
    let Some(kinds) = waiting else {
        return Ok(onward(&with_next("/sign-in", next(typed.get("_next"))), vec![]));
    };
    let page = factor_page(theme, &kinds, &typed, Some(&told(&error, WRONG_FACTOR)))?;
    Ok(in_place_of(error, page))
}
