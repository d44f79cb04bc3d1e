//! The JSON face of sending accounts.

use super::analytics::{Accounts, Day, Range, Warmup};
use super::assign::{Assigned, Assignment};
use super::list::{Filter, Listed};
use super::pause::{Many, Paused};
use super::statuses::{Slice, Statuses};
use super::vitals::{Host, TestVitals, Tracking, Vitals};
use super::warmup::WarmupAccounts;
use super::{Account, Email, New, Patch, store};
use crate::access::{Can, accounts::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Path, Query, Unread, ours};
use crate::resources::background_jobs::BackgroundJob;
use aide::axum::ApiRouter;
use aide::axum::routing::{get, get_with, post, post_with};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/accounts", get(list).post(create))
        .api_route("/api/v2/accounts/{email}", get(show).patch(update).delete(remove))
        .api_route("/api/v2/accounts/pause", post(pause_many))
        .api_route("/api/v2/accounts/{email}/pause", post(pause))
        .api_route("/api/v2/accounts/{email}/resume", post(resume))
        .api_route("/api/v2/accounts/{email}/mark-fixed", post(mark_fixed))
        .api_route("/api/v2/accounts/warmup/enable", post(enable_warmup))
        .api_route("/api/v2/accounts/warmup/disable", post(disable_warmup))
        .api_route("/api/v2/accounts/warmup-analytics", post(warmup_analytics))
        .api_route("/api/v2/accounts/analytics/daily", get(daily_analytics))
        .api_route("/api/v2/accounts/ctd/status", get(tracking_status))
        .api_route("/api/v2/accounts/test/vitals", post(test_vitals))
        .api_route("/api/v1/account/assign", post_with(assign, ours))
        .api_route("/api/v1/account/status", get_with(statuses, ours))
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<Listed, String>>> {
    super::list(can, filter).await.map(Json)
}

async fn show(can: Can<Read>, Path(Email { email }): Path<Email>, _: Nothing) -> Result<Json<Account>> {
    super::show(can, &email).await.map(Json)
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<Account>> {
    super::create(can, new).await.map(Json)
}

async fn update(can: Can<Update>, email: Path<Email>, patch: Unread<Patch>) -> Result<Json<Account>> {
    let Path(Email { email }) = email;
    store::find(&can, can.reader(), &email).await?;
    super::update(can, email, patch.read().await?).await.map(Json)
}

async fn remove(can: Can<Delete>, Path(Email { email }): Path<Email>, _: Nothing) -> Result<Json<Account>> {
    super::remove(can, email).await.map(Json)
}

async fn pause(can: Can<Pause>, Path(Email { email }): Path<Email>, _: Nothing) -> Result<Json<Account>> {
    super::pause(can, email).await.map(Json)
}

async fn pause_many(can: Can<Pause>, Json(many): Json<Many>) -> Result<Json<Paused>> {
    super::pause_many(can, many).await.map(Json)
}

async fn resume(can: Can<Resume>, Path(Email { email }): Path<Email>, _: Nothing) -> Result<Json<Account>> {
    super::resume(can, email).await.map(Json)
}

async fn mark_fixed(can: Can<Mend>, Path(Email { email }): Path<Email>, _: Nothing) -> Result<Json<Account>> {
    super::mark_fixed(can, email).await.map(Json)
}

async fn assign(can: Can<Assign>, Json(wanted): Json<Assignment>) -> Result<Json<Assigned>> {
    super::assign(can, wanted).await.map(Json)
}

async fn statuses(can: Can<Read>, Query(slice): Query<Slice>) -> Result<Json<Statuses>> {
    super::statuses(can, slice).await.map(Json)
}

async fn enable_warmup(can: Can<Warm>, Json(wanted): Json<WarmupAccounts>) -> Result<Json<BackgroundJob>> {
    super::enable_warmup(can, wanted).await.map(Json)
}

async fn disable_warmup(can: Can<Warm>, Json(wanted): Json<WarmupAccounts>) -> Result<Json<BackgroundJob>> {
    super::disable_warmup(can, wanted).await.map(Json)
}

async fn warmup_analytics(can: Can<Read>, Json(accounts): Json<Accounts>) -> Result<Json<Warmup>> {
    super::warmup_analytics(can, accounts).await.map(Json)
}

async fn daily_analytics(can: Can<Read>, Query(range): Query<Range>) -> Result<Json<Vec<Day>>> {
    super::daily_analytics(can, range).await.map(Json)
}

async fn test_vitals(can: Can<Test>, Json(wanted): Json<TestVitals>) -> Result<Json<Vitals>> {
    super::test_vitals(can, wanted).await.map(Json)
}

async fn tracking_status(can: Can<Test>, Query(host): Query<Host>) -> Result<Json<Tracking>> {
    super::tracking_status(can, host).await.map(Json)
}
