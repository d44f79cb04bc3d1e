//! The pages of sending accounts: a board with a section for each member, one account, and connecting one.

mod connect;
mod one;

use super::board::{self, Filter, ROWS, STATES, Word};
use super::store::OnBoard;
use super::{ACTIVE, Account, PAUSED};
use crate::access::{Can, Near, accounts::*};
use crate::error::Result;
use crate::http::Query;
use crate::resources::members::WorkspaceMember;
use crate::web::{Empty, Offer, Page, Pages, Rail, Way};
use askama::Template;
use uuid::Uuid;

pub const LIST: Way<Read> = Way::page("/w/{workspace}/accounts", "Sending accounts");
const CONNECTING: Way<Create> = Way::page("/w/{workspace}/accounts/connect", "Connect an account").main();
const CONNECT: Way<Create> = Way::post("/w/{workspace}/accounts/connect", "Connect the account").main();
/// The page of `account_moves`.
const MOVING: Way<Preview> = Way::page("/w/{workspace}/accounts/move", "Move to another workspace");
const SHOW: Way<Read> = Way::page("/w/{workspace}/accounts/{email}", "Open");
const CHANGE: Way<Update> = Way::post("/w/{workspace}/accounts/{email}", "Save").main();
const TEST: Way<Test> = Way::post("/w/{workspace}/accounts/{email}/test", "Test");
const PAUSE: Way<Pause> = Way::post("/w/{workspace}/accounts/{email}/pause", "Pause");
const RESUME: Way<Resume> = Way::post("/w/{workspace}/accounts/{email}/resume", "Resume");
const FIX: Way<Fix> = Way::post("/w/{workspace}/accounts/{email}/fixed", "Mark as fixed");
const ASSIGNING: Way<Assign> = Way::page("/w/{workspace}/accounts/{email}/assign", "Assign");
const ASSIGN: Way<Assign> = Way::post("/w/{workspace}/accounts/{email}/assign", "Assign the account").main();
const ABOUT_TO_REMOVE: Way<Delete> = Way::page("/w/{workspace}/accounts/{email}/remove", "Remove");
const REMOVE: Way<Delete> = Way::post("/w/{workspace}/accounts/{email}/remove", "Remove the account").grave();

pub fn pages() -> Pages {
    Pages::under(Rail::Accounts)
        .at(&LIST, list)
        .at(&CONNECTING, connect::begin)
        .at(&CONNECT, connect::connect)
        .at(&SHOW, one::show)
        .at(&CHANGE, one::change)
        .at(&TEST, one::test)
        .at(&PAUSE, one::pause)
        .at(&RESUME, one::resume)
        .at(&FIX, one::fixed)
        .at(&ASSIGNING, one::assigning)
        .at(&ASSIGN, one::assign)
        .at(&ABOUT_TO_REMOVE, one::about_to_remove)
        .at(&REMOVE, one::remove)
}

#[derive(Template)]
#[template(path = "accounts/board.html")]
struct Board {
    sections: Vec<Section>,
    /// Members without an account on this page.
    without: Vec<String>,
    filter: Filter,
    people: Vec<(String, String)>,
    connect: Option<Offer>,
    moving: Option<Offer>,
    clear: Option<Offer>,
    pages: Vec<Offer>,
    sees_campaigns: bool,
    empty: Empty,
}

impl Board {
    fn is_whose(&self, value: &str) -> bool {
        self.filter.whose.as_deref() == Some(value)
    }

    fn is_status(&self, value: &str) -> bool {
        self.filter.status.as_deref() == Some(value)
    }
}

/// The accounts of one member, or the unassigned ones.
struct Section {
    holder: Option<Uuid>,
    title: String,
    rows: Vec<Row>,
}

struct Row {
    account: Account,
    campaigns: i64,
    open: Option<Offer>,
    /// What can be done with the account from here.
    acts: Vec<Offer>,
}

impl Row {
    fn words(&self) -> [(&'static str, Word); 3] {
        [
            ("State", self.account.state_word()),
            ("Servers", self.account.connection_word()),
            ("Warm-up", self.account.warmup_word()),
        ]
    }
}

/// What the caller can do with an account in its state.
fn acts(can: &Can<Read>, near: Near, account: &Account) -> Vec<Offer> {
    let email = account.email.as_str();
    let state = match account.status {
        ACTIVE => PAUSE.offered_on(can, near, email),
        PAUSED => RESUME.offered_on(can, near, email),
        broken if broken < 0 => FIX.offered_on(can, near, email),
        _ => None,
    };
    let all = [ASSIGNING.offered_on(can, near, email), state, ABOUT_TO_REMOVE.offered_on(can, near, email)];
    all.into_iter().flatten().map(|offer| offer.about(email)).collect()
}

fn row(can: &Can<Read>, (account, on): (Account, OnBoard)) -> Row {
    let email = account.email.as_str();
    let open = SHOW.offered_on(can, on.near, email);
    let test = TEST.offered_on(can, on.near, email).map(|offer| offer.about(email));
    let acts = test.into_iter().chain(acts(can, on.near, &account)).collect();
    Row { open, acts, campaigns: on.campaigns, account }
}

/// Whose account it is, in the words of the board.
fn holder(can: &Can<Read>, account: &Account, people: Option<&[WorkspaceMember]>) -> String {
    let Some(holder) = account.assigned_to else { return "Unassigned".to_owned() };
    let mine = if can.member() == Some(holder) { " (you)" } else { "" };
    let named = people.and_then(|people| people.iter().find(|member| member.id == holder));
    match (named, mine.is_empty()) {
        (Some(member), _) => format!("{}{mine}", member.called()),
        (None, false) => "You".to_owned(),
        (None, true) => "Other members".to_owned(),
    }
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Page> {
    let found = board::board(&can, &filter).await?;
    let people = board::everybody(&can).await?;
    let full = found.len() as i64 == ROWS;
    let narrowed =
        [&filter.search, &filter.whose, &filter.status].into_iter().flatten().any(|text| !text.is_empty());
    let mut sections: Vec<Section> = vec![];
    let mut holders = vec![];
    for entry in found {
        holders.extend(entry.0.assigned_to);
        let title = holder(&can, &entry.0, people.as_deref());
        // Two members can have the same name. Those whom the caller cannot name are one section.
        let known = |id: &Uuid| people.iter().flatten().any(|member| member.id == *id);
        let holder = entry.0.assigned_to.filter(known);
        let row = row(&can, entry);
        match sections.iter_mut().find(|section| section.holder == holder && section.title == title) {
            Some(section) => section.rows.push(row),
            None => sections.push(Section { holder, title, rows: vec![row] }),
        }
    }
    let others = people.iter().flatten().filter(|member| !holders.contains(&member.id));
    let is_whole = !narrowed && !full && filter.skip.unwrap_or(0) == 0;
    let connect = CONNECTING.open_to(&can, ());
    let empty = match (narrowed, connect.is_some()) {
        (true, _) => Empty::NoMatch { what: "sending accounts", filters: described(&filter) },
        (false, true) => Empty::FirstUse {
            what: "sending accounts",
            use_for: "A sending account is a mailbox from which campaigns send. It belongs to one member, or to nobody.",
        },
        (false, false) => Empty::NoneVisible { what: "sending accounts" },
    };
    let board = Board {
        without: others.filter(|_| is_whole).map(WorkspaceMember::called).collect(),
        people: people.iter().flatten().map(|member| (member.id.to_string(), member.called())).collect(),
        connect,
        moving: MOVING.offered(&can, ()),
        clear: LIST.open_to(&can, ()).filter(|_| narrowed).map(|offer| offer.called("Clear the filters")),
        pages: turns(&can, &filter, full),
        sees_campaigns: board::sees_campaigns(&can),
        sections,
        empty,
        filter,
    };
    Page::new("Sending accounts", &board)
}

fn described(filter: &Filter) -> String {
    let search = filter.search.as_ref().filter(|text| !text.is_empty()).map(|text| format!("search {text}"));
    let status = STATES.iter().find(|(name, _)| filter.status.as_deref() == Some(*name));
    let status = status.map(|(_, label)| format!("state {}", label.to_lowercase()));
    let whose = filter
        .whose
        .as_ref()
        .filter(|text| !text.is_empty())
        .map(|whose| if whose == "nobody" { "unassigned" } else { "a member" });
    let whose = whose.map(str::to_owned);
    [search, whose, status].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The pages before and after this one.
fn turns(can: &Can<Read>, filter: &Filter, full: bool) -> Vec<Offer> {
    let skip = filter.skip.unwrap_or(0);
    let to = |label: &str, skip: i64| {
        let (skip, empty) = (if skip > 0 { skip.to_string() } else { String::new() }, String::new());
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| empty.clone());
        let (search, whose, status) = (text(&filter.search), text(&filter.whose), text(&filter.status));
        let query = [("search", &*search), ("whose", &*whose), ("status", &*status), ("skip", &*skip)];
        LIST.open_to(can, ()).map(|offer| offer.called(label).with(&query))
    };
    let before = (skip > 0).then(|| to("Previous accounts", (skip - ROWS).max(0)));
    let after = full.then(|| to("Next accounts", skip + ROWS));
    [before, after].into_iter().flatten().flatten().collect()
}
