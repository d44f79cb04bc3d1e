//! From copy and values to the texts of a mail.

use super::*;
use crate::sending::template::Form;
use crate::sending::token;

const BODY: &str = "<p>Hi {{firstName}}, see <a href=\"https://a.example/?n={{firstName}}\">this</a> or \
                    <a href=\"{{website}}\">your page</a>. <a href=\"https://g.example/u/x\">Stop</a></p>";

fn composed(values: &[(&str, &str)], text_only: bool, tracking: Option<&Tracking>) -> Composed {
    let subject = Template::parse(Form::Header, "For {{firstName}} at {{companyName}}").unwrap();
    let body = Template::parse(Form::Html, BODY).unwrap();
    let of = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let copy = Copy { subject: &subject, body: &body, signature: Some("<b>Jo</b>"), text_only };
    compose(copy, &Values { of: &of, seed: b"s" }, tracking)
}

fn whole(values: &[(&str, &str)], text_only: bool, tracking: Option<&Tracking>) -> Texts {
    let found = composed(values, text_only, tracking);
    let Composed::Whole(texts) = &found else { unreachable!("{found:?}") };
    Texts::clone(texts)
}

const ANN: [(&str, &str); 3] =
    [("firstName", "Ann & <Co>"), ("companyName", "Acme\r\nBcc: x@y"), ("website", "javascript:alert(1)")];

#[test]
fn what_leaves_is_tracked_and_what_is_stored_is_not() {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"k");
    let send = Uuid::from_u128(5);
    let tracking = Tracking {
        key: &key,
        send,
        base: "https://t.example/t/",
        opens: true,
        links: true,
        except: Some("https://g.example/u/x"),
    };
    let texts = whole(&ANN, false, Some(&tracking));
    assert_eq!(texts.subject, "For Ann & <Co> at Acme Bcc: x@y");
    assert_eq!(
        texts.stored,
        "<p>Hi Ann &amp; &lt;Co&gt;, see <a href=\"https://a.example/?n=Ann &amp; &lt;Co&gt;\">this</a> or \
         <a href=\"\">your page</a>. <a href=\"https://g.example/u/x\">Stop</a></p><br/><br/><b>Jo</b>"
    );
    assert_eq!(texts.targets, ["https://a.example/?n=Ann & <Co>"]);
    let html = texts.html.unwrap();
    let tokens: Vec<&str> =
        html.split("https://t.example/t/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let kinds: Vec<_> = tokens.iter().map(|text| token::read(&key, text)).collect();
    assert_eq!(kinds, [Some((send, Kind::Click(0))), Some((send, Kind::Open))]);
    assert!(html.contains("href=\"https://g.example/u/x\"") && !texts.stored.contains("t.example"));
    assert!(
        !texts.text.contains("t.example") && texts.text.starts_with("Hi Ann & <Co>, see this ("),
        "{}",
        texts.text
    );
    assert!(texts.text.ends_with("Jo"));
}

#[test]
fn plain_text_has_no_html_and_no_tracking() {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"k");
    let tracking = Tracking {
        key: &key,
        send: Uuid::nil(),
        base: "https://t.example/t/",
        opens: true,
        links: true,
        except: None,
    };
    let texts = whole(&ANN, true, Some(&tracking));
    assert_eq!((texts.html, texts.targets), (None, vec![]));
    assert!(!texts.text.contains("t.example"));
    let untracked = whole(&ANN, false, None);
    assert_eq!(untracked.html.as_ref(), Some(&untracked.stored));
}

#[test]
fn all_missing_variables_are_named_once() {
    let missing = ["firstName", "companyName", "website"].map(str::to_owned).to_vec();
    assert_eq!(composed(&[], false, None), Composed::Missing(missing));
    let long = "x".repeat(600 * 1024);
    let values = [("firstName", &*long), ("companyName", "a"), ("website", "b")];
    assert_eq!(composed(&values, false, None), Composed::TooLong);
}

#[test]
fn an_answer_has_one_re() {
    assert_eq!(reply("Hello"), "Re: Hello");
    assert_eq!(reply("RE: Hello"), "RE: Hello");
    assert_eq!(reply(""), "Re: ");
    assert_eq!(reply("Größe"), "Re: Größe");
}
