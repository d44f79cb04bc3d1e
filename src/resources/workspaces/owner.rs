//! Handing over the ownership: there is exactly one owner before and after, and the old one becomes an admin.

use super::NewOwner;
use crate::access::tries::{self, Limit};
use crate::access::{Caller, Role, Step};
use crate::auth::Seat;
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::jobs::outbox;
use crate::mail::letters::{self, Ownership};
use crate::resources::{api_keys, sessions, sign_in, white_label, workspace_members};
use uuid::Uuid;

/// The new owner, in one of the two forms. For the official one the password was already right.
pub enum Wanted {
    Id(Uuid),
    Email(String),
}

impl Wanted {
    /// And for what a try at the password counted; it is forgiven once the change is made.
    pub async fn of(can: &Caller, body: NewOwner) -> Result<(Wanted, Vec<Limit>)> {
        match (body.new_owner_id, body.email, body.sec) {
            (Some(id), _, _) => Ok((Wanted::Id(id), vec![])),
            (None, Some(email), Some(sec)) => {
                let limits = shown(can, &sec).await?;
                Ok((Wanted::Email(workspace_members::address(&email)), limits))
            }
            (None, None, _) => {
                Err(Error::invalid("body must have required property 'new_owner_id' (or 'email' and 'sec')"))
            }
            (None, Some(_), None) => Err(Error::invalid("body must have required property 'sec'")),
        }
    }

    fn field(&self) -> &'static str {
        match self {
            Wanted::Id(_) => "new_owner_id",
            Wanted::Email(_) => "email",
        }
    }
}

/// Tries the password as every other one: counted before it is tried.
async fn shown(can: &Caller, sec: &str) -> Result<Vec<Limit>> {
    // Recorded as a refusal.
    let wrong = || {
        let why = "role: `sec` must be the current owner's password; after ten tries wait 15 minutes";
        Error::refused(Step::Role, why)
    };
    let (app, user) = (can.app(), can.user().ok_or_else(wrong)?);
    let limits = sign_in::tries_in_person(&format!("handing over by {user}"), can);
    if !tries::count(app, &limits).await? {
        return Err(wrong());
    }
    let stored = sessions::store::password_hash(can.reader(), user).await?;
    let right = app.passwords.verify(Seat::known(user), sec, stored.as_deref()).await;
    match tries::unless_busy(app, &limits, right).await? {
        true => Ok(limits),
        false => Err(wrong()),
    }
}

pub async fn hand_over(can: &Caller, tx: &mut Tx, wanted: &Wanted) -> Result<()> {
    use workspace_members::store;
    let found = match wanted {
        Wanted::Id(id) => store::accepted_by_id(can, &mut *tx, *id).await?,
        Wanted::Email(email) => store::accepted_by_email(can, &mut *tx, email).await?,
    };
    let Some(member) = found else {
        return Err(Error::invalid(format!(
            "body/{} must be an accepted member of the workspace",
            wanted.field()
        )));
    };
    if store::is_owner(can, &mut *tx, member).await? {
        return Ok(()); // nothing to do
    }
    tell_owners(can, tx, member).await?;
    store::step_down(can, tx, Role::Admin).await?;
    store::step_up(can, tx, member).await?;
    api_keys::store::lower_ceilings(can, tx, Role::Owner, Role::Admin).await
}

/// By mail, if there is any: the old owner and the new one.
async fn tell_owners(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<()> {
    if can.app().mailer.is_none() {
        return Ok(());
    }
    let both: Vec<(bool, String)> = sql("select id = $2, email from members \
         where workspace_id = $1 and (id = $2 or role = 'owner')")
    .bind(can.workspace())
    .bind(member)
    .all(&mut *tx)
    .await?;
    let new = both.iter().find(|(is_new, _)| *is_new).map_or("", |(_, email)| email.as_str());
    let (workspace, by) = (super::store::current(can, &mut *tx).await?.name, can.label());
    let brand = white_label::store::brand(can, &mut *tx).await?;
    for (_, address) in &both {
        if outbox::has_room(can, tx, address).await? {
            let words = Ownership { workspace: &workspace, brand: &brand, new_owner: new, by: &by };
            let letter = letters::ownership(address, &words);
            outbox::post(can, tx, &letter?, "ownership").await?;
        }
    }
    Ok(())
}
