//! The pages of workspaces: a person's list, and the settings of one.

mod settings;

use super::{New, Workspace};
use crate::access::{Can, workspaces::*};
use crate::error::Result;
use crate::http::Paging;
use crate::web::{Back, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way, home as address};
use askama::Template;
use uuid::Uuid;

const LIST: Way<Read> = Way::page("/workspaces", "Workspaces");
const CREATE: Way<Create> = Way::post("/workspaces", "Create a workspace").main();

pub fn pages() -> Pages {
    Pages::under(Rail::Own).at(&LIST, list).at(&CREATE, create).and(settings::pages())
}

#[derive(Template)]
#[template(path = "workspaces/list.html")]
struct List {
    rows: Vec<Row>,
    create: Option<Form>,
}

struct Row {
    href: String,
    name: String,
    id: Uuid,
    role: &'static str,
    current: bool,
}

async fn list(can: Can<Read>) -> Result<Page> {
    listed(&can, None).await
}

async fn listed(can: &Can<Read>, back: Option<&Back>) -> Result<Page> {
    let all = super::all(can, &Paging { limit: Some(100), starting_after: None }).await?;
    let roles = super::roles(can).await?;
    let row = |workspace: Workspace| Row {
        href: address(workspace.id),
        role: roles.get(&workspace.id).map_or("", |role| role.name()),
        current: workspace.id == can.workspace(),
        id: workspace.id,
        name: workspace.name,
    };
    let form = |offer: Offer| -> Result<Form> {
        Ok(Form::of::<New>(can, offer)?.back(back).ask(Input::new("name", "Name of the workspace")))
    };
    let create = CREATE.offered(can, ()).map(form).transpose()?;
    Ok(Page::new("Workspaces", &List { rows: all.into_iter().map(row).collect(), create })?.coming(back))
}

#[derive(Template)]
#[template(path = "workspaces/created.html")]
struct Created<'a> {
    name: &'a str,
    key: &'a str,
    href: String,
    base: &'a str,
}

/// The answer shows the first key of the workspace once.
async fn create(can: Can<Create>, posted: Posted<New>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let base = can.app().public_url.clone();
    match posted.through(async |new| super::create(can, new).await).await? {
        Ok(created) => {
            let name = &created.workspace.name;
            let href = address(created.workspace.id);
            let page =
                Page::new("A new workspace", &Created { name, key: &created.api_key, href, base: &base })?;
            Ok(page.with_secret().into())
        }
        Err(back) => listed(&look, Some(&back)).await.map(Reply::from),
    }
}
