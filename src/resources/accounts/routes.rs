//! The JSON face of sending accounts.

use super::analytics::{Accounts, Day, Range, Warmup};
use super::assign::{Assigned, Assignment};
use super::list::{Filter, Listed};
use super::pause::{Many, Paused};
use super::statuses::{Slice, Statuses};
use super::vitals::{Host, TestVitals, Tracking, Vitals};
use super::warmup::WarmupAccounts;
use super::{Account, Email, New, Patch, address};
use crate::access::{Can, Seen, accounts::*};
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Path, Query, Unread};
use crate::resources::background_jobs::BackgroundJob;
use crate::resources::operations;

operations! {
    /// List sending accounts
    ///
    /// Newest first, unless `sort_by` says otherwise. Lists only accounts that the caller can see. With
    /// `sort_by`, use `skip` instead of `starting_after` to go from page to page.
    GET "/api/v2/accounts" => list as "listAccount";

    /// Connect a sending account
    ///
    /// Stores the account with its passwords encrypted, and never shows the passwords again. Does not log
    /// in to the mail servers: `POST /api/v2/accounts/test/vitals` does. A caller with a tag limit gives
    /// the account the tags of that limit.
    ///
    /// Answers 409 if the workspace has an account with this address.
    POST "/api/v2/accounts" => create as "createAccount"
        with {
            "email": "ann@outreach.example", "first_name": "Ann", "last_name": "Lee", "provider_code": 1,
            "imap_username": "ann@outreach.example", "imap_password": "...",
            "imap_host": "imap.outreach.example", "imap_port": 993,
            "smtp_username": "ann@outreach.example", "smtp_password": "...",
            "smtp_host": "smtp.outreach.example", "smtp_port": 465
        };

    /// Get a sending account
    ///
    /// The address stands in the path in place of an id. Passwords are never part of the answer.
    GET "/api/v2/accounts/{email}" => show as "getAccount";

    /// Update a sending account
    ///
    /// Changes only the fields that the body names. A new `assigned_to` hands the account to another
    /// member. Campaigns whose owner can no longer send from the account lose it.
    PATCH "/api/v2/accounts/{email}" => update as "patchAccount" with { "daily_limit": 40 };

    /// Delete a sending account
    ///
    /// Takes the account off its campaigns. A large number of campaigns is changed in several
    /// transactions, each with its own audit row.
    DELETE "/api/v2/accounts/{email}" => remove as "deleteAccount";

    /// Pause several sending accounts
    ///
    /// Takes at most 100 addresses. Each address is either in `paused_emails` or in `failed_emails`:
    /// accounts that do not exist and accounts that the caller cannot pause are in the second list.
    POST "/api/v2/accounts/pause" => pause_many as "pauseAccounts"
        with { "emails": ["ann@outreach.example"] };

    /// Pause a sending account
    ///
    /// A paused account sends nothing until it is resumed. A paused account stays unchanged.
    POST "/api/v2/accounts/{email}/pause" => pause as "pauseAccount";

    /// Resume a paused sending account
    ///
    /// An account that is not paused stays unchanged.
    POST "/api/v2/accounts/{email}/resume" => resume as "resumeAccount";

    /// Mark a sending account as fixed
    ///
    /// Clears the account's error and makes it active. An account without an error stays unchanged.
    POST "/api/v2/accounts/{email}/mark-fixed" => mark_fixed as "markAccountFixed";

    /// Enable warm-up for sending accounts
    ///
    /// Starts a background job. Takes at most 100 addresses in `emails`, or all accounts that the caller
    /// may change with `include_all_emails`. `GET /api/v2/background-jobs/{id}` shows the progress.
    POST "/api/v2/accounts/warmup/enable" => enable_warmup as "enableWarmupForAccounts"
        with { "emails": ["ann@outreach.example"] };

    /// Disable warm-up for sending accounts
    ///
    /// Starts a background job. Takes at most 100 addresses in `emails`, or all accounts that the caller
    /// may change with `include_all_emails`. `GET /api/v2/background-jobs/{id}` shows the progress.
    POST "/api/v2/accounts/warmup/disable" => disable_warmup as "disableWarmupForAccounts"
        with { "include_all_emails": true };

    /// Get the warm-up analytics of sending accounts
    ///
    /// Reads and changes nothing. Leaves out accounts that the caller cannot see.
    POST "/api/v2/accounts/warmup-analytics" => warmup_analytics as "getWarmupAnalytics"
        with { "emails": ["ann@outreach.example"] };

    /// Get what sending accounts sent per day
    ///
    /// Covers at most 31 days and answers at most 10,000 rows. Without `emails` it covers all accounts
    /// that the caller can see.
    GET "/api/v2/accounts/analytics/daily" => daily_analytics as "getDailyAccountAnalytics";

    /// Check a custom tracking domain
    ///
    /// Looks the host up in the DNS when it is called. Stores nothing.
    GET "/api/v2/accounts/ctd/status" => tracking_status as "getCtdStatus";

    /// Test the DNS and the mail servers of sending accounts
    ///
    /// Looks up MX, SPF, DKIM and DMARC of each domain, and logs in to the mail servers of each account.
    /// Takes at most 50 addresses. Stores with each account whether its logins worked.
    POST "/api/v2/accounts/test/vitals" => test_vitals as "testAccountVitals"
        with { "accounts": ["ann@outreach.example"] };

    /// Assign a sending account to a member
    ///
    /// An older call that serves existing scripts. `assigned_to` is the member's address. Null takes the
    /// account back.
    POST "/api/v1/account/assign" => assign as "assignAccount"
        with { "account_email": "ann@outreach.example", "assigned_to": "sam@acme.example" } + ours;

    /// List the state of all sending accounts
    ///
    /// An older call that serves existing scripts. Shows the daily limit, what was sent today (UTC), and
    /// the warm-up of each account that the caller can see. Answers at most 1,000 accounts.
    GET "/api/v1/account/status" => statuses as "listAccountStatuses" + ours;
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
    can.find::<Account>(can.reader(), address(&email)).await?;
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

async fn mark_fixed(can: Can<Fix>, Path(Email { email }): Path<Email>, _: Nothing) -> Result<Json<Account>> {
    super::mark_fixed(can, email).await.map(Json)
}

async fn assign(can: Can<Assign>, Json(wanted): Json<Assignment>) -> Result<Json<Assigned>> {
    super::assign(can, wanted).await.map(Json)
}

async fn statuses(can: Can<Read>, Query(slice): Query<Slice>) -> Result<Json<Statuses>> {
    super::statuses(can, slice).await.map(Json)
}

async fn enable_warmup(
    can: Can<Warm>,
    Json(wanted): Json<WarmupAccounts>,
) -> Result<Json<Seen<BackgroundJob>>> {
    super::enable_warmup(can, wanted).await.map(Json)
}

async fn disable_warmup(
    can: Can<Warm>,
    Json(wanted): Json<WarmupAccounts>,
) -> Result<Json<Seen<BackgroundJob>>> {
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
