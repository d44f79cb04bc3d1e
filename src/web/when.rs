//! A point in time on a page: UTC in words. The script turns it into the reader's own time.

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
        let words = self.0.utc().format("%-d %b %Y, %H:%M UTC");
        write!(out, "<time datetime=\"{}\">{words}</time>", self.0)
    }
}

impl askama::filters::HtmlSafe for When {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_words_and_for_the_script() {
        let shown = Time(1_700_000_000_000).shown().to_string();
        assert_eq!(shown, "<time datetime=\"2023-11-14T22:13:20.000Z\">14 Nov 2023, 22:13 UTC</time>");
    }
}
