//! The members by name, for pages. A caller who cannot list members knows only themselves.

use super::{WorkspaceMember, list};
use crate::access::{Can, Permission, workspace_members::Read};
use crate::error::Result;
use crate::http::Paging;
use crate::web::Choice;
use uuid::Uuid;

/// Members of a page of the list, and the most pages that are read.
const PAGE: i64 = 100;
const PAGES: usize = 5;

pub struct People {
    you: (Option<Uuid>, Option<Uuid>),
    all: Vec<WorkspaceMember>,
    listed: bool,
}

impl People {
    /// At most the newest 500 members.
    pub async fn seen_by<P: Permission>(can: &Can<P>) -> Result<People> {
        let you = (can.user(), can.member());
        let Ok(can) = can.further::<Read>() else { return Ok(People { you, all: vec![], listed: false }) };
        let (mut all, mut after) = (Vec::new(), None);
        for _ in 0..PAGES {
            let paging = Paging { limit: Some(PAGE), starting_after: after };
            let found = list(&can, &paging, Some(true), None).await?;
            let full = found.len() as i64 == PAGE;
            after = found.last().map(|member| member.id);
            all.extend(found);
            if !full {
                break;
            }
        }
        Ok(People { you, all, listed: true })
    }

    /// Whether the caller can list members.
    pub fn is_listed(&self) -> bool {
        self.listed
    }

    /// A user by name. Nothing for a record without one.
    pub fn user(&self, user: Option<Uuid>) -> String {
        match user {
            None => String::new(),
            Some(user) if self.you.0 == Some(user) => "You".to_owned(),
            Some(user) => self.named(self.all.iter().find(|member| member.user_id == user)),
        }
    }

    pub fn member(&self, member: Uuid) -> String {
        match self.you.1 == Some(member) {
            true => "You".to_owned(),
            false => self.named(self.all.iter().find(|one| one.id == member)),
        }
    }

    fn named(&self, member: Option<&WorkspaceMember>) -> String {
        member.map_or_else(|| "Another member".to_owned(), WorkspaceMember::called)
    }

    /// The members as options, with the ids of their users.
    pub fn users(&self) -> Vec<Choice> {
        self.choices(|member| member.user_id, self.you.0)
    }

    /// The members as options, with their own ids.
    pub fn members(&self) -> Vec<Choice> {
        self.choices(|member| member.id, self.you.1)
    }

    /// The caller comes first.
    fn choices(&self, id: impl Fn(&WorkspaceMember) -> Uuid, you: Option<Uuid>) -> Vec<Choice> {
        let mut others: Vec<Choice> = Vec::new();
        for member in self.all.iter().filter(|member| Some(id(member)) != you) {
            others.push(Choice::new(id(member), member.called()));
        }
        others.sort_by_key(|choice| choice.label.to_lowercase());
        let own = you.map(|you| Choice::new(you, "You"));
        own.into_iter().chain(others).collect()
    }
}
