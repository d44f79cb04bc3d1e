//! Texts inside HTML that is made outside a template.

use crate::time::Time;
use askama::filters::{Escaper, Html};
use std::fmt::Write;

/// The text with what HTML reads as markup written as entities.
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    let _infallible = Html.write_escaped_str(&mut out, text);
    out
}

/// A point in time. It is in UTC, and the script turns it into the time of the reader's clock.
pub fn time(time: Time) -> String {
    let wire = serde_json::to_value(time).ok();
    let wire = wire.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    let mut out = String::new();
    let _infallible = write!(out, "<time datetime=\"{wire}\">{}</time>", in_words(wire));
    out
}

/// `2026-11-28T14:05:00.000Z` as `28 Nov 2026, 14:05 UTC`.
fn in_words(wire: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let part = |from: usize, to: usize| wire.get(from..to).unwrap_or_default();
    let month = part(5, 7).parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    let day = part(8, 10).trim_start_matches('0');
    format!("{day} {} {}, {} UTC", month.unwrap_or(&""), part(0, 4), part(11, 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_utc_and_in_words() {
        let html = time(Time(1_700_000_000_000));
        assert_eq!(html, "<time datetime=\"2023-11-14T22:13:20.000Z\">14 Nov 2023, 22:13 UTC</time>");
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(escaped("<b>\"A&B\"</b>").matches('<').count(), 0);
    }
}
