//! The frame of a page: the rail, the banner of a caller who acts for a client, the note about what was just done, and
//! the title. It costs one statement, for the two names.

use super::offer::WORKSPACE;
use super::store::{self, Names};
use crate::access::{Action, Caller};
use crate::error::Result;
use askama::Template;
use uuid::Uuid;

/// What `frame.html` draws. The template gets these values and nothing else:
///
/// - `title` is the name of the page. The text of the browser's tab is [`Frame::tab`].
/// - `theme` is `light`, `dark`, or empty for the theme of the device. It becomes `data-theme` of `<html>`.
/// - `inside` is what only the frame of a person who is signed in has: the workspace, the rail, the banner. It is
///   `None` on the page for signing in, on the pages behind links, and on errors of a caller whom the server does not know.
/// - `note` is drawn at the head of `<main>`, with `role="status"`.
/// - `body` is the HTML of the page, and goes into `<main>` unescaped. It has the only `<h1>`.
#[derive(Template)]
#[template(path = "frame.html")]
pub struct Frame<'a> {
    pub title: &'a str,
    /// What comes before the title in the tab: `Done: `, `Not saved: ` or nothing.
    pub before: &'static str,
    pub theme: &'static str,
    pub inside: Option<&'a Inside>,
    pub note: Option<&'a Note>,
    pub body: &'a str,
}

impl Frame<'_> {
    /// `Done: Members - Acme - Gatepost`.
    pub fn tab(&self) -> String {
        let workspace = self.inside.map(|inside| format!(" - {}", inside.workspace)).unwrap_or_default();
        format!("{}{}{workspace} - Gatepost", self.before, self.title)
    }
}

/// The part of the frame that depends on the person and the workspace.
pub struct Inside {
    /// The name of the workspace in which the person acts.
    pub workspace: String,
    /// The person's name, or their address if they have none.
    pub person: String,
    /// The name of their role here, such as `admin`.
    pub role: String,
    /// The groups of the rail that have an entry.
    pub groups: Vec<Group>,
    /// Shown on every page while the person acts for a client.
    pub banner: Option<Banner>,
}

pub struct Group {
    pub title: &'static str,
    pub entries: Vec<Entry>,
}

pub struct Entry {
    pub href: String,
    pub label: &'static str,
    /// The page belongs to this entry: `aria-current="page"`.
    pub current: bool,
}

/// "You act in Northwind for Acme Agency, at most as an admin. Both audit logs say so." `back` is the address of the
/// admin workspace's home, whose name is `home`.
pub struct Banner {
    pub workspace: String,
    pub home: String,
    pub back: String,
}

/// A note: a bold first sentence, and the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub tone: Tone,
    pub bold: String,
    pub rest: String,
}

/// The colour of a note or a badge. `class` is its class in the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Yes,
    No,
    Warn,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Tone::Yes => "yes",
            Tone::No => "no",
            Tone::Warn => "warn",
        }
    }
}

/// The entries of the rail, in their order. An entry is shown once a page is its target, to callers who may open it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rail {
    Home,
    Campaigns,
    Analytics,
    Leads,
    Accounts,
    Members,
    Access,
    Keys,
    Audit,
    Settings,
    Tags,
    Labels,
    Blocked,
    Webhooks,
    Group,
    Brand,
    Billing,
    Jobs,
    /// Pages of the person, which are outside the rail.
    Own,
}

impl Rail {
    const GROUPS: [(&str, &[Rail]); 3] = [
        ("Outreach", &[Rail::Home, Rail::Campaigns, Rail::Analytics, Rail::Leads, Rail::Accounts]),
        ("People and access", &[Rail::Members, Rail::Access, Rail::Keys, Rail::Audit]),
        (
            "Workspace",
            &[
                Rail::Settings,
                Rail::Tags,
                Rail::Labels,
                Rail::Blocked,
                Rail::Webhooks,
                Rail::Group,
                Rail::Brand,
                Rail::Billing,
                Rail::Jobs,
            ],
        ),
    ];

    pub fn label(self) -> &'static str {
        match self {
            Rail::Home => "Home",
            Rail::Campaigns => "Campaigns",
            Rail::Analytics => "Analytics",
            Rail::Leads => "Leads",
            Rail::Accounts => "Sending accounts",
            Rail::Members => "Members",
            Rail::Access => "Roles and permissions",
            Rail::Keys => "API keys",
            Rail::Audit => "Audit log",
            Rail::Settings => "Settings",
            Rail::Tags => "Tags",
            Rail::Labels => "Lead labels",
            Rail::Blocked => "Block list",
            Rail::Webhooks => "Webhooks",
            Rail::Group => "Group",
            Rail::Brand => "Brand",
            Rail::Billing => "Billing",
            Rail::Jobs => "Background jobs",
            Rail::Own => "You",
        }
    }
}

/// Where an entry of the rail leads, and the permission that it needs.
pub struct Target {
    pub rail: Rail,
    pub path: &'static str,
    pub action: &'static Action,
}

/// The rail as a caller sees it.
fn rail(targets: &[Target], caller: &Caller, current: Option<Rail>) -> Vec<Group> {
    let entry = |rail: Rail| {
        let target = targets.iter().find(|target| target.rail == rail)?;
        caller.may(target.action).then(|| Entry {
            href: target.path.replace(WORKSPACE, &caller.workspace().to_string()),
            label: rail.label(),
            current: current == Some(rail),
        })
    };
    let groups = Rail::GROUPS.into_iter().map(|(title, rails)| {
        let entries = rails.iter().filter_map(|rail| entry(*rail)).collect();
        Group { title, entries }
    });
    groups.filter(|group: &Group| !group.entries.is_empty()).collect()
}

/// The address of a workspace's home page.
pub fn home(workspace: Uuid) -> String {
    format!("/w/{workspace}")
}

impl Inside {
    pub async fn of(targets: &[Target], caller: &Caller, current: Option<Rail>) -> Result<Inside> {
        let Names { workspace, first, last } = store::names(caller).await?;
        let name = [first, last].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        let banner = caller.acting().map(|acting| Banner {
            workspace: workspace.clone(),
            home: acting.home_name.clone(),
            back: home(acting.home),
        });
        Ok(Inside {
            person: name.unwrap_or_else(|| caller.label()),
            role: caller.role_name().to_owned(),
            groups: rail(targets, caller, current),
            banner,
            workspace,
        })
    }
}
