//! Hands over the ownership. A workspace has exactly one owner before and after; the former owner becomes an admin.

use super::{NewOwner, Workspace, store, subject};
use crate::access::tries::{self, Limit};
use crate::access::{Caller, Can, Role, Step, workspaces::ChangeOwner};
use crate::audit::Change;
use crate::auth::Seat;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::address;
use crate::jobs::outbox;
use crate::mail::letters::{self, Ownership};
use crate::resources::{api_keys, members, users};
use uuid::Uuid;

/// The new owner: a user id, a member id or an address.
pub enum Heir {
    Id(Uuid),
    Email(String),
}

impl Heir {
    fn field(&self) -> &'static str {
        match self {
            Heir::Id(_) => "new_owner_id",
            Heir::Email(_) => "email",
        }
    }
}

/// The official form names an address and the current owner's password, which is checked first.
pub async fn change_owner(can: Can<ChangeOwner>, wanted: NewOwner) -> Result<Workspace> {
    let (heir, limits) = match (wanted.new_owner_id, wanted.email, wanted.sec) {
        (Some(id), _, _) => (Heir::Id(id), vec![]),
        (None, Some(email), Some(sec)) => (Heir::Email(address(&email)), check_password(&can, &sec).await?),
        (None, None, _) => {
            let why = "body must have required property 'new_owner_id' (or 'email' and 'sec')";
            return Err(Error::invalid(why));
        }
        (None, Some(_), None) => return Err(Error::invalid("body must have required property 'sec'")),
    };
    let app = can.app().clone();
    let changed = hand_over(can, heir).await?;
    tries::forgive(&app, &limits, true).await;
    Ok(changed)
}

/// The try is counted before it is made. It returns what it counted for, to be forgiven once the change is made.
async fn check_password(can: &Caller, sec: &str) -> Result<Vec<Limit>> {
    // A refusal, so that it is recorded.
    let wrong = || {
        let why = "role: `sec` must be the current owner's password; after ten tries wait 15 minutes";
        Error::refused(Step::Role, why)
    };
    let (app, user) = (can.app(), can.user().ok_or_else(wrong)?);
    let limits = users::tries_in_person(&format!("handing over by {user}"), can);
    if !tries::count(app, &limits).await? {
        return Err(wrong());
    }
    let stored = users::password_hash(can.reader(), user).await?;
    let right = app.passwords.verify(Seat::known(user), sec, stored.as_deref()).await;
    match tries::unless_busy(app, &limits, right).await? {
        true => Ok(limits),
        false => Err(wrong()),
    }
}

/// Makes another member the owner. The caller has proven enough for it.
pub async fn hand_over(can: Can<ChangeOwner>, heir: Heir) -> Result<Workspace> {
    can.write(async move |can, tx| {
        let before = store::current(can, &mut *tx).await?;
        let found = match &heir {
            Heir::Id(id) => members::accepted_by_id(can, &mut *tx, *id).await?,
            Heir::Email(email) => members::accepted_by_email(can, &mut *tx, email).await?,
        };
        let unknown =
            || Error::invalid(format!("body/{} must be an accepted member of the workspace", heir.field()));
        let member = found.ok_or_else(unknown)?;
        if !members::is_owner(can, &mut *tx, member).await? {
            tell_owners(can, tx, member).await?;
            members::step_down(can, tx, Role::Admin).await?;
            // Their keys of the time when they came through an admin workspace no longer work.
            api_keys::revoke_personal_through_link(can, tx, member).await?;
            members::step_up(can, tx, member).await?;
            api_keys::lower_ceilings(can, tx, Role::Owner, Role::Admin).await?;
        }
        let after = store::current(can, &mut *tx).await?;
        Ok(Change::updated(subject(&before), &before, after))
    })
    .await
}

/// Sends a letter to the former owner and to the new one, if the server has mail.
async fn tell_owners(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<()> {
    if can.app().mailer.is_none() {
        return Ok(());
    }
    let both = members::owner_and(can, tx, member).await?;
    let new = both.iter().find(|(is_new, _)| *is_new).map_or("", |(_, email)| email.as_str());
    let (workspace, by) = (store::current(can, &mut *tx).await?.name, can.label());
    let brand = store::brand(can, &mut *tx).await?;
    for (_, address) in &both {
        if outbox::has_room(can, tx, address).await? {
            let words = Ownership { workspace: &workspace, brand: &brand, new_owner: new, by: &by };
            let letter = letters::ownership(address, &words);
            outbox::post(can, tx, &letter?, "ownership").await?;
        }
    }
    Ok(())
}
