//! The page that moves sending accounts to another workspace of the group: first a look, and then the job.

use super::draft::Draft;
use super::dry_run::{Plan, Planned};
use super::{dry_run, start};
use crate::access::{Can, accounts::*, background_jobs, workspace_group_members as groups};
use crate::error::Result;
use crate::http::{Query, optional_not_null};
use crate::resources::workspace_group_members::{Status, newest};
use crate::resources::workspaces;
use crate::web::{Back, Choice, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;

const SHOW: Way<Preview> = Way::page("/w/{workspace}/accounts/move", "Move to another workspace");
const LOOK: Way<Move> = Way::post("/w/{workspace}/accounts/move/look", "Look first");
const START: Way<Move> = Way::post("/w/{workspace}/accounts/move", "Move the accounts").main();
/// Pages to which this one leads.
const ACCOUNTS: Way<Read> = Way::page("/w/{workspace}/accounts", "All accounts");
const JOB: Way<background_jobs::Read> = Way::page("/w/{workspace}/jobs/{job}", "The job");

/// Sub-workspaces among which a caller can choose.
const SUBS: i64 = 500;

pub fn pages() -> Pages {
    Pages::under(Rail::Accounts).at(&SHOW, show).at(&LOOK, look).at(&START, started)
}

#[derive(Template)]
#[template(path = "account_moves/move.html")]
struct Moving {
    form: Option<Form>,
    plan: Option<Plan>,
    back: Option<Offer>,
}

impl Moving {
    fn moving(&self) -> usize {
        self.plan.iter().flat_map(|plan| &plan.items).filter(|item| item.moves).count()
    }

    fn staying(&self) -> usize {
        self.plan.iter().flat_map(|plan| &plan.items).filter(|item| !item.moves).count()
    }

    /// What the page lists of a long plan.
    fn listed(&self) -> impl Iterator<Item = &Planned> {
        self.plan.iter().flat_map(|plan| &plan.items).take(200)
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct From {
    /// An address to begin with.
    #[schemars(length(max = 254))]
    email: Option<String>,
}

async fn show(can: Can<Preview>, Query(from): Query<From>) -> Result<Page> {
    shown(&can, from.email.unwrap_or_default(), None, None).await
}

async fn shown(can: &Can<Preview>, email: String, back: Option<&Back>, plan: Option<Plan>) -> Result<Page> {
    let choices = workspaces_of(can).await?;
    let form = |offer: Offer| -> Result<Form> {
        let form = Form::of::<Draft>(can, offer)?.called("Move sending accounts").back(back);
        let form = form
            .ask(Input::new("source_workspace_id", "From").choices(choices.clone()))
            .ask(Input::new("destination_workspace_id", "To").choices(choices.clone()))
            .ask(
                Input::new("emails", "Addresses")
                    .value(email)
                    .help("One in each line, or with commas between them. At most 1,000."),
            );
        Ok(form.or(LOOK.offered(can, ())))
    };
    let form = START.offered(can, ()).filter(|_| choices.len() > 1).map(form).transpose()?;
    let moving = Moving { form, plan, back: ACCOUNTS.open_to(can, ()) };
    Ok(Page::new("Move sending accounts", &moving)?.coming(back))
}

/// This workspace, and the sub-workspaces of its group.
async fn workspaces_of(can: &Can<Preview>) -> Result<Vec<Choice>> {
    let own = workspaces::show(&can.further()?).await?;
    let mut all = vec![Choice::new(own.id, own.name)];
    if let Ok(can) = can.further::<groups::Read>() {
        let links = newest(&can, SUBS).await?.into_iter();
        let subs = links.filter(|link| link.admin_workspace_id == own.id && link.status == Status::Accepted);
        all.extend(
            subs.filter_map(|link| Some(Choice::new(link.sub_workspace_id, link.sub_workspace_name?))),
        );
    }
    Ok(all)
}

/// Says what would move. Nothing is changed.
async fn look(can: Can<Move>, posted: Posted<Draft>) -> Result<Page> {
    let (look, foresee, kept) = (can.further()?, can.further::<Preview>()?, posted.kept());
    match posted.through(async |draft: Draft| dry_run(foresee, draft.accounts()?).await).await? {
        Ok(plan) => shown(&look, String::new(), Some(&kept), Some(plan)).await,
        Err(back) => shown(&look, String::new(), Some(&back), None).await,
    }
}

async fn started(can: Can<Move>, posted: Posted<Draft>) -> Result<Reply> {
    let look = can.further()?;
    match posted.through(async |draft: Draft| start(can, draft.accounts()?).await).await? {
        Ok(moving) => Ok(Reply::to(&JOB, moving.background_job_id.as_str()).saying_more(
            "The move has started.",
            "Load this page again to see what became of each account.",
        )),
        Err(back) => shown(&look, String::new(), Some(&back), None).await.map(Reply::from),
    }
}
