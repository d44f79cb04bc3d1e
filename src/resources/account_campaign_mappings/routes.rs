//! The JSON face of the campaigns that send from an account.

use super::AccountCampaignMapping;
use super::list::Filter;
use crate::access::{Can, account_campaign_mappings::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Path, Query};
use crate::resources::accounts::Email;
use aide::axum::{ApiRouter, routing::get};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new().api_route("/api/v2/account-campaign-mappings/{email}", get(list))
}

async fn list(
    can: Can<Read>,
    Path(Email { email }): Path<Email>,
    Query(filter): Query<Filter>,
    _: Nothing,
) -> Result<Json<Page<AccountCampaignMapping, String>>> {
    super::list(can, &email, filter).await.map(Json)
}
