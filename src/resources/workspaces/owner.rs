//! Handing over the ownership: there is exactly one owner before and after, and the old one becomes admin.

use super::NewOwner;
use crate::access::{Caller, Role, Step};
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::jobs::outbox;
use crate::mail::letters::{self, Ownership};
use crate::resources::{api_keys, white_label, workspace_members};
use uuid::Uuid;

/// Who is named, in one of the two forms; of the official one, the password is already found right.
pub enum Wanted {
    Id(Uuid),
    Email(String),
}

impl Wanted {
    pub async fn of(can: &Caller, body: NewOwner) -> Result<Wanted> {
        match (body.new_owner_id, body.email, body.sec) {
            (Some(id), _, _) => Ok(Wanted::Id(id)),
            (None, Some(email), Some(sec)) => {
                let stored =
                    sql("select password_hash from users where id = $1 and password_hash is not null")
                        .bind(can.user());
                let stored: Option<String> = stored.optional(can.reader()).await?;
                let _turn = can.app().passwords.turn().await;
                match can.app().passwords.verify(&sec, stored.as_deref()).await? {
                    true => Ok(Wanted::Email(workspace_members::address(&email))),
                    // A refusal, and recorded as one.
                    false => {
                        Err(Error::refused(Step::Role, "role: `sec` must be the present owner's password"))
                    }
                }
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
    let (workspace, by) = (super::store::current(can, &mut *tx).await?.name, can.grant.label());
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
