//! The link by which a person unsubscribes from all mail of a workspace (RFC 8058). Opening the link shows a button and
//! changes nothing, because mail scanners open links. Sending the form unsubscribes at once, and again does no harm.
//! It needs no sign-in, and works also when the campaign and the lead are gone.

use super::render::TOKENS;
use super::store;
use crate::access::{Can, campaigns::Launch};
use crate::app::App;
use crate::audit::{Change, Subject, UNSUBSCRIBED as ACTIVITY};
use crate::error::{Error, Result};
use crate::http::anonymous;
use crate::resources::block_list_entries::{self, Kind as Why};
use crate::resources::events::{self, Event, Kind};
use crate::resources::leads::UNSUBSCRIBED;
use crate::sending::token::{self, Kind as Use};
use crate::web::{Theme, not_stored, outside};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use uuid::Uuid;

/// The longest body: mail programs send `List-Unsubscribe=One-Click`.
const LARGEST: usize = 1024;

#[derive(Template)]
#[template(path = "campaign_mails/opt_out.html")]
struct Asked {
    done: bool,
}

pub fn links() -> axum::Router<App> {
    axum::Router::new().route("/u/{token}", anonymous(LARGEST, get(asked).post(confirmed)))
}

async fn asked(State(app): State<App>, theme: Theme, Path(token): Path<String>) -> Result<Response> {
    send_of(&app, &token).await?;
    page(theme, false)
}

async fn confirmed(State(app): State<App>, theme: Theme, Path(token): Path<String>) -> Result<Response> {
    let (workspace, send, lead) = send_of(&app, &token).await?;
    unsubscribe(&app, workspace, (send, lead)).await?;
    page(theme, true)
}

fn page(theme: Theme, done: bool) -> Result<Response> {
    outside(theme, ("", "Unsubscribe"), &Asked { done }).map(not_stored)
}

/// The workspace and the lead of the send that a token names. All other tokens look like a missing page.
async fn send_of(app: &App, token: &str) -> Result<(Uuid, Uuid, Uuid)> {
    let read = token::read(&app.vault.signing(TOKENS)?, token);
    let send = match read {
        Some((send, Use::Unsubscribe)) => send,
        Some((_, Use::Open | Use::Click(_))) | None => return Err(Error::NotFound),
    };
    let (workspace, lead) = store::of_send(app, send).await?.ok_or(Error::NotFound)?;
    Ok((workspace, send, lead))
}

/// Suppresses the address of a send for the whole workspace. What is suppressed already stays as it is, without a further
/// audit row.
async fn unsubscribe(app: &App, workspace: Uuid, (send, lead): (Uuid, Uuid)) -> Result<()> {
    let can = Can::<Launch>::unattended(app, workspace);
    if store::is_unsubscribed(&can, can.reader().into(), send).await? {
        return Ok(());
    }
    can.write(async move |can, tx| {
        let sent = store::sent(can, (&mut *tx).into(), send).await?.ok_or(Error::NotFound)?;
        let email = store::address(can, (&mut *tx).into(), &sent).await?;
        let by = (Why::Unsubscribed, "unsubscribe link");
        if block_list_entries::suppress(can, tx, (&sent.recipient, email.as_deref()), by).await? > 0 {
            if let Some(email) = &email {
                store::mark_address(can, tx, email, UNSUBSCRIBED).await?;
            }
            let event = Event::new(Kind::LeadUnsubscribed).of_lead(lead, Some(sent.campaign));
            events::record(can, tx, event).await?;
        }
        let facts = json!({ "unsubscribed": true });
        Ok(Change::new(Subject::new("lead", lead), (), facts, ()).numbered(ACTIVITY))
    })
    .await
}
