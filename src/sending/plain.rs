//! The text part of a mail, made from its HTML.

use html2text::config;
use html2text::render::TextDecorator;

use super::links::decoded;
use super::markup::attributes;

/// Lines are not wrapped: mail programs do that. A line can still not be longer than this.
const WIDTH: usize = 900;
/// What a rule across the page becomes. The library leaves rules out, and joins the words around them.
const RULE: &str = "<p>---</p>";

pub fn text(html: &str) -> String {
    let shown = config::with_decorator(Links::default()).no_table_borders().allow_width_overflow();
    let Ok(mut text) = shown.string_from_read(with_rules(html).as_bytes(), WIDTH) else {
        return String::new();
    };
    for attribute in attributes(html).into_iter().filter(|attribute| attribute.name == "href") {
        let target = decoded(html.get(attribute.value).unwrap_or_default());
        let target = target.as_str();
        let bare = ["https://", "http://", "mailto:"].iter().find_map(|start| target.strip_prefix(start));
        for shown in bare.into_iter().chain([target]).filter(|shown| !shown.is_empty()) {
            text = text.replace(&format!("{shown} ({target})"), shown);
        }
    }
    let text = text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    text.trim().to_owned()
}

fn with_rules(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let (mut text, mut from) = (String::with_capacity(html.len()), 0);
    for (at, _) in lower.match_indices("<hr") {
        let rest = lower.get(at + 3..).unwrap_or_default();
        if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let Some(end) = rest.find('>') else { break };
        if at >= from {
            text.push_str(html.get(from..at).unwrap_or_default());
            text.push_str(RULE);
            from = at + 3 + end + 1;
        }
    }
    text.push_str(html.get(from..).unwrap_or_default());
    text
}

/// Shows the target of a link behind its text.
#[derive(Clone, Debug, Default)]
struct Links(Vec<String>);

impl TextDecorator for Links {
    type Annotation = ();

    fn decorate_link_start(&mut self, url: &str) -> (String, ()) {
        self.0.push(url.to_owned());
        (String::new(), ())
    }
    fn decorate_link_end(&mut self) -> String {
        let url = self.0.pop().filter(|url| !url.is_empty());
        url.map_or_else(String::new, |url| format!(" ({url})"))
    }
    fn decorate_em_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_em_end(&self) -> String {
        String::new()
    }
    fn decorate_strong_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_strong_end(&self) -> String {
        String::new()
    }
    fn decorate_strikeout_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }
    fn decorate_code_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_code_end(&self) -> String {
        String::new()
    }
    fn decorate_preformat_first(&self) {}
    fn decorate_preformat_cont(&self) {}
    fn decorate_image(&mut self, _src: &str, title: &str) -> (String, ()) {
        (title.to_owned(), ())
    }
    fn header_prefix(&self, _level: usize) -> String {
        String::new()
    }
    fn quote_prefix(&self) -> String {
        "> ".to_owned()
    }
    fn unordered_item_prefix(&self) -> String {
        "- ".to_owned()
    }
    fn ordered_item_prefix(&self, number: i64) -> String {
        format!("{number}. ")
    }
    fn make_subblock_decorator(&self) -> Self {
        Links::default()
    }
}
