//! The SQL of domains and brands.

use super::{Branding, Claim};
use crate::access::{Across, Caller, across};
use crate::db::{Source, Tx, record};
use crate::error::{Error, Result};
use crate::time::Time;
use uuid::Uuid;

record! { Claim { domain = "w.org_client_domain", token = "w.domain_token", verified_at = "w.domain_verified_at" } }
record! { Branding { brand_name = "w.brand_name", brand_color = "w.brand_color", org_logo_url = "w.org_logo_url" } }

/// The domain that the workspace asks for.
pub async fn claim(can: &Caller, from: impl Into<Source<'_>>) -> Result<Option<Claim>> {
    can.sql("select {columns} from workspaces w where w.id = {here} and w.org_client_domain is not null")
        .optional(from)
        .await
}

fn one_holder() -> Across {
    across("Only one workspace of the server holds a domain.")
}

/// The other workspace that holds the domain. A workspace whose removal is due holds none.
pub async fn holder(can: &Caller, from: impl Into<Source<'_>>, domain: &str) -> Result<Option<Claim>> {
    one_holder()
        .unfenced_sql(
            "select {columns} from workspaces w where w.id <> {here} and w.org_client_domain = $1 \
             and w.domain_verified_at is not null and coalesce(w.scheduled_for_removal_at > $2, true)",
        )
        .here(can.workspace())
        .bind(domain)
        .bind(can.now())
        .optional(from)
        .await
}

pub async fn set(can: &Caller, tx: &mut Tx, domain: &str, token: &str) -> Result<u64> {
    can.sql(
        "update workspaces set org_client_domain = $1, domain_token = $2, domain_verified_at = null, \
         timestamp_updated = $3 where id = {here}",
    )
    .bind(domain)
    .bind(token)
    .bind(can.now())
    .run(tx)
    .await
}

pub async fn remove(can: &Caller, tx: &mut Tx) -> Result<u64> {
    can.sql(
        "update workspaces set org_client_domain = null, domain_token = null, domain_verified_at = null, \
         timestamp_updated = $1 where id = {here}",
    )
    .bind(can.now())
    .run(tx)
    .await
}

/// From now on the workspace holds its domain; with none, it no longer does.
pub async fn hold(can: &Caller, tx: &mut Tx, verified_at: Option<Time>) -> Result<u64> {
    can.sql("update workspaces set domain_verified_at = $1 where id = {here}").bind(verified_at).run(tx).await
}

/// Takes the domain from the other workspaces that held it, and returns them.
pub async fn release(can: &Caller, tx: &mut Tx, domain: &str) -> Result<Vec<Uuid>> {
    one_holder()
        .unfenced_sql(
            "update workspaces set domain_verified_at = null where id <> {here} and org_client_domain = $1 \
             and domain_verified_at is not null returning id",
        )
        .here(can.workspace())
        .bind(domain)
        .all(tx)
        .await
}

pub async fn branding(can: &Caller, from: impl Into<Source<'_>>) -> Result<Branding> {
    let found = can.sql("select {columns} from workspaces w where w.id = {here}").optional(from);
    found.await?.ok_or_else(Error::hidden)
}

pub async fn set_branding(can: &Caller, tx: &mut Tx, branding: &Branding) -> Result<u64> {
    can.sql(
        "update workspaces set brand_name = $1, brand_color = $2, org_logo_url = $3, \
         timestamp_updated = $4 where id = {here}",
    )
    .bind(branding.brand_name.clone())
    .bind(branding.brand_color.clone())
    .bind(branding.org_logo_url.clone())
    .bind(can.now())
    .run(tx)
    .await
}
