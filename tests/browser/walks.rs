//! What people do on the pages for visitors: signing in and following links, with and without a script.

use super::{Served, browser};
use crate::support::people::PASSWORD;
use serde_json::{Value, json};

async fn signs_in(script: bool) {
    let Some(browser) = browser() else { return };
    let served = Served::start().await;
    let email = served.world.has_password("sdr").await;
    browser.scripting(script);
    served.open(&browser, "/sign-in?next=/api/v2/me");
    for password in ["wrong, of no one", PASSWORD] {
        browser.fill("#email", &email);
        browser.fill("#password", password);
        browser.click("form[action='/sign-in'] .main");
        if password != PASSWORD {
            browser.until("document.title.startsWith('Not signed in: ')");
            assert!(browser.text().contains("The address or the password is wrong"), "{}", browser.text());
            assert_eq!(
                browser.value("document.querySelector('#password').value"),
                "",
                "a password is put back"
            );
            assert_eq!(browser.value("document.querySelector('#email').value"), email);
        }
    }
    browser.until("location.pathname === '/api/v2/me'");
    let me: Value = serde_json::from_str(&browser.text()).unwrap();
    assert_eq!((&me["kind"], &me["role"]), (&json!("session"), &json!("sdr")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_in() {
    signs_in(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_in_without_a_script() {
    signs_in(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_in_with_a_code_and_with_a_recovery_code() {
    let Some(browser) = browser() else { return };
    let served = Served::start().await;
    let email = served.world.has_password("sdr").await;
    let (seed, codes) = served.world.enrols_app("sdr's session").await;
    for kind in ["code", "recovery_code"] {
        served.open(&browser, "/sign-in?next=/api/v2/me");
        browser.fill("#email", &email);
        browser.fill("#password", PASSWORD);
        browser.click("form[action='/sign-in'] .main");
        browser.until("location.pathname === '/sign-in/factor'");
        browser.picture(&format!("factor-{kind}"));
        browser.fill("#code", "000000");
        browser.click(".main");
        browser.until("document.title.startsWith('Not signed in: ')");
        assert_eq!(browser.axe(), Vec::<String>::new());
        if kind == "code" {
            // As an app shows it.
            let code = served.world.code(&seed, 1);
            browser.fill("#code", &format!("{} {}", &code[..3], &code[3..]));
            browser.click(".main");
        } else {
            browser.click("summary");
            browser.fill("#recovery_code", &codes[0]);
            browser.click("details .button");
        }
        browser.until("location.pathname === '/api/v2/me'");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_in_with_a_passkey() {
    let Some(browser) = browser() else { return };
    let served = Served::start().await;
    let email = served.world.has_password("sdr").await;
    let device = browser.authenticator();
    served.open(&browser, "/sign-in?next=/health");
    browser.fill("#email", &email);
    browser.fill("#password", PASSWORD);
    browser.click("form[action='/sign-in'] .main");
    browser.until("location.pathname === '/health'");
    let enrol = "(async () => {
        const post = async (path, body) => (await fetch(path, { method: 'POST', body: body && JSON.stringify(body) })).json()
        const asked = await post('/api/v2/me/factors/passkeys/challenge')
        const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked.publicKey)
        const credential = (await navigator.credentials.create({ publicKey })).toJSON()
        return post('/api/v2/me/factors/passkeys', { name: 'Laptop', challenge: asked.challenge, credential })
    })()";
    let enrolled = browser.value(enrol);
    assert!(enrolled["recovery_codes"].is_array(), "{enrolled}");
    browser.cdp("Network.clearBrowserCookies", json!({}));
    served.open(&browser, "/sign-in?next=/api/v2/me");
    // The browser can answer by itself, because the device consents to everything. Otherwise the button asks.
    browser.until("location.pathname === '/api/v2/me' || document.querySelector('form[data-passkey]:not([hidden])') !== null");
    if browser.value("location.pathname") != "/api/v2/me" {
        browser.value("document.querySelector('form[data-passkey]')?.requestSubmit(), 0");
    }
    browser.until("location.pathname === '/api/v2/me'");
    let me: Value = serde_json::from_str(&browser.text()).unwrap();
    assert_eq!(me["role"], "sdr");
    browser.remove_authenticator(&device);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_is_accepted() {
    let Some(browser) = browser() else { return };
    let served = Served::start().await;
    for script in [true, false] {
        let token = served.invitation(&format!("jo-{script}@acme.example")).await;
        browser.scripting(script);
        let link = format!("{}/invitations/accept#{token}", served.base);
        served.open(&browser, "/health");
        browser.open(&link);
        if !script {
            browser.fill("#token", &link);
            browser.click(".main");
        }
        browser.until("document.querySelector('[name=_filled]') !== null");
        let text = browser.text();
        assert!(text.contains("admin Test") && text.contains("home"), "{text}");
        browser.fill("#first_name", "Jo");
        browser.fill("#password", "short");
        browser.click(".main");
        browser.until("document.querySelector('#password-wrong') !== null");
        assert_eq!(browser.value("document.querySelector('#first_name').value"), "Jo");
        browser.fill("#password", "five quiet words at dusk");
        browser.click(".main");
        browser.until("document.querySelector('#key') !== null");
        assert!(
            browser.value("document.querySelector('#key').textContent").as_str().unwrap().starts_with("gpk_")
        );
        browser.picture("invitation-accepted");
        // The link works once.
        served.open(&browser, "/health");
        browser.open(&link);
        if !script {
            browser.fill("#token", &link);
            browser.click(".main");
        }
        browser.until("document.querySelector('.note.no') !== null");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_signs_in_by_one_press() {
    let Some(browser) = browser() else { return };
    let served = Served::demo().await;
    let email = served.world.has_password("sdr").await;
    served.open(&browser, "/sign-in?next=/api/v2/me");
    browser.click(&format!("button[value='{email}']"));
    browser.until("location.pathname !== '/sign-in/demo' && location.pathname !== '/sign-in'");
    let me = browser.value("fetch('/api/v2/me').then(answer => answer.json())");
    assert_eq!(me["role"], "sdr");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_theme_is_kept_and_needs_no_script() {
    let Some(browser) = browser() else { return };
    let served = Served::start().await;
    browser.scripting(false);
    served.open(&browser, "/reset");
    let ground = "getComputedStyle(document.body).backgroundColor";
    let light = browser.value(ground);
    browser.click("button[value=dark]");
    browser.until("document.documentElement.dataset.theme === 'dark'");
    assert_eq!(browser.value("location.pathname"), "/reset");
    assert_ne!(browser.value(ground), light);
    browser.click("button[value='']");
    browser.until("document.documentElement.dataset.theme === undefined");
    // The choice is the server's: a page that was never open has it, too.
    browser.click("button[value=light]");
    served.open(&browser, "/sign-in");
    assert_eq!(browser.value("document.documentElement.dataset.theme"), "light");
}
