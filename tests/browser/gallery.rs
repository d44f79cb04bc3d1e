//! Every part of a page, in the frame of a person who is signed in: a page that only the tests have.

use super::{SIDEWAYS, WIDTHS, browser, is_quiet};
use crate::web;
use askama::Template;
use axum::Router;
use axum::middleware::from_fn;
use axum::response::Html;
use axum::routing::get;
use gatepost::error::Step;
use gatepost::time::Time;
use gatepost::web::{Banner, Changed, Empty, Entry, Frame, Group, Inside, Post};
use serde_json::json;

#[derive(Template)]
#[template(path = "../../tests/browser/gallery.html")]
struct Gallery {
    long: &'static str,
    people: Vec<(&'static str, &'static str, &'static str, &'static str)>,
    now: Time,
    refused: Vec<Post>,
    passed: Vec<Post>,
    changes: Vec<Changed>,
    empty: Vec<Empty>,
}

const LONG: &str = "A-very-long-name-without-a-space-anywhere-in-it-which-somebody-pasted-into-this-field-by-mistake-\
                    and-which-must-not-make-the-page-scroll-sideways-on-any-screen-however-narrow-it-may-be-\
                    because-then-nobody-could-read-the-rest-of-the-page-without-effort";

fn gallery() -> Gallery {
    let changed = |field: &str, was: Option<&str>, is: Option<&str>| Changed {
        field: field.to_owned(),
        was: was.map(str::to_owned),
        is: is.map(str::to_owned),
    };
    Gallery {
        long: LONG,
        people: vec![
            ("Olive Acme", "owner@acme.example", "owner", "m1"),
            ("Ada Acme (you)", "admin@acme.example", "admin", "m2"),
            ("Sam Acme", LONG, "sdr", "m3"),
        ],
        now: Time(1_700_000_000_000),
        refused: web::fence(Some(Step::Role)),
        passed: web::fence(None),
        changes: vec![
            changed("name", Some("Spring"), Some("Spring launch, DACH")),
            changed("owner", None, Some("Sam Acme")),
            changed("note", Some(LONG), None),
        ],
        empty: vec![
            Empty::FirstUse { what: "campaigns", use_for: "A campaign sends steps to leads." },
            Empty::NoneVisible { what: "campaigns" },
            Empty::Cleared { title: "Nothing to look at", reason: "No key needs attention." },
            Empty::NoMatch { what: "campaigns", filters: "status is paused".to_owned() },
            Empty::NotAllowed { sentence: "Owners and admins of this workspace can grant it.".to_owned() },
            Empty::NotInPlan { what: "leads" },
            Empty::Failed { sentence: "The database is not available. Try again later.".to_owned() },
        ],
    }
}

fn html() -> String {
    let entry = |label, current| Entry { href: "/".to_owned(), label, current };
    let inside = Inside {
        workspace: "Acme".to_owned(),
        person: "Ada Acme".to_owned(),
        role: "admin".to_owned(),
        groups: vec![
            Group {
                title: "Outreach",
                entries: vec![entry("Home", false), entry("Sending accounts", false)],
            },
            Group {
                title: "People and access",
                entries: vec![entry("Members", true), entry("API keys", false)],
            },
        ],
        banner: Some(Banner {
            workspace: "Northwind".to_owned(),
            home: "Acme Agency".to_owned(),
            back: "/".to_owned(),
        }),
    };
    let body = gallery().render().unwrap();
    let frame =
        Frame { title: "Gallery", before: "", theme: "", inside: Some(&inside), note: None, body: &body };
    frame.render().unwrap()
}

async fn served() -> String {
    let page = Router::new().route("/", get(async || Html(html()))).layer(from_fn(web::dress));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move { axum::serve(listener, page.merge(web::assets())).await.unwrap() });
    base
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_part_can_be_read_by_everybody() {
    let Some(browser) = browser() else { return };
    let base = served().await;
    let mut found = Vec::new();
    for theme in ["light", "dark"] {
        for width in [1280, 360] {
            browser.look(width, theme);
            browser.open(&base);
            is_quiet(&browser, &base, "gallery");
            found.extend(browser.axe().into_iter().map(|line| format!("{theme} {width}: {line}")));
            browser.picture(&format!("gallery-{theme}-{width}"));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    for width in WIDTHS {
        browser.look(width, "light");
        assert_eq!(browser.value(SIDEWAYS), json!([]), "at {width}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn menus_open_without_a_script() {
    let Some(browser) = browser() else { return };
    browser.scripting(false);
    browser.open(&served().await);
    browser.click("[popovertarget=m3]");
    browser.until("document.querySelector('#m3').matches(':popover-open')");
    browser.picture("gallery-menu");
    browser.look(360, "light");
    browser.click("[popovertarget=rail]");
    browser.until("document.querySelector('#rail').matches(':popover-open')");
    browser.picture("gallery-rail-360");
}
