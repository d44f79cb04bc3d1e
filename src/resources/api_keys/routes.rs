use super::{ApiKey, New, Preview};
use crate::access::api_keys::{self, Create, Delete, Read};
use crate::access::{Answer, Can, Seen};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Paging, Path, Query, Roll};
use crate::resources::operations;

operations! {
    /// List API keys
    ///
    /// Newest first. Shows the prefix and the last four characters of each key. Leaves out revoked keys.
    GET "/api/v2/api-keys" => list as "listAPIKey";

    /// Create an API key
    ///
    /// The answer is the only place that shows the whole key. A key never has more rights than its maker.
    /// A key that another key creates expires with that key at the latest. A `personal` key is bound to
    /// the member who makes it, and stops working when they leave the workspace.
    POST "/api/v2/api-keys" => create as "createAPIKey"
        with { "name": "CRM", "scopes": ["campaigns:read", "leads:create"] };

    /// Preview what an API key could do
    ///
    /// Takes the body of a creation, and creates nothing. The answer has the permissions that the key would
    /// have now, and counts the records that each of them would reach, up to 10,000.
    POST "/api/v2/api-keys/preview" => preview as "previewApiKey"
        with { "name": "CRM", "scopes": ["campaigns:read", "leads:create"] } + ours;

    /// Revoke an API key
    ///
    /// The key stops working at once. A key cannot revoke itself, and a caller from an admin workspace
    /// cannot revoke personal keys. Answers 409 if the key is revoked already.
    DELETE "/api/v2/api-keys/{id}" => revoke as "deleteAPIKey";
}

async fn list(can: Can<Read>, Query(roll): Query<Roll>) -> Result<Json<Page<Seen<ApiKey>>>> {
    let paging = Paging::from(roll);
    let keys = super::list(&can, &paging).await?.into_iter().map(|key| key.seen_by(&can)).collect();
    Ok(Json(Page::new(keys, paging.limit(), |key: &Seen<ApiKey>| key.id)))
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<Seen<ApiKey>>> {
    super::create(can, new).await.map(Json)
}

async fn preview(can: Can<api_keys::Preview>, Json(new): Json<New>) -> Result<Json<Preview>> {
    super::preview(&can, &new).await.map(Json)
}

async fn revoke(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<ApiKey>>> {
    super::revoke(can, id).await.map(Json)
}
