//! The bytes of mails, their links and tokens.

use super::*;
use crate::time::Time;
use letter::{Built, Letter, Unsubscribe};
use proptest::prelude::*;
use ring::hmac;
use token::Kind;
use uuid::Uuid;

fn letter<'a>(subject: &'a str, name: &'a str, html: Option<&'a str>, text: &'a str) -> Letter<'a> {
    Letter {
        from: (name, "jo@acme.example"),
        reply_to: None,
        to: "ann@lead.example",
        cc: &[],
        bcc: &[],
        subject,
        html,
        text,
        message_id: "<abc@acme.example>",
        thread: &[],
        date: Time(1_795_000_000_000),
        unsubscribe: None,
        send: "0192",
    }
}

fn headers(built: &Built) -> Vec<(String, String)> {
    let text = String::from_utf8(built.bytes.clone()).unwrap();
    let head = text.split_once("\r\n\r\n").unwrap().0.replace("\r\n ", " ").replace("\r\n\t", " ");
    let pair =
        |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    head.split("\r\n").map(pair).collect()
}

fn header(built: &Built, name: &str) -> Option<String> {
    headers(built).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

#[test]
fn a_mail_has_the_headers_that_it_needs() {
    let copies = (["c@x.example".to_owned()], ["b@x.example".to_owned()]);
    let thread: Vec<String> = (0..30).map(|n| format!("<{n}@acme.example>")).collect();
    let built = Letter {
        cc: &copies.0,
        bcc: &copies.1,
        reply_to: Some("office@acme.example"),
        thread: &thread,
        unsubscribe: Some(Unsubscribe { url: Some("https://g.example/u/tok"), token: "tok" }),
        ..letter("Grüße", "Jo \"the\" Müller", Some("<p>Hi</p>"), "Hi")
    };
    let built = built.build().unwrap();
    let names: Vec<String> = headers(&built).into_iter().map(|(name, _)| name).collect();
    assert!(!names.contains(&"Bcc".to_owned()), "{names:?}");
    let expected = [
        ("To", "ann@lead.example"),
        ("Cc", "c@x.example"),
        ("Reply-To", "office@acme.example"),
        ("Message-ID", "<abc@acme.example>"),
        ("In-Reply-To", "<29@acme.example>"),
        ("X-Gatepost-Id", "0192"),
        ("List-Unsubscribe", "<https://g.example/u/tok>, <mailto:jo@acme.example?subject=unsubscribe-tok>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Date", "Wed, 18 Nov 2026 11:06:40 +0000"),
    ];
    for (name, value) in expected {
        assert_eq!(header(&built, name).unwrap(), value, "{name}");
    }
    let references = header(&built, "References").unwrap();
    let references: Vec<&str> = references.split(' ').collect();
    assert_eq!(
        (references.len(), references[0], references[19]),
        (20, "<0@acme.example>", "<29@acme.example>")
    );
    assert_eq!(built.recipients, ["ann@lead.example", "c@x.example", "b@x.example"]);
    assert!(built.bytes.is_ascii());
}

#[test]
fn without_https_an_unsubscribe_is_by_mail_only() {
    let built = Letter {
        unsubscribe: Some(Unsubscribe { url: None, token: "tok" }),
        ..letter("s", "Jo", None, "Hi")
    };
    let built = built.build().unwrap();
    let mailto = "<mailto:jo@acme.example?subject=unsubscribe-tok>";
    assert_eq!(header(&built, "List-Unsubscribe").as_deref(), Some(mailto));
    assert_eq!(header(&built, "List-Unsubscribe-Post"), None);
    assert!(header(&built, "Content-Type").unwrap().starts_with("text/plain"));
}

#[test]
fn text_is_made_from_html() {
    let cases = [
        ("<p>Hi Ann,</p><p>one<br/>two</p>", "Hi Ann,\n\none\ntwo"),
        ("See <a href=\"https://x.example/a\">this</a>.", "See this (https://x.example/a)."),
        ("<a href=\"https://x.example\">https://x.example</a>", "https://x.example"),
        ("<a href=\"https://x.example\">x.example</a>", "x.example"),
        ("<a href=\"mailto:jo@x.example\">jo@x.example</a>", "jo@x.example"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("a<hr/>b<HR width=1>c", "a\n\n---\n\nb\n\n---\n\nc"),
        ("1 &lt; 2 &amp; &#39;3&#39;", "1 < 2 & '3'"),
        ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a\nb"),
        ("<style>p { x: y }</style><p>a</p><img src=x alt=pic>", "a\n\npic"),
        ("", ""),
    ];
    for (html, expected) in cases {
        let lines: Vec<String> = plain::text(html).lines().map(|line| line.trim_end().to_owned()).collect();
        assert_eq!(lines.join("\n").replace("\n\n\n", "\n\n"), expected, "{html}");
    }
    let long = format!("<p>{}</p>", "word ".repeat(1000));
    assert_eq!(plain::text(&long).split_whitespace().count(), 1000);
}

#[test]
fn links_are_tracked_and_dangerous_ones_emptied() {
    let html = "<p><a class=x href=\"https://a.example/?x=1&amp;y=2\">a</a><a href='mailto:x@y'>m</a>\
                <a href=https://b.example>b</a><a href=\"https://g.example/u/t\">no</a><a href=\"#top\">t</a>\
                <img src=\"https://i.example/x.png\"></p>";
    let (found, targets) =
        links::tracked(html, Some("https://g.example/u/t"), |n| format!("https://g.example/t/{n}"));
    assert_eq!(targets, ["https://a.example/?x=1&y=2", "https://b.example"]);
    let expected = html
        .replace("https://a.example/?x=1&amp;y=2", "https://g.example/t/0")
        .replace("=https://b.example", "=\"https://g.example/t/1\"");
    assert_eq!(found, expected);
    assert_eq!(links::harmless(html), html);
    for target in [
        "javascript:x",
        " JavaScript:x",
        "java\nscript:x",
        "jav&#x09;ascript&colon;x",
        "data:text/html,x",
        "vbscript:x",
        "&#106;avascript:x",
    ] {
        assert_eq!(links::harmless(&format!("<a href=\"{target}\">x</a>")), "<a href=\"\">x</a>", "{target}");
    }
    assert_eq!(links::harmless("<a href=javascript:x>"), "<a href=\"\">");
    for html in [
        "<img src=\"data:image/png;base64,xx\">",
        "<a href=\"//x.example\">",
        "<a href=\"x.example/a:b\">",
        "<a href=\"\">",
    ] {
        assert_eq!(links::harmless(html), html);
    }
    let pixel = "<img src=\"https://g.example/t/p\" width=\"1\" height=\"1\" alt=\"\">";
    assert_eq!(
        links::with_pixel("<BODY>x</BODY>", "https://g.example/t/p"),
        format!("<BODY>x{pixel}</BODY>")
    );
    assert_eq!(links::with_pixel("x", "https://g.example/t/p"), format!("x{pixel}"));
}

fn key(secret: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret)
}

#[test]
fn a_token_is_read_only_as_it_was_made() {
    let send = Uuid::from_u128(77);
    for kind in [Kind::Unsubscribe, Kind::Open, Kind::Click(0), Kind::Click(65535)] {
        let made = token::token(&key(b"k"), send, kind);
        assert_eq!(token::read(&key(b"k"), &made), Some((send, kind)));
        assert_eq!(token::read(&key(b"other"), &made), None);
        for at in 0..made.len() {
            let cut = &made[..at];
            assert_eq!(token::read(&key(b"k"), cut), None, "{cut}");
            let other = if &made[at..=at] == "A" { "B" } else { "A" };
            let bent = format!("{cut}{other}{}", &made[at + 1..]);
            assert_eq!(token::read(&key(b"k"), &bent), None, "{bent}");
        }
        assert_eq!(token::read(&key(b"k"), &format!("{made}A")), None);
        assert!(made.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_'));
    }
    assert_eq!(token::token(&key(b"k"), send, Kind::Unsubscribe).len(), 35);
}

proptest! {
    /// No value adds a header, and no line is too long for a mail server.
    #[test]
    fn no_value_adds_a_header(
        subject in any::<String>(),
        name in any::<String>(),
        text in any::<String>(),
        evil in prop::sample::select(vec!["\r\nBcc: x@y.example", "\n\nbody", "\r\n.\r\nMAIL FROM:<x@y>", "\u{2028}X: y", ""]),
        long in 0_usize..3000,
    ) {
        let subject = format!("{subject}{evil}{}", "x".repeat(long));
        let name = format!("{name}{evil}");
        let html = format!("<p>{text}{evil}</p>{}", "y".repeat(long));
        let letter = letter(&subject, &name, Some(&html), &text);
        let built = letter.build().unwrap();
        prop_assert_eq!(&built, &letter.build().unwrap(), "the same values, the same bytes");
        let mut names: Vec<String> = headers(&built).into_iter().map(|(name, _)| name).collect();
        names.sort();
        let expected = ["Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To", "X-Gatepost-Id"];
        prop_assert_eq!(names, expected);
        let whole = String::from_utf8(built.bytes).unwrap();
        prop_assert!(whole.is_ascii() && whole.replace("\r\n", "").find(['\r', '\n']).is_none());
        prop_assert!(whole.split("\r\n").all(|line| line.len() <= 998));
    }

    #[test]
    fn any_html_has_a_text_and_links(pieces in prop::collection::vec("[<>a-z/=\"' &;:#]{0,12}|<a href=\"|</a>|<p>|<table>|<td>|<hr>|https://x", 0..20)) {
        let html = pieces.concat();
        let _text = plain::text(&html);
        let harmless = links::harmless(&html);
        prop_assert_eq!(links::harmless(&harmless), harmless.clone());
        let (_, targets) = links::tracked(&harmless, None, |n| format!("https://t/{n}"));
        prop_assert!(targets.iter().all(|target| target.starts_with("http")));
    }
}
