use super::sealed::Sealed;
use super::{Webhook, store};
use crate::access::{Can, webhooks::Rotate};
use crate::audit::Change;
use crate::error::Result;
use serde_json::json;
use uuid::Uuid;

/// Gives a webhook a new secret. For a day, the previous secret signs too.
pub async fn rotate(can: Can<Rotate>, id: Uuid) -> Result<Webhook> {
    can.write(async move |can, tx| {
        let webhook: Webhook = can.find(&mut *tx, id).await?;
        let sealed = store::sealed(can, tx, id).await?;
        let mut sealed = Sealed::open(can.app(), can.workspace(), id, &sealed)?;
        sealed.rotate(can.app())?;
        store::set_sealed(can, tx, id, &sealed.seal(can.app(), can.workspace(), id)?).await?;
        let answer = Webhook { secret: Some(sealed.secret()), ..webhook };
        Ok(Change::new(answer.subject(), (), json!({ "secret_rotated": true }), answer))
    })
    .await
}
