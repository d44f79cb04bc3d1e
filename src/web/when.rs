//! A point in time in a template: `{{ at.shown() }}`.

use super::text::time;
use crate::time::Time;
use std::fmt;

pub struct When(Time);

impl Time {
    /// As HTML.
    pub fn shown(self) -> When {
        When(self)
    }
}

impl fmt::Display for When {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&time(self.0))
    }
}

impl askama::filters::HtmlSafe for When {}
