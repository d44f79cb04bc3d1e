use super::{Advice, ApiKey, New, Preview, Rotation};
use crate::access::api_keys::{self, Create, Delete, Read, Rotate};
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
    /// The answer is the only place that shows the whole key. A key never has more rights than its maker. A
    /// key that another key creates expires with that key at the latest. A `personal` key is bound to the
    /// member who makes it, and stops working when they leave the workspace. A `canary` key gives no access. A
    /// call with it gets the answer for an unknown key. The use is recorded, and the owner and the admins get
    /// a letter.
    POST "/api/v2/api-keys" => create as "createAPIKey"
        with { "name": "CRM", "scopes": ["campaigns:read", "leads:create"] };

    /// Preview what an API key could do
    ///
    /// Takes the body of a creation, and creates nothing. The answer has the permissions that the key would
    /// have now, and counts the records that each of them would reach, up to 10,000.
    POST "/api/v2/api-keys/preview" => preview as "previewApiKey"
        with { "name": "CRM", "scopes": ["campaigns:read", "leads:create"] } + ours;

    /// Get advice about API keys
    ///
    /// For each key that is not revoked, says what needs attention, and suggests the narrowest scopes that allow
    /// what the key did in the last 90 days. The newest keys come first. Only callers who can see members get
    /// findings about the maker of a key.
    GET "/api/v2/api-keys/advice" => advice as "listApiKeyAdvice" + ours;

    /// Rotate an API key
    ///
    /// Creates a new key with the rights and limits of the old key, or with fewer scopes. The answer is the
    /// only place that shows the whole key. The old key expires when the overlap ends. The new key never has
    /// more rights than the caller or the old key, and expires no later than the old key would have. A key
    /// cannot rotate itself, and only its member can rotate a personal key. The caller also needs the
    /// permission `api_keys:delete`. The answer is 409 if the key was revoked or replaced, or has expired.
    POST "/api/v2/api-keys/{id}/rotate" => rotate as "rotateApiKey" with { "overlap_minutes": 60 } + ours;

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

async fn advice(can: Can<Read>, Query(roll): Query<Roll>) -> Result<Json<Page<Advice>>> {
    let paging = Paging::from(roll);
    let keys = super::advice(&can, &paging).await?;
    let advice = keys.into_iter().map(|(key, advised)| Advice::of(key, &advised)).collect();
    Ok(Json(Page::new(advice, paging.limit(), |one: &Advice| one.id)))
}

async fn rotate(
    can: Can<Rotate>,
    Path(Id { id }): Path<Id>,
    Json(wanted): Json<Rotation>,
) -> Result<Json<Seen<ApiKey>>> {
    super::rotate(can, id, wanted).await.map(Json)
}

async fn revoke(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<ApiKey>>> {
    super::revoke(can, id).await.map(Json)
}
