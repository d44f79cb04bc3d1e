//! The JSON face of the campaigns that send from an account.

use super::AccountCampaignMapping;
use super::list::Filter;
use crate::access::{Can, account_campaign_mappings::*};
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Path, Query};
use crate::resources::accounts::Email;
use crate::resources::operations;

operations! {
    /// List the campaigns that send from an account
    ///
    /// Newest first. Lists only campaigns that the caller can see. Answers 404 if the caller cannot see
    /// the account.
    GET "/api/v2/account-campaign-mappings/{email}" => list as "getAccountCampaignMapping";
}

async fn list(
    can: Can<Read>,
    Path(Email { email }): Path<Email>,
    Query(filter): Query<Filter>,
    _: Nothing,
) -> Result<Json<Page<AccountCampaignMapping, String>>> {
    super::list(can, &email, filter).await.map(Json)
}
