//! What a page shows when there is nothing to show, when a call was refused, and what a change changed.

use crate::access::{STEPS, Step};

/// Why a list is empty, or blocked. Each has a title, a reason and one action.
#[derive(Clone, Debug)]
pub enum Empty {
    /// Nobody has made one yet. `what` is plural: "campaigns". `use_for` says what they are for.
    FirstUse {
        what: &'static str,
        use_for: &'static str,
    },
    /// The caller's role is a filter: others may exist.
    NoneVisible {
        what: &'static str,
    },
    /// Everything was dealt with.
    Cleared {
        title: &'static str,
        reason: &'static str,
    },
    /// The filters match nothing. They are named, and the action clears them.
    NoMatch {
        what: &'static str,
        filters: String,
    },
    NotAllowed {
        sentence: String,
    },
    NotInPlan {
        what: &'static str,
    },
    Failed {
        sentence: String,
    },
}

impl Empty {
    pub fn title(&self) -> String {
        match self {
            Empty::FirstUse { what, .. } => format!("No {what} yet"),
            Empty::NoneVisible { what } => format!("No {what} that you can see"),
            Empty::Cleared { title, .. } => (*title).to_owned(),
            Empty::NoMatch { what, .. } => format!("No {what} match"),
            Empty::NotAllowed { .. } => "You do not have permission".to_owned(),
            Empty::NotInPlan { .. } => "Not in the plan of this workspace".to_owned(),
            Empty::Failed { .. } => "This did not load".to_owned(),
        }
    }

    pub fn reason(&self) -> String {
        match self {
            Empty::FirstUse { use_for, .. } => (*use_for).to_owned(),
            Empty::NoneVisible { what } => {
                format!("There can be {what} that belong to others. Your role decides which of them you see.")
            }
            Empty::Cleared { reason, .. } => (*reason).to_owned(),
            Empty::NoMatch { filters, .. } => format!("The filters are: {filters}."),
            Empty::NotAllowed { sentence } | Empty::Failed { sentence } => sentence.clone(),
            Empty::NotInPlan { what } => {
                format!("The plan does not include {what}. The operator of this server can change it.")
            }
        }
    }

    pub fn is_refusal(&self) -> bool {
        matches!(self, Empty::NotAllowed { .. } | Empty::Failed { .. })
    }
}

/// One post of the fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Post {
    pub name: &'static str,
    refuses: bool,
    reached: bool,
}

impl Post {
    pub fn class(&self) -> &'static str {
        if self.refuses { "no" } else { "" }
    }

    /// For readers who do not see the colours.
    pub fn said(&self) -> &'static str {
        match (self.refuses, self.reached) {
            (true, _) => "refused here",
            (false, true) => "passed",
            (false, false) => "not reached",
        }
    }
}

/// The ten posts of a decision that was refused at this step, or at none.
pub fn fence(refused: Option<Step>) -> Vec<Post> {
    let at = refused.and_then(|step| STEPS.iter().position(|one| *one == step)).unwrap_or(STEPS.len());
    let post = |(index, step): (usize, &Step)| Post {
        name: step.name(),
        refuses: index == at,
        reached: index <= at,
    };
    STEPS.iter().enumerate().map(post).collect()
}

/// A field before and after a change. What is `None` was, or is, not there.
#[derive(Clone, Debug)]
pub struct Changed {
    pub field: String,
    pub was: Option<String>,
    pub is: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_has_ten_posts_and_one_of_them_refuses() {
        let posts = fence(Some(Step::Role));
        let said: Vec<_> = posts.iter().map(Post::said).collect();
        assert_eq!(said.iter().filter(|said| **said == "passed").count(), 6);
        assert_eq!((posts[6].name, said[6], said[7]), ("role", "refused here", "not reached"));
        assert!(fence(None).iter().all(|post| post.said() == "passed"));
    }
}
