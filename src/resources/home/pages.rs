//! The page.

use super::steps::{self, Step};
use super::work::{Keys, Work};
use crate::access::{Can, audit_logs, workspaces::Read};
use crate::error::Result;
use crate::resources::audit_logs::{Recent, recent};
use crate::resources::workspaces::{self, Workspace};
use crate::web::{Offer, Page, Pages, Rail, Way};
use askama::Template;

const HOME: Way<Read> = Way::page("/w/{workspace}", "Home");
const LOG: Way<audit_logs::Read> = Way::page("/w/{workspace}/audit", "Audit log");

/// Rows of the audit log.
const ROWS: i64 = 10;

pub fn pages() -> Pages {
    Pages::under(Rail::Home).at(&HOME, home)
}

#[derive(Template)]
#[template(path = "home/show.html")]
struct Home {
    workspace: Workspace,
    role: String,
    acting: Option<String>,
    /// Empty once every step is done.
    steps: Vec<Step>,
    work: Work,
    keys: Option<Keys>,
    log: Vec<Recent>,
    whole_log: Option<Offer>,
}

impl Home {
    fn done(&self) -> usize {
        self.steps.iter().filter(|step| step.done).count()
    }
}

async fn home(can: Can<Read>) -> Result<Page> {
    let work = Work::of(&can).await?;
    let keys = Keys::of(&can).await?;
    let steps = steps::left(&can, &work, keys.as_ref()).await?;
    let log = match can.further::<audit_logs::Read>() {
        Ok(can) => recent(&can, ROWS).await?,
        Err(_) => vec![],
    };
    let home = Home {
        workspace: workspaces::show(&can).await?,
        role: can.role_name().to_owned(),
        acting: can.acting().map(|acting| acting.home_name.clone()),
        steps,
        work,
        keys,
        log,
        whole_log: LOG.open_to(&can, ()),
    };
    Page::new("Home", &home)
}
