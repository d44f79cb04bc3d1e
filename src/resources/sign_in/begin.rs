//! From a proof of the person to a session: in which workspace, and what the person still has to do.

use super::proof::Proof;
use super::{Next, PENDING, SignedIn};
use crate::access::{Caller, Can, Entry, Method, Permission, Stage, Step, sessions as may};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::Origin;
use crate::resources::factors;
use crate::resources::sessions::{self, Signed, StartedSession, Token};
use crate::resources::users::{self, Home};
use serde_json::json;
use uuid::Uuid;

/// Where a user can act; the place of their last session comes first. A workspace that they ask for must be among them.
pub async fn homes(app: &App, user: Uuid, wanted: Option<Uuid>) -> Result<Vec<Home>> {
    let mut homes = users::homes(&app.reader, user, app.now()).await?;
    homes.retain(|home| wanted.is_none_or(|wanted| home.workspace == wanted));
    match homes.is_empty() {
        true => Err(Error::refused(
            Step::Role,
            "role: you are not a member of that workspace, or of any; ask for an invitation",
        )),
        false => Ok(homes),
    }
}

/// The first workspace whose login policy admits the person from here and in this way.
fn admitted<'a>(homes: &'a [Home], entry: &Entry) -> Result<&'a Home> {
    let open = homes.iter().find(|home| home.policy.refuses(entry).is_none());
    let why = || homes.first().and_then(|home| home.policy.refuses(entry)).unwrap_or("no workspace");
    open.ok_or_else(|| Error::refused(Step::Network, format!("network: {}", why())))
}

/// Makes the session that the proof is sufficient for.
pub async fn begin(
    app: &App,
    origin: Origin,
    user: Uuid,
    proof: Proof,
    wanted: Option<Uuid>,
) -> Result<Signed<SignedIn>> {
    let (method, second_factor) = (proof.method(), proof.is_whole());
    let kinds = factors::kinds(&app.reader, user).await?;
    let may_enrol = !kinds.iter().any(|kind| kind == factors::PASSKEY);
    let entry = Entry { method, address: origin.address, may_enrol };
    let homes = homes(app, user, wanted).await?;
    let home = admitted(&homes, &entry)?.clone();
    let next = match (second_factor, kinds.is_empty()) {
        (true, _) => Next::Done,
        (false, false) => Next::SecondFactor,
        (false, true) if home.policy.requires_factor(app.now()) || !home.policy.methods.contains(&method) => {
            Next::EnrolSecondFactor
        }
        (false, true) => Next::Done,
    };
    let start = Start { user, home, next, method, second_factor, kinds };
    match next {
        Next::SecondFactor => start.write::<may::Begin>(app, origin, proof).await,
        Next::Done | Next::EnrolSecondFactor => start.write::<may::SignIn>(app, origin, proof).await,
    }
}

/// A session to be.
#[derive(Clone)]
pub struct Start {
    pub user: Uuid,
    pub home: Home,
    pub next: Next,
    pub method: Method,
    pub second_factor: bool,
    /// The second factors that the person can show.
    pub kinds: Vec<String>,
}

impl Start {
    async fn write<P: Permission>(self, app: &App, origin: Origin, proof: Proof) -> Result<Signed<SignedIn>> {
        let ended = || Error::refused(Step::Credential, auth::ENDED);
        let can = Can::<P>::person(app, self.home.workspace, self.user, origin).await?.ok_or_else(ended)?;
        let token = Token::new(app)?;
        let hash = token.hash.clone();
        let written = can.write(async move |can, tx| {
            proof.spend(self.user, can.now(), tx).await?;
            if factors::kinds(&mut *tx, self.user).await? != self.kinds {
                return Err(Error::Conflict(
                    "the second factors have just changed; sign in again".to_owned(),
                ));
            }
            let signed = self.open(can, tx, &hash).await?;
            let after = json!({ "method": self.method, "next": self.next });
            Ok(Change::new(Subject::new("session", signed.session_id), (), after, signed))
        });
        answer(app, written.await?, &token)
    }

    /// Stores the session under the hash of its token.
    pub async fn open(&self, can: &Caller, tx: &mut Tx, hash: &str) -> Result<SignedIn> {
        let new = StartedSession {
            hash: hash.to_owned(),
            user: self.user,
            id: can.new_id(),
            stage: stage(self.next),
            method: self.method,
            second_factor: self.second_factor,
        };
        sessions::insert(can, tx, &new).await?;
        users::act_in(can, tx, self.user).await?;
        let (now, pending) = (can.now(), self.next == Next::SecondFactor);
        Ok(SignedIn {
            next: self.next,
            second_factors: if pending { self.kinds.clone() } else { vec![] },
            session_id: new.id,
            user_id: self.user,
            workspace_id: self.home.workspace,
            workspace_name: self.home.name.clone(),
            expires_at: if pending { now.plus(PENDING) } else { self.home.policy.ends(now, now) },
        })
    }
}

fn stage(next: Next) -> Stage {
    match next {
        Next::Done => Stage::Complete,
        Next::SecondFactor => Stage::SecondFactor,
        Next::EnrolSecondFactor => Stage::EnrolSecondFactor,
    }
}

/// The session goes into a cookie. A person who is signed in gets a second cookie, by which the server recognizes the
/// device.
pub fn answer(app: &App, body: SignedIn, token: &Token) -> Result<Signed<SignedIn>> {
    let mut cookies = vec![token.cookie(app)?];
    if body.next != Next::SecondFactor {
        cookies.push(users::device(app, body.user_id)?);
    }
    Ok(Signed { body, cookies })
}
