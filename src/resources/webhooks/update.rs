use super::create::{check_campaign, check_events};
use super::sealed::{REDACTED, Sealed};
use super::target::{check_headers, check_url, keep_redacted, shown};
use super::{Patch, Webhook, store};
use crate::access::{Can, webhooks::Update};
use crate::audit::Change;
use crate::error::{Error, Result};
use serde_json::json;
use url::{Origin, Url};
use uuid::Uuid;

/// The caller becomes the maker. Otherwise they could direct events to themselves that only the previous maker can see.
pub async fn update(can: Can<Update>, id: Uuid, patch: Patch) -> Result<Webhook> {
    let headers = match patch.headers.get() {
        Some(given) => Some(check_headers(&given.clone().unwrap_or_default())?),
        None => None,
    };
    if let Some(url) = patch.target_hook_url.get() {
        check_url(can.app(), url)?;
    }
    can.write(async move |can, tx| {
        let before: Webhook = can.find(&mut *tx, id).await?;
        let mut after = patch.over(&before).made_by(can);
        check_events(can, after.event_type, after.custom_interest_value)?;
        if after.campaign != before.campaign {
            check_campaign(can, tx, after.campaign).await?;
        }
        // Otherwise a member who can change a webhook could read the values at a server of their own.
        let keeps = headers.as_ref().is_none_or(|given| given.values().any(|value| value == REDACTED));
        if keeps && before.headers.is_some() && origin(&after) != origin(&before) {
            return Err(Error::invalid(
                "body/headers must have new values, because target_hook_url names another server",
            ));
        }
        if let Some(headers) = &headers {
            let sealed = store::sealed(can, tx, id).await?;
            let mut sealed = Sealed::open(can.app(), can.workspace(), id, &sealed)?;
            sealed.headers = keep_redacted(headers.clone(), &sealed.headers);
            after.headers = shown(&sealed.headers);
            store::set_sealed(can, tx, id, &sealed.seal(can.app(), can.workspace(), id)?).await?;
        }
        can.update(tx, &after).await?;
        let change = Change::updated(before.subject(), &before, after);
        // The log does not have the values, so it says that some were sent.
        Ok(if headers.is_some() { change.with(json!({ "header_values_sent": true })) } else { change })
    })
    .await
}

/// The server that a webhook calls. It gets the values of the headers.
fn origin(webhook: &Webhook) -> Option<Origin> {
    webhook.target_hook_url.parse::<Url>().ok().map(|url| url.origin())
}
