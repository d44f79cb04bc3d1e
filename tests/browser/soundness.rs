//! What must be true of each page behind the sign-in: axe finds nothing, nothing scrolls sideways, and nothing is noisy.

use super::driver::all_looks;
use super::{Browser, Case, SIDEWAYS, Served, WIDTHS, is_quiet};
use gatepost::auth::{Cookie, Site};
use serde_json::json;

/// Opens all parts that are closed at first.
const OPENED: &str = "document.querySelectorAll('details').forEach(one => one.open = true), 0";

const LOOKS: [(&str, u32); 4] = [("light", 1280), ("dark", 360), ("dark", 1280), ("light", 360)];

/// The themes and widths in which axe reads each page. `make torture` takes all four pairs.
pub fn looks() -> &'static [(&'static str, u32)] {
    if all_looks() { &LOOKS } else { &LOOKS[..2] }
}

/// Checks these pages as the owner sees them.
pub async fn are_sound(browser: &Browser, served: &Served, cases: &[Case]) {
    let token = served.world.signed_in("owner").await;
    let name = Site::of(&served.base).name(Cookie::Session);
    let value = token.strip_prefix("cookie:").unwrap();
    let cookie = json!({ "name": name, "value": value, "url": served.base, "httpOnly": true });
    browser.cdp("Network.setCookie", cookie);
    browser.log("browser");
    browser.log("performance");
    let mut found = Vec::new();
    for case in cases {
        browser.look(1280, "light");
        served.open(browser, &case.path);
        browser.until("document.readyState === 'complete' && document.querySelector('h1') !== null");
        for (theme, width) in looks() {
            browser.look(*width, theme);
            browser.picture(&format!("{}-{theme}-{width}", case.name));
            browser.value(OPENED);
            let place = format!("{} {theme} {width}", case.name);
            found.extend(browser.axe().into_iter().map(|line| format!("{place}: {line}")));
        }
        for width in WIDTHS {
            browser.look(width, "light");
            if browser.value(SIDEWAYS) != json!([]) {
                found.push(format!("{} at {width}: {}", case.name, browser.value(SIDEWAYS)));
            }
        }
        is_quiet(browser, &served.base, case.name);
    }
    assert!(found.is_empty(), "{found:#?}");
}
