//! From somebody who has shown who he is to a session: in which workspace, and what is still missing.

use super::{Next, Signed, SignedIn, challenge::Answered, store};
use crate::access::{Caller, Can, Entry, LoginPolicy, Method, Permission, Stage, Step, sessions as may};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth::{self, Cookie};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::Origin;
use crate::resources::factors;
use crate::time::Time;
use axum::http::HeaderValue;
use serde_json::json;
use uuid::Uuid;

/// A workspace in which somebody could act.
#[derive(Clone, Debug)]
pub struct Home {
    pub workspace: Uuid,
    pub name: String,
    pub policy: LoginPolicy,
}

/// What was shown. It is looked at once more in the transaction that makes the session, so that a password or a
/// passkey that is given up in between opens nothing.
#[derive(Clone)]
pub enum Proof {
    /// The stored hash that the password was right for, and whether it is long enough to stand alone.
    Password {
        hash: String,
        long: bool,
    },
    Passkey(Box<Answered>),
}

impl Proof {
    pub fn method(&self) -> Method {
        match self {
            Proof::Password { .. } => Method::Password,
            Proof::Passkey(_) => Method::Passkey,
        }
    }

    /// A passkey is two factors in one.
    pub fn is_whole(&self) -> bool {
        matches!(self, Proof::Passkey(_))
    }

    pub async fn spend(&self, user: Uuid, now: Time, tx: &mut Tx) -> Result<()> {
        let holds = match self {
            Proof::Password { hash, long } => store::has_password(tx, user, hash, *long).await?,
            Proof::Passkey(answered) => answered.spend(user, now, tx).await?,
        };
        if holds { Ok(()) } else { Err(Error::refused(Step::Credential, auth::ENDED)) }
    }
}

/// A token for a cookie, and what is stored of it.
pub fn token(app: &App) -> Result<(String, String)> {
    let token = auth::token(&app.random()?);
    let hash = auth::hash(&token);
    Ok((token, hash))
}

/// Where somebody can act, the last place first. A workspace that is asked for must be among them.
pub async fn homes(app: &App, user: Uuid, wanted: Option<Uuid>) -> Result<Vec<Home>> {
    let mut homes = store::homes(&app.reader, user, app.now()).await?;
    homes.retain(|home| wanted.is_none_or(|wanted| home.workspace == wanted));
    match homes.is_empty() {
        true => Err(Error::refused(
            Step::Role,
            "role: you are not a member of that workspace, or of any; ask for an invitation",
        )),
        false => Ok(homes),
    }
}

/// The first that lets this person in, from here, in this way.
pub fn admitted<'a>(homes: &'a [Home], entry: &Entry) -> Result<&'a Home> {
    let open = homes.iter().find(|home| home.policy.refuses(entry).is_none());
    let why = || homes.first().and_then(|home| home.policy.refuses(entry)).unwrap_or("nobody");
    open.ok_or_else(|| Error::refused(Step::Network, format!("network: {}", why())))
}

/// Makes the session that the proof is good for.
pub async fn begin(
    app: &App,
    origin: Origin,
    user: Uuid,
    proof: Proof,
    wanted: Option<Uuid>,
) -> Result<Signed<SignedIn>> {
    let (method, second_factor) = (proof.method(), proof.is_whole());
    let kinds = factors::store::kinds(&app.reader, user).await?;
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
    /// What can be shown as the second factor.
    pub kinds: Vec<String>,
}

impl Start {
    async fn write<P: Permission>(self, app: &App, origin: Origin, proof: Proof) -> Result<Signed<SignedIn>> {
        let ended = || Error::refused(Step::Credential, auth::ENDED);
        let can = Can::<P>::person(app, self.home.workspace, self.user, origin).await?.ok_or_else(ended)?;
        let (token, hash) = token(app)?;
        let written = can.write(async move |can, tx| {
            proof.spend(self.user, can.now(), tx).await?;
            if factors::store::kinds(&mut *tx, self.user).await? != self.kinds {
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

    /// The session, under the hash of its token.
    pub async fn open(&self, can: &Caller, tx: &mut Tx, hash: &str) -> Result<SignedIn> {
        let new = store::New {
            hash: hash.to_owned(),
            user: self.user,
            id: can.new_id(),
            workspace: self.home.workspace,
            stage: stage(self.next),
            method: self.method,
            second_factor: self.second_factor,
        };
        store::insert(can, tx, &new).await?;
        let (now, pending) = (can.now(), self.next == Next::SecondFactor);
        Ok(SignedIn {
            next: self.next,
            second_factors: if pending { self.kinds.clone() } else { vec![] },
            session_id: new.id,
            user_id: self.user,
            workspace_id: self.home.workspace,
            workspace_name: self.home.name.clone(),
            expires_at: if pending { now.plus(super::PENDING) } else { self.home.policy.ends(now, now) },
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

/// With the session in a cookie; who has signed in gets a second one, by which the device is known again.
pub fn answer(app: &App, body: SignedIn, token: &str) -> Result<Signed<SignedIn>> {
    let mut cookies = vec![app.site.set(Cookie::Session, token)?];
    if body.next != Next::SecondFactor {
        cookies.push(device(app, body.user_id)?);
    }
    Ok(Signed { body, cookies })
}

const DEVICE: &str = "device";

pub fn device(app: &App, user: Uuid) -> Result<HeaderValue> {
    let sealed = app.vault.seal(user, DEVICE, &app.now().0.to_be_bytes(), &app.random()?)?;
    app.site.set(Cookie::Device, &sealed)
}

/// Whether the person has signed in with this device before, and since his password was chosen: whoever had the one
/// before has no tries of his own at the next.
pub fn knows_device(app: &App, user: Uuid, chosen: Time, cookie: &str) -> bool {
    let since = app.vault.open(user, DEVICE, cookie).ok().and_then(|bytes| bytes.try_into().ok());
    since.is_some_and(|bytes| i64::from_be_bytes(bytes) >= chosen.0)
}
