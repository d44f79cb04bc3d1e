//! Connects a sending account.

use super::connection::State;
use super::{ACTIVE, Account, COLD, New, address, assignment, store, subject};
use crate::access::{Can, Permission, accounts::Create};
use crate::audit::Change;
use crate::error::{Error, Result};
use crate::http::is_email;
use crate::resources::custom_tags;

pub async fn create(can: Can<Create>, mut new: New) -> Result<Account> {
    // The reference accepts any text here, and answers with an address or nothing.
    new.reply_to = new.reply_to.filter(|given| !given.is_empty());
    if new.reply_to.as_ref().is_some_and(|given| !is_email(given)) {
        return Err(Error::invalid("body/reply_to must match format \"email\""));
    }
    new.reply_to = new.reply_to.as_deref().map(address);
    can.write(async move |can, tx| {
        let mut account = connected(can, &new);
        account.assigned_to = assignment::of_new(can, tx, new.assigned_to.as_deref()).await?;
        if store::taken(can, tx, &account.email).await? {
            return Err(Error::Conflict("A sending account with this email already exists.".to_owned()));
        }
        account.sealed = Some(new.connection.sealed(can.app(), can.workspace(), account.id)?);
        can.insert(tx, &account).await?;
        let tags = custom_tags::of_limit(can, tx, Create::ACTION.name).await?;
        custom_tags::map(can, tx, &tags, (custom_tags::ACCOUNT, &[account.id])).await?;
        Ok(Change::created(subject(&account), account))
    })
    .await
}

fn connected(can: &Can<Create>, new: &New) -> Account {
    let mut settings = new.settings.clone();
    if let Some(tag) = &new.warmup_custom_ftag {
        settings.warmup.get_or_insert_default().warmup_custom_ftag = Some(tag.clone());
    }
    Account {
        id: can.id_of_new(),
        email: address(&new.email),
        timestamp_created: can.now(),
        timestamp_updated: can.now(),
        first_name: new.first_name.clone(),
        last_name: new.last_name.clone(),
        organization: can.workspace(),
        added_by: can.user(),
        modified_by: None,
        status: ACTIVE,
        status_message: None,
        warmup_status: COLD,
        timestamp_warmup_start: None,
        stat_warmup_score: None,
        provider_code: new.provider_code,
        setup_pending: false,
        is_managed_account: false,
        bought: Default::default(),
        reply_to: new.reply_to.clone(),
        settings,
        assigned_to: None,
        connection: State::NotTried,
        sealed: None,
    }
}
