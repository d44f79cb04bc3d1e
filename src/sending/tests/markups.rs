//! The scanner against the tokenizer of html5ever.

use super::*;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use proptest::prelude::*;
use std::cell::RefCell;

#[derive(Default)]
struct Sink(RefCell<Vec<Token>>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let raw = match &token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => match &*tag.name {
                "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
                "textarea" | "title" => Some(RawKind::Rcdata),
                _ => None,
            },
            Token::DoctypeToken(_)
            | Token::TagToken(_)
            | Token::CommentToken(_)
            | Token::CharacterTokens(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => None,
        };
        self.0.borrow_mut().push(token);
        raw.map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }
}

fn tokenize(html: &str) -> Vec<Token> {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _done = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.take()
}

/// Tags with the names of their attributes, comments, and whether there is text between them.
pub fn tokens(html: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for token in tokenize(html) {
        let shown = match token {
            Token::TagToken(tag) => {
                let names: Vec<_> =
                    tag.attrs.iter().map(|attribute| attribute.name.local.to_string()).collect();
                format!("{:?} {} {names:?}", tag.kind, tag.name)
            }
            Token::CommentToken(text) => format!("comment {text}"),
            Token::CharacterTokens(_) => "text".to_owned(),
            Token::DoctypeToken(_) => "doctype".to_owned(),
            Token::NullCharacterToken | Token::EOFToken | Token::ParseError(_) => continue,
        };
        if shown != "text" || found.last().is_none_or(|last| last != "text") {
            found.push(shown);
        }
    }
    found
}

const MARK: &str = "\u{e000} \u{e001}";

/// Where the tokenizer has the mark.
fn marked(html: &str) -> Option<Place<'static>> {
    let mut text = String::new();
    for token in tokenize(html) {
        match token {
            Token::CharacterTokens(characters) => text.push_str(&characters),
            Token::TagToken(tag) => {
                let whole = tag.attrs.iter().find(|attribute| attribute.value.contains(MARK));
                if let Some(attribute) = whole {
                    return Some(Place::Quoted(attribute.name.local.to_string().leak()));
                }
            }
            Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
    }
    text.contains(MARK).then_some(Place::Text)
}

const PIECES: [&str; 40] = [
    "<p",
    "<p>",
    "</p>",
    "<a href=\"",
    "<a href='",
    "\"",
    "'",
    ">",
    "<",
    "</",
    "<!--",
    "-->",
    "-",
    "--",
    "!",
    "<!",
    "<!-",
    "<?",
    "<br/>",
    "<img src=",
    "<style>",
    "</style>",
    "</style ",
    "<textarea>",
    "</textarea>",
    "<TITLE>",
    "</title/",
    "=",
    " ",
    "/",
    "x",
    "&amp;",
    "\n",
    "1",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE html>",
    "\t",
    "</stylex>",
    "<x-y z",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn the_scanner_knows_where_text_is(
        before in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..12),
        after in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..4),
    ) {
        let mut scanner = Scanner::default();
        before.concat().chars().for_each(|c| scanner.feed(c));
        // What follows closes all that can be open.
        let html = format!("{}{MARK}{}\"'>-->", before.concat(), after.concat());
        match scanner.place() {
            Place::Text => prop_assert_eq!(marked(&html), Some(Place::Text), "{}", html),
            Place::Quoted(name) => {
                let html = format!("{}{MARK}\"'>", before.concat());
                // Of two attributes with one name, the tokenizer drops the second.
                let found = marked(&html);
                prop_assert!(found.is_none() || found == Some(Place::Quoted(name)), "{html} {found:?}");
                prop_assert_ne!(found, Some(Place::Text), "{}", html);
            }
            Place::Inside => {}
        }
    }

    #[test]
    fn values_of_attributes_are_found_where_they_are(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..14),
        value in "[a-z:/?.]{1,12}",
    ) {
        let html = format!("{}<!---->\"'></style></textarea></title><a x=y href=\"{value}\" z>", pieces.concat());
        let last = attributes(&html).into_iter().find(|attribute| attribute.name == "href" && html[attribute.value.clone()] == value);
        let is = |tag: &Tag| &*tag.name == "a" && tag.attrs.iter().any(|a| &*a.name.local == "href" && *a.value == *value);
        let theirs = tokenize(&html).iter().any(|token| matches!(token, Token::TagToken(tag) if is(tag)));
        if theirs {
            prop_assert_eq!(last.map(|found| found.tag), Some("a".to_owned()), "{}", html);
        }
    }
}
