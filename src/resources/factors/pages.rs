//! The page about security: the second factor, passkeys, recovery codes, and where one is signed in.

use super::{AppCode, Factors, Held, NewPasskey, list, passkeys, qr, recovery, totp};
use crate::access::{Can, factors::*, sessions as session};
use crate::error::{Error, Result};
use crate::http::{Id, Path};
use crate::resources::sessions::{self, Session};
use crate::web::{Back, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

const SHOW: Way<Read> = Way::page("/me/security", "Security");
const START: Way<StartTotp> = Way::post("/me/security/app", "Turn on");
const CONFIRM: Way<EnableTotp> = Way::post("/me/security/app/confirm", "Confirm").main();
const ABOUT_TO_DISABLE: Way<DisableTotp> = Way::page("/me/security/app/remove", "Turn off");
const DISABLE: Way<DisableTotp> = Way::post("/me/security/app/remove", "Remove the app").grave();
const NEW_PASSKEY: Way<AddPasskey> = Way::page("/me/security/passkeys/new", "Add a passkey");
const ADD: Way<AddPasskey> = Way::post("/me/security/passkeys/new", "Make a passkey").main();
const ABOUT_TO_REMOVE: Way<RemovePasskey> = Way::page("/me/security/passkeys/{id}/remove", "Remove");
const REMOVE: Way<RemovePasskey> =
    Way::post("/me/security/passkeys/{id}/remove", "Remove the passkey").grave();
const RENEW: Way<Recovery> = Way::post("/me/security/recovery-codes", "Make new codes");

pub fn pages() -> Pages {
    Pages::under(Rail::Own)
        .at(&SHOW, show)
        .at(&START, start)
        .at(&CONFIRM, confirm)
        .at(&ABOUT_TO_DISABLE, about_to_disable)
        .at(&DISABLE, disable)
        .at(&NEW_PASSKEY, new_passkey)
        .at(&ADD, add)
        .at(&ABOUT_TO_REMOVE, about_to_remove)
        .at(&REMOVE, remove)
        .at(&RENEW, renew)
}

#[derive(Template)]
#[template(path = "factors/security.html")]
struct Security {
    factors: Factors,
    /// They have a second factor.
    on: bool,
    start: Option<Offer>,
    disable: Option<Offer>,
    add: Option<Offer>,
    renew: Option<Offer>,
    passkeys: Vec<(Held, Option<Offer>)>,
    sessions: Vec<(Session, Option<Offer>)>,
    others: Option<Offer>,
    every: Option<Offer>,
}

async fn show(can: Can<Read>) -> Result<Page> {
    let factors = list(&can).await?;
    // People who must still enrol a second factor see no sessions.
    let all = match can.further::<session::Read>() {
        Ok(can) => sessions::list(&can).await?.items,
        Err(_) => vec![],
    };
    let on = factors.totp.is_some() || !factors.passkeys.is_empty();
    let passkey = |held: &Held| {
        let remove = ABOUT_TO_REMOVE.offered(&can, held.id).map(|offer| offer.about(&held.name));
        (held.clone(), remove)
    };
    let several = all.len() > 1;
    let one = |session: Session| {
        let offer = sessions::END.offered(&can, session.id).filter(|_| !session.current);
        let about = session.device.clone().unwrap_or_else(|| session.ip_address.clone());
        (session, offer.map(|offer| offer.about(about)))
    };
    let security = Security {
        start: START.offered(&can, ()).filter(|_| factors.totp.is_none()),
        disable: ABOUT_TO_DISABLE.offered(&can, ()).filter(|_| factors.totp.is_some()),
        add: NEW_PASSKEY.offered(&can, ()),
        renew: RENEW.offered(&can, ()).filter(|_| on),
        passkeys: factors.passkeys.iter().map(passkey).collect(),
        sessions: all.into_iter().map(one).collect(),
        others: sessions::END_OTHERS.offered(&can, ()).filter(|_| several),
        every: sessions::END_EVERY.offered(&can, ()),
        factors,
        on,
    };
    Page::new("Security", &security)
}

#[derive(Template)]
#[template(path = "factors/app.html")]
struct App {
    /// The secret, and its QR code as HTML. It is shown once, so a page with a wrong code does not have it.
    begun: Option<(String, String)>,
    confirm: Option<Form>,
    again: Option<Offer>,
    back: Option<Offer>,
}

fn app_page<P: crate::access::Permission>(
    can: &Can<P>,
    begun: Option<(String, String)>,
    back: Option<&Back>,
) -> Result<Page> {
    let form = |offer: Offer| -> Result<Form> {
        let form = Form::of::<AppCode>(can, offer)?.called("Confirm the app").back(back);
        Ok(form.ask(
            Input::new("code", "Code")
                .help("The six digits that the app shows now.")
                .filled_as("one-time-code"),
        ))
    };
    let app = App {
        begun,
        confirm: CONFIRM.offered(can, ()).map(form).transpose()?,
        again: START.offered(can, ()).map(|offer| offer.called("Start again with a new secret")),
        back: SHOW.offered(can, ()).map(|offer| offer.called("Back")),
    };
    let page = Page::new("Authenticator app", &app)?;
    Ok(match back {
        Some(back) => page.not_saved(back.status()),
        None => page.with_secret(),
    })
}

async fn start(can: Can<StartTotp>, _: Posted<()>) -> Result<Page> {
    let look = can.further::<Read>()?;
    let started = totp::start(can).await?;
    let image = qr::svg(&started.otpauth_url)?;
    app_page(&look, Some((started.secret, image)), None)
}

async fn confirm(can: Can<EnableTotp>, posted: Posted<AppCode>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let enable = async |code: AppCode| {
        let wrong = |error| {
            let digits = "body/code must be the six digits that your app shows now";
            if matches!(error, Error::Invalid(_)) { Error::invalid(digits) } else { error }
        };
        totp::enable(can, &code.code).await.map_err(wrong)
    };
    match posted.through(enable).await? {
        Ok(enrolled) => codes_or(&look, enrolled.recovery_codes, "Two-factor authentication is on."),
        Err(back) => app_page(&look, None, Some(&back)).map(Reply::from),
    }
}

#[derive(Template)]
#[template(path = "factors/codes.html")]
struct Codes<'a> {
    said: &'a str,
    codes: &'a [String],
    back: Option<Offer>,
}

/// With the first factor come recovery codes, which are shown once.
fn codes_or(can: &Can<Read>, codes: Option<Vec<String>>, said: &str) -> Result<Reply> {
    let Some(codes) = codes else { return Ok(Reply::to(&SHOW, ()).saying(said)) };
    let back = SHOW.offered(can, ()).map(|offer| offer.called("I have stored them"));
    Ok(Page::new("Recovery codes", &Codes { said, codes: &codes, back })?.with_secret().into())
}

async fn renew(can: Can<Recovery>, _: Posted<()>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let codes = recovery::renew(can).await?.recovery_codes;
    codes_or(&look, Some(codes), "Your earlier codes no longer work.")
}

#[derive(Template)]
#[template(path = "factors/remove.html")]
struct Removal {
    what: String,
    last: bool,
    remove: Option<Offer>,
    back: Option<Offer>,
}

async fn removal<P: crate::access::Permission>(
    can: &Can<P>,
    what: String,
    remove: Option<Offer>,
) -> Result<Page> {
    let factors = list(&can.further()?).await?;
    let last = factors.passkeys.len() + usize::from(factors.totp.is_some()) == 1;
    let back = SHOW.offered(can, ()).map(|offer| offer.called("Keep it"));
    Page::new(format!("Remove {what}"), &Removal { last, what, remove, back })
}

async fn about_to_disable(can: Can<DisableTotp>) -> Result<Page> {
    removal(&can, "your authenticator app".to_owned(), DISABLE.offered(&can, ())).await
}

async fn disable(can: Can<DisableTotp>, _: Posted<()>) -> Result<Reply> {
    totp::disable(can).await?;
    Ok(Reply::to(&SHOW, ()).saying("The authenticator app is removed. Your other devices are logged out."))
}

/// The fields of the form. The script of the page fills in the last two.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Made {
    #[schemars(length(min = 1, max = 80))]
    name: String,
    #[schemars(length(max = 8000))]
    challenge: String,
    #[schemars(length(max = 20_000))]
    credential: String,
}

#[derive(Template)]
#[template(path = "factors/passkey.html")]
struct Passkey {
    form: Option<Form>,
    back: Option<Offer>,
}

fn passkey_page<P: crate::access::Permission>(can: &Can<P>, back: Option<&Back>) -> Result<Page> {
    let form = |offer: Offer| -> Result<Form> {
        let form = Form::of::<Made>(can, offer)?.called("A new passkey").back(back);
        let form = form.making_passkey("/api/v2/me/factors/passkeys/challenge");
        Ok(form.ask(Input::new("name", "Name").help("Where it is, such as laptop or phone.")))
    };
    let passkey = Passkey {
        form: ADD.offered(can, ()).map(form).transpose()?,
        back: SHOW.offered(can, ()).map(|offer| offer.called("Back")),
    };
    Ok(Page::new("New passkey", &passkey)?.coming(back))
}

async fn new_passkey(can: Can<AddPasskey>) -> Result<Page> {
    passkey_page(&can, None)
}

async fn add(can: Can<AddPasskey>, posted: Posted<Made>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let make = async |made: Made| {
        let credential = serde_json::from_str(&made.credential)
            .map_err(|_| Error::invalid("body/name must be sent together with a passkey"))?;
        passkeys::add(can, NewPasskey { name: made.name, challenge: made.challenge, credential }).await
    };
    match posted.through(make).await? {
        Ok(enrolled) => codes_or(&look, enrolled.recovery_codes, "The passkey is added."),
        Err(back) => passkey_page(&look, Some(&back)).map(Reply::from),
    }
}

async fn named(can: &Can<RemovePasskey>, id: Uuid) -> Result<Held> {
    let factors = list(&can.further()?).await?;
    factors.passkeys.into_iter().find(|held| held.id == id).ok_or_else(Error::hidden)
}

async fn about_to_remove(can: Can<RemovePasskey>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let held = named(&can, id).await?;
    removal(&can, format!("the passkey {}", held.name), REMOVE.offered(&can, id)).await
}

async fn remove(can: Can<RemovePasskey>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    let held = passkeys::remove(can, id).await?;
    Ok(Reply::to(&SHOW, ())
        .saying(format!("The passkey {} is removed. Your other devices are logged out.", held.name)))
}
