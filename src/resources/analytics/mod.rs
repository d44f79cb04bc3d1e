//! What campaigns sent, and what came of it. Only campaigns that the caller sees count. Days are UTC days.
//!
//! The mails of whole days are sums of counters, which move with the result of each mail. For ranges with a time of day the
//! mails themselves are counted. Bounces, unsubscribed and completed leads and labels are always counted from their facts
//! (decision 27).

mod campaigns;
mod daily;
mod figures;
mod opportunities;
mod overview;
mod pages;
mod range;
mod recount;
mod routes;
mod steps;
mod store;
pub use campaigns::{CampaignFigures, campaigns, newest};
pub use daily::{CampaignDay, daily};
pub use overview::{Overview, overview};
pub use pages::pages;
pub use range::Range;
pub use recount::recount;
pub use routes::operations;
pub use steps::{StepFigures, steps};

use crate::db::Part;
use uuid::Uuid;

/// The campaigns and the time that figures are about.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Which campaigns. None: all that the caller sees.
    pub ids: Option<Vec<Uuid>>,
    pub status: Option<i64>,
    pub range: Range,
}

impl Wanted {
    pub fn of_one(campaign: Uuid, range: Range) -> Wanted {
        Wanted { ids: Some(vec![campaign]), status: None, range }
    }

    /// Fills `{filters}`, on `campaigns c`.
    fn filters(&self) -> impl FnOnce(&mut Part) + '_ {
        |out| {
            out.given_list(self.ids.as_deref(), " and c.id in (", ")");
            out.given(self.status, " and c.status = ", "");
        }
    }
}
