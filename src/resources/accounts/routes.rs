use super::connection::State;
use super::filter::{StatusFilter, Wanted};
use super::store::{self, Place};
use super::{
    ACTIVE, Account, COLD, New, Patch, address, analytics, assignment, moving, state, v1, vitals, warmup,
};
use crate::access::{Can, Permission, STEP, accounts::*, one_more_step};
use crate::audit::{Change, Subject};
use crate::db::Time;
use crate::error::{Error, Result};
use crate::http::{Json, Nothing, Order, Page, Path, Query, Unread, absent_not_null, ids, is_email};
use crate::resources::custom_tags;
use crate::resources::operations;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::ops::ControlFlow::Break;

operations! {
    router:

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
    /// member. Campaigns whose owner may not send from the account any more lose it.
    PATCH "/api/v2/accounts/{email}" => update as "patchAccount" with { "daily_limit": 40 };

    /// Delete a sending account
    ///
    /// Takes the account off its campaigns. A large number of campaigns is changed in several
    /// transactions, each with its own audit row.
    DELETE "/api/v2/accounts/{email}" => remove as "deleteAccount";

    /// Pause several sending accounts
    ///
    /// Takes at most 100 addresses. Each address is either in `paused_emails` or in `failed_emails`:
    /// accounts that do not exist and accounts that the caller may not pause are in the second list.
    POST "/api/v2/accounts/pause" => state::pause_many as "pauseAccounts"
        with { "emails": ["ann@outreach.example"] };

    /// Pause a sending account
    ///
    /// A paused account sends nothing until it is resumed. A paused account stays unchanged.
    POST "/api/v2/accounts/{email}/pause" => state::pause as "pauseAccount";

    /// Resume a paused sending account
    ///
    /// An account that is not paused stays unchanged.
    POST "/api/v2/accounts/{email}/resume" => state::resume as "resumeAccount";

    /// Mark a sending account as fixed
    ///
    /// Clears the account's error and makes it active. An account without an error stays unchanged.
    POST "/api/v2/accounts/{email}/mark-fixed" => state::mark_fixed as "markAccountFixed";

    /// Move sending accounts between workspaces of a group
    ///
    /// Starts a background job. The job moves each account whole or not at all, and reports what happened
    /// to each. Assignments, tags and campaigns stay behind. The caller must be allowed to do this in
    /// both workspaces: when the request is made and at every step of the job.
    ///
    /// Takes at most 1,000 addresses. Both workspaces must have the same admin workspace, or one of them
    /// must be that admin workspace.
    POST "/api/v2/accounts/move" => moving::start as "moveAccounts"
        with {
            "emails": ["ann@outreach.example"],
            "source_workspace_id": "01890000-0000-7000-8000-000000000001",
            "destination_workspace_id": "01890000-0000-7000-8000-000000000002"
        };

    /// Preview a move of sending accounts
    ///
    /// Takes the same body as the move and changes nothing. Says for each account whether it would move,
    /// why not, and which campaigns would lose it.
    POST "/api/v2/accounts/move/dry-run" => moving::plan as "previewAccountMove"
        with {
            "emails": ["ann@outreach.example"],
            "source_workspace_id": "01890000-0000-7000-8000-000000000001",
            "destination_workspace_id": "01890000-0000-7000-8000-000000000002"
        }
        + ours;

    /// Enable warm-up for sending accounts
    ///
    /// Starts a background job. Takes at most 100 addresses in `emails`, or all accounts that the caller
    /// may change with `include_all_emails`. `GET /api/v2/background-jobs/{id}` shows the progress.
    POST "/api/v2/accounts/warmup/enable" => warmup::enable as "enableWarmupForAccounts"
        with { "emails": ["ann@outreach.example"] };

    /// Disable warm-up for sending accounts
    ///
    /// Starts a background job. Takes at most 100 addresses in `emails`, or all accounts that the caller
    /// may change with `include_all_emails`. `GET /api/v2/background-jobs/{id}` shows the progress.
    POST "/api/v2/accounts/warmup/disable" => warmup::disable as "disableWarmupForAccounts"
        with { "include_all_emails": true };

    /// Get the warm-up analytics of sending accounts
    ///
    /// Reads and changes nothing. Leaves out accounts that the caller cannot see.
    POST "/api/v2/accounts/warmup-analytics" => analytics::warmup as "getWarmupAnalytics"
        with { "emails": ["ann@outreach.example"] };

    /// Get what sending accounts sent per day
    ///
    /// Covers at most 31 days and answers at most 10,000 rows. Without `emails` it covers all accounts
    /// that the caller can see.
    GET "/api/v2/accounts/analytics/daily" => analytics::daily as "getDailyAccountAnalytics";

    /// Check a custom tracking domain
    ///
    /// Looks the host up in the DNS when it is called. Stores nothing.
    GET "/api/v2/accounts/ctd/status" => vitals::tracking as "getCtdStatus";

    /// Test the DNS and the mail servers of sending accounts
    ///
    /// Looks up MX, SPF, DKIM and DMARC of each domain, and logs in to the mail servers of each account.
    /// Takes at most 50 addresses. Stores with each account whether its logins worked.
    POST "/api/v2/accounts/test/vitals" => vitals::vitals as "testAccountVitals"
        with { "accounts": ["ann@outreach.example"] };

    /// Assign a sending account to a member
    ///
    /// An older call that serves existing scripts. `assigned_to` is the member's address. Null takes the
    /// account back.
    POST "/api/v1/account/assign" => v1::assign as "assignAccount"
        with { "account_email": "ann@outreach.example", "assigned_to": "sam@acme.example" } + ours;

    /// List the state of all sending accounts
    ///
    /// An older call that serves existing scripts. Shows the daily limit, what was sent today (UTC), and
    /// the warm-up of each account that the caller can see. Answers at most 1,000 accounts.
    GET "/api/v1/account/status" => v1::status as "listAccountStatuses" + ours;
}

pub fn subject(account: &Account) -> Subject {
    Subject::new("account", account.id)
}

#[derive(Deserialize, JsonSchema)]
pub struct Email {
    pub email: String,
}

#[derive(Clone, Copy, Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum SortBy {
    TimestampCreated,
    Email,
    StatWarmupScore,
    Status,
}

#[derive(Deserialize, JsonSchema)]
struct Filter {
    /// How many items to give, 1 to 100; 10 if it is left out.
    #[schemars(transform = absent_not_null, range(min = 1, max = 100))]
    limit: Option<i64>,
    /// `next_starting_after` of the page before: a time, or a time and an address with `&` between.
    #[schemars(transform = absent_not_null, length(max = 400))]
    starting_after: Option<String>,
    /// In the address or the name.
    #[schemars(transform = absent_not_null, length(max = 200))]
    search: Option<String>,
    #[schemars(with = "f64", extend("enum" = [1, 2, 3, -1, -2, -3]))]
    #[serde(default)]
    status: Option<i64>,
    #[schemars(with = "f64", extend("enum" = [1, 2, 3, 4, 8, 11]))]
    #[serde(default)]
    provider_code: Option<i64>,
    /// With any of these tags: UUIDs with commas between.
    #[schemars(transform = absent_not_null)]
    tag_ids: Option<String>,
    /// With each of these tags.
    #[schemars(transform = absent_not_null)]
    tag_ids_all: Option<String>,
    /// Gives the tags of each account too.
    #[schemars(transform = absent_not_null)]
    include_tags: Option<bool>,
    #[schemars(with = "StatusFilter")]
    #[serde(default)]
    filter: Option<StatusFilter>,
    /// By creation, unless given; for the others, `skip` goes from page to page.
    #[schemars(with = "SortBy")]
    #[serde(default)]
    sort_by: Option<SortBy>,
    /// `desc`, unless given.
    #[schemars(with = "Order")]
    #[serde(default)]
    sort_order: Option<Order>,
    #[schemars(transform = absent_not_null, range(min = 0, max = 1_000_000))]
    skip: Option<i64>,
}

impl Filter {
    fn place(&self) -> Result<Place> {
        let by = self.sort_by.unwrap_or(SortBy::TimestampCreated);
        let descending = self.sort_order != Some(Order::Asc);
        let order = match (by, descending) {
            (SortBy::TimestampCreated, true) => "a.timestamp_created desc, a.email desc",
            (SortBy::TimestampCreated, false) => "a.timestamp_created, a.email",
            (SortBy::Email, true) => "a.email desc",
            (SortBy::Email, false) => "a.email",
            (SortBy::StatWarmupScore, true) => "coalesce(a.stat_warmup_score, -1) desc, a.email",
            (SortBy::StatWarmupScore, false) => "coalesce(a.stat_warmup_score, -1), a.email",
            (SortBy::Status, true) => "a.status desc, a.email",
            (SortBy::Status, false) => "a.status, a.email",
        };
        let after = match (&self.starting_after, by) {
            (None, _) => None,
            (Some(cursor), SortBy::TimestampCreated) => Some(position(cursor)?),
            (Some(_), SortBy::Email | SortBy::StatWarmupScore | SortBy::Status) => {
                return Err(Error::invalid(
                    "querystring/starting_after goes with the order of creation; use skip with sort_by",
                ));
            }
        };
        let limit = self.limit();
        Ok(Place { order, after, descending, skip: self.skip.unwrap_or(0), limit })
    }

    fn limit(&self) -> i64 {
        self.limit.unwrap_or(10)
    }

    /// By creation a page has a position; by anything else one skips.
    fn page(&self, items: Vec<Listed>) -> Page<Listed, String> {
        let by_creation = self.sort_by.is_none_or(|by| by == SortBy::TimestampCreated);
        let position = |last: &Listed| format!("{}&{}", last.account.timestamp_created, last.account.email);
        let page = Page::new(items, self.limit(), position);
        if by_creation { page } else { page.without_cursor() }
    }
}

/// A bare time stands before every account that was made then.
fn position(cursor: &str) -> Result<(Time, String)> {
    let (at, email) = cursor.split_once('&').unwrap_or((cursor, ""));
    let wrong = || Error::invalid("querystring/starting_after must be a time, or `<time>&<address>`");
    Ok((Time::parse(at).ok_or_else(wrong)?, address(email)))
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ListedAccount")]
struct Listed {
    #[serde(flatten)]
    account: Account,
    /// With `include_tags` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<TagOn>>,
}

#[derive(Clone, Serialize, JsonSchema)]
#[schemars(inline)]
struct TagOn {
    #[schemars(default)]
    id: String,
    #[schemars(default)]
    label: String,
    description: Option<String>,
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<Listed, String>>> {
    let wanted = Wanted {
        search: filter.search.clone(),
        status: filter.status,
        provider: filter.provider_code,
        filter: filter.filter,
        tags: ids("tag_ids", filter.tag_ids.as_deref())?,
        tags_all: ids("tag_ids_all", filter.tag_ids_all.as_deref())?,
        ..Wanted::default()
    };
    let accounts = store::list(&can, &wanted, &filter.place()?).await?;
    let tagged = match filter.include_tags == Some(true) && !accounts.is_empty() {
        true => store::tags(&can, &accounts.iter().map(|account| account.id).collect::<Vec<_>>()).await?,
        false => vec![],
    };
    let tags = |account: &Account| {
        let own = tagged.iter().filter(|tag| tag.account == account.id);
        let tag = |tag: &store::TagOn| TagOn {
            id: tag.id.to_string(),
            label: tag.label.clone(),
            description: tag.description.clone(),
        };
        filter.include_tags.filter(|wanted| *wanted).map(|_| own.map(tag).collect())
    };
    let items: Vec<_> =
        accounts.into_iter().map(|account| Listed { tags: tags(&account), account }).collect();
    Ok(Json(filter.page(items)))
}

async fn show(can: Can<Read>, Path(Email { email }): Path<Email>, _: Nothing) -> Result<Json<Account>> {
    Ok(Json(store::find(&can, can.reader(), &email).await?))
}

async fn create(can: Can<Create>, Json(mut new): Json<New>) -> Result<Json<Account>> {
    // The reference takes any text here, and gives an address or nothing.
    new.reply_to = new.reply_to.filter(|given| !given.is_empty());
    if new.reply_to.as_ref().is_some_and(|given| !is_email(given)) {
        return Err(Error::invalid("body/reply_to must match format \"email\""));
    }
    new.reply_to = new.reply_to.as_deref().map(address);
    let created = can.write(async move |can, tx| {
        let mut account = connected(can, &new);
        account.assigned_to = assignment::first(can, tx, new.assigned_to.as_deref()).await?;
        if store::taken(can, tx, &account.email).await? {
            return Err(Error::Conflict("A sending account with this email already exists.".to_owned()));
        }
        let connection = new.connection.sealed(can.app(), can.workspace(), account.id)?;
        store::insert(can, tx, &account, &connection).await?;
        let tags = custom_tags::store::of_limit(can, tx, Create::ACTION.name).await?;
        custom_tags::store::map(can, tx, &tags, (custom_tags::ACCOUNT, &[account.id])).await?;
        Ok(Change::created(subject(&account), account))
    });
    created.await.map(Json)
}

fn connected(can: &Can<Create>, new: &New) -> Account {
    let mut settings = new.settings.clone();
    if let Some(tag) = &new.warmup_custom_ftag {
        settings.warmup.get_or_insert_default().warmup_custom_ftag = Some(tag.clone());
    }
    Account {
        id: can.new_id(),
        email: address(&new.email),
        timestamp_created: can.now(),
        timestamp_updated: can.now(),
        first_name: new.first_name.clone(),
        last_name: new.last_name.clone(),
        organization: can.workspace(),
        added_by: can.user(),
        modified_by: None,
        status: ACTIVE,
        status_message: None,
        warmup_status: COLD,
        timestamp_warmup_start: None,
        stat_warmup_score: None,
        provider_code: new.provider_code,
        setup_pending: false,
        is_managed_account: false,
        bought: Default::default(),
        reply_to: new.reply_to.clone(),
        settings,
        assigned_to: None,
        connection: State::NotTried,
    }
}

async fn update(
    can: Can<Update>,
    Path(Email { email }): Path<Email>,
    patch: Unread<Patch>,
) -> Result<Json<Account>> {
    store::find(&can, can.reader(), &email).await?;
    let patch = patch.read().await?;
    let updated = can.write(async move |can, tx| {
        let before = store::find(can, &mut *tx, &email).await?;
        let mut after: Account = patch.over_but(&["assigned_to"], &before)?;
        after.reply_to = after.reply_to.as_deref().map(address);
        after.modified_by = can.user();
        after.timestamp_updated = can.now();
        if patch.get("remove_tracking_domain") == Some(&json!(true)) {
            after.settings.tracking_domain_name = None;
            after.settings.tracking_domain_status = None;
        }
        let assigned = before.assigned_to.map(|member| member.to_string());
        if let Some(wanted) = patch.get("assigned_to").map(Value::as_str)
            && wanted != assigned.as_deref()
        {
            after.assigned_to = assignment::member(can, tx, wanted).await?;
        }
        store::update(can, tx, &after).await?;
        let left = assignment::moved(can, tx, &before, &after).await?;
        Ok(assignment::change(&before, after, left))
    });
    updated.await.map(Json)
}

async fn remove(can: Can<Delete>, Path(Email { email }): Path<Email>, _: Nothing) -> Result<Json<Account>> {
    let removed = can.write_in_steps((), async move |can, tx, ()| {
        let account = store::find(can, &mut *tx, &email).await?;
        let campaigns = store::take_off_some(can, tx, account.id).await?;
        if campaigns == STEP {
            return Ok(one_more_step(subject(&account), "campaigns"));
        }
        store::delete(can, tx, account.id).await?;
        Ok(Break(Change::deleted(subject(&account), account).affecting(1 + campaigns as usize)))
    });
    removed.await.map(Json)
}
