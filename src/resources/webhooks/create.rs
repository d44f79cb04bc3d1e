use super::sealed::Sealed;
use super::target::{check_headers, check_url, shown};
use super::{ACTIVE, EventType, New, Webhook, store};
use crate::access::{Caller, Can, accounts, leads, webhooks::Create};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use uuid::Uuid;

/// The most webhooks of a workspace, because each event is handed out to all of them in the transaction of its change.
const MOST: i64 = 50;

pub async fn create(can: Can<Create>, new: New) -> Result<Webhook> {
    check_events(&can, new.event_type, new.custom_interest_value)?;
    check_url(can.app(), &new.target_hook_url)?;
    let headers = check_headers(&new.headers.clone().unwrap_or_default())?;
    can.write(async move |can, tx| {
        check_campaign(can, tx, new.campaign).await?;
        if store::count(can, tx).await? >= MOST {
            return Err(Error::Conflict(format!("A workspace has at most {MOST} webhooks.")));
        }
        let id = can.id_of_new();
        let sealed = Sealed::new(can.app(), headers.clone())?;
        let webhook = Webhook {
            id,
            organization: can.workspace(),
            campaign: new.campaign,
            name: new.name.clone(),
            target_hook_url: new.target_hook_url.clone(),
            event_type: new.event_type,
            custom_interest_value: new.custom_interest_value,
            headers: shown(&sealed.headers),
            timestamp_created: can.now(),
            status: ACTIVE,
            timestamp_error: None,
            paused_because: None,
            made_by: None,
            secret: None,
            sealed: Some(sealed.seal(can.app(), can.workspace(), id)?),
            maker: None,
        };
        let webhook = webhook.made_by(can);
        can.insert(tx, &webhook).await?;
        store::insert_pump(can, tx, id).await?;
        let answer = Webhook { secret: Some(sealed.secret()), ..webhook };
        Ok(Change::created(answer.subject(), answer))
    })
    .await
}

/// A webhook must get some events, and its maker must be able to see what they are about.
pub fn check_events(can: &Caller, event: Option<EventType>, interest: Option<i64>) -> Result<()> {
    match (event, interest) {
        (None, None) => Err(Error::invalid("body must have 'event_type' or 'custom_interest_value'")),
        (Some(EventType::AccountError), None) => can.also::<accounts::Read>(),
        (_, _) => can.also::<leads::Read>(),
    }
}

/// The campaign must be one that the caller sees.
pub async fn check_campaign(can: &Caller, tx: &mut Tx, campaign: Option<Uuid>) -> Result<()> {
    let Some(id) = campaign else { return Ok(()) };
    can.is_about("campaign", id);
    match store::sees_campaign(can, tx, id).await? {
        true => Ok(()),
        false => Err(Error::invalid("body/campaign must be a campaign in this workspace")),
    }
}
