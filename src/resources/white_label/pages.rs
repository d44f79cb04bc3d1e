//! The page of the brand: name, colour and logo, and the domain of the workspace.

use super::{Branding, BrandingPatch, DomainInfo, NewDomain};
use super::{remove_domain, set_domain, show_branding, show_domain, update_branding, verify_domain};
use crate::access::{Can, branding, white_label};
use crate::error::Result;
use crate::web::{Back, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;

const SHOW: Way<branding::Read> = Way::page("/w/{workspace}/brand", "Brand");
const CHANGE: Way<branding::Update> = Way::post("/w/{workspace}/brand", "Save").main();
const SET: Way<white_label::Set> = Way::post("/w/{workspace}/brand/domain", "Ask for the domain");
const VERIFY: Way<white_label::Verify> =
    Way::post("/w/{workspace}/brand/domain/verify", "Look up the records");
const ABOUT_TO_REMOVE: Way<white_label::Remove> =
    Way::page("/w/{workspace}/brand/domain/remove", "Remove the domain");
const REMOVE: Way<white_label::Remove> =
    Way::post("/w/{workspace}/brand/domain/remove", "Remove the domain").grave();

pub fn pages() -> Pages {
    Pages::under(Rail::Brand)
        .at(&SHOW, brand)
        .at(&CHANGE, change)
        .at(&SET, set)
        .at(&VERIFY, verify)
        .at(&ABOUT_TO_REMOVE, about_to_remove)
        .at(&REMOVE, removed)
}

#[derive(Template)]
#[template(path = "white_label/show.html")]
struct Brand {
    branding: Branding,
    form: Option<Form>,
    domain: Option<DomainInfo>,
    set: Option<Form>,
    verify: Option<Offer>,
    remove: Option<Offer>,
}

async fn brand(can: Can<branding::Read>) -> Result<Page> {
    shown(&can, None, None).await
}

async fn shown(can: &Can<branding::Read>, back: Option<&Back>, setting: Option<&Back>) -> Result<Page> {
    let branding = show_branding(can).await?;
    let domain = match can.further::<white_label::Read>() {
        Ok(can) => Some(show_domain(&can).await?),
        Err(_) => None,
    };
    let has_domain = domain.as_ref().is_some_and(|info| info.name.is_some());
    let form = |offer: Offer| -> Result<Form> {
        let form = Form::of::<BrandingPatch>(can, offer)?.called("Brand").over(&branding)?.back(back);
        Ok(form
            .ask(
                Input::new("brand_name", "Name")
                    .help("Letters and invitations say it instead of the workspace's name."),
            )
            .ask(
                Input::new("brand_color", "Colour")
                    .help("As #0b6e4f. White text must be legible on it: the contrast is at least 4.5:1."),
            )
            .ask(
                Input::new("org_logo_url", "Address of the logo")
                    .help("It begins with https://. Clients of the API get it."),
            ))
    };
    let set = |offer: Offer| -> Result<Form> {
        let ask = Input::new("domain", "Domain").help("Such as clients.example.com.");
        Ok(Form::of::<NewDomain>(can, offer)?.called("Domain").back(setting).ask(ask))
    };
    let brand = Brand {
        form: CHANGE.offered(can, ()).map(form).transpose()?,
        set: SET.offered(can, ()).map(set).transpose()?,
        verify: VERIFY.offered(can, ()).filter(|_| has_domain),
        remove: ABOUT_TO_REMOVE.offered(can, ()).filter(|_| has_domain),
        branding,
        domain,
    };
    Ok(Page::new("Brand", &brand)?.coming(back.or(setting)))
}

async fn change(can: Can<branding::Update>, posted: Posted<BrandingPatch>) -> Result<Reply> {
    let look = can.further::<branding::Read>()?;
    let now = show_branding(&look).await?;
    match posted.changing(&now, async |patch| update_branding(can, patch).await).await? {
        Ok(Some(_)) => Ok(Reply::to(&SHOW, ()).saying("The brand is saved.")),
        Ok(None) => Ok(Reply::to(&SHOW, ()).saying("Nothing was changed.")),
        Err(back) => shown(&look, Some(&back), None).await.map(Reply::from),
    }
}

async fn set(can: Can<white_label::Set>, posted: Posted<NewDomain>) -> Result<Reply> {
    let look = can.further::<branding::Read>()?;
    match posted.through(async |new: NewDomain| set_domain(can, &new.domain).await).await? {
        Ok(_) => Ok(Reply::to(&SHOW, ())
            .saying_more("The domain is saved.", "Publish the records below, and then look them up.")),
        Err(back) => shown(&look, None, Some(&back)).await.map(Reply::from),
    }
}

async fn verify(can: Can<white_label::Verify>, _: Posted<()>) -> Result<Reply> {
    let info = verify_domain(can).await?;
    let said = match info.verified {
        true => "All records are found. The domain belongs to this workspace.",
        false => "Some records are not found. A change in the DNS can take hours until everybody sees it.",
    };
    Ok(Reply::to(&SHOW, ()).saying(said))
}

#[derive(Template)]
#[template(path = "white_label/remove.html")]
struct Removal {
    name: String,
    remove: Option<Offer>,
    back: Option<Offer>,
}

async fn about_to_remove(can: Can<white_label::Remove>) -> Result<Page> {
    let info = show_domain(&can.further()?).await?;
    let removal = Removal {
        name: info.name.unwrap_or_else(|| "the domain".to_owned()),
        remove: REMOVE.offered(&can, ()),
        back: SHOW.offered(&can, ()).map(|offer| offer.called("Keep the domain")),
    };
    Page::new(format!("Remove {}", removal.name), &removal)
}

async fn removed(can: Can<white_label::Remove>, _: Posted<()>) -> Result<Reply> {
    remove_domain(can).await?;
    Ok(Reply::to(&SHOW, ()).saying("The domain is removed."))
}
