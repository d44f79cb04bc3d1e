//! The brand that people see: name, colour and logo.

use super::{Branding, BrandingPatch, contrast, store, subject};
use crate::access::{Can, branding};
use crate::audit::Change;
use crate::error::{Error, Result};
use crate::mail;

pub async fn show_branding(can: &Can<branding::Read>) -> Result<Branding> {
    store::branding(can, can.reader()).await
}

pub async fn update_branding(can: Can<branding::Update>, patch: BrandingPatch) -> Result<Branding> {
    let BrandingPatch { brand_name, brand_color, .. } = &patch;
    if brand_name.get().and_then(Option::as_deref).is_some_and(|name| !mail::is_plain(name)) {
        return Err(Error::invalid(
            "body/brand_name must be one line of plain text, without spaces around it and without characters that \
             are not seen",
        ));
    }
    brand_color.get().and_then(Option::as_deref).map_or(Ok(()), contrast::check)?;
    can.write(async move |can, tx| {
        let before = store::branding(can, &mut *tx).await?;
        let after = patch.over(&before);
        store::set_branding(can, tx, &after).await?;
        Ok(Change::updated(subject(can), &before, after))
    })
    .await
}
