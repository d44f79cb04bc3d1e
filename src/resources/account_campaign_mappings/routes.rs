use super::{AccountCampaignMapping, store};
use crate::access::{Can, account_campaign_mappings::*};
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Path, Query, absent_not_null, after_time};
use crate::resources::accounts::Email;
use crate::resources::operations;
use schemars::JsonSchema;
use serde::Deserialize;

operations! {
    router:

    /// List the campaigns that send from an account
    ///
    /// Newest first. Lists only campaigns that the caller can see. Answers 404 if the caller cannot see
    /// the account.
    GET "/api/v2/account-campaign-mappings/{email}" => list as "getAccountCampaignMapping";
}

#[derive(Deserialize, JsonSchema)]
struct Filter {
    /// How many to give, 100 at most; 10 if it is left out.
    #[schemars(transform = absent_not_null)]
    limit: Option<f64>,
    /// `next_starting_after` of the page before: a time, or a time and an id with `&` between.
    #[schemars(transform = absent_not_null, length(max = 100))]
    starting_after: Option<String>,
}

async fn list(
    can: Can<Read>,
    Path(Email { email }): Path<Email>,
    Query(filter): Query<Filter>,
    _: Nothing,
) -> Result<Json<Page<AccountCampaignMapping, String>>> {
    let account = store::account(&can, &email).await?;
    let (limit, before) = (
        filter.limit.map_or(10, |limit| (limit as i64).clamp(1, 100)),
        after_time(filter.starting_after.as_deref())?,
    );
    let items = store::list(&can, account, before, limit).await?;
    let position = |last: &AccountCampaignMapping| format!("{}&{}", last.timestamp_created, last.campaign_id);
    Ok(Json(Page::new(items, limit, position)))
}
