//! The theme that a reader chose. It is in a cookie and becomes `data-theme` of the page, so that a page appears in the
//! right colours at once, without a script.

use crate::http::Filled;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use std::convert::Infallible;

const COOKIE: &str = "gatepost-theme";
const YEAR: u32 = 365 * 24 * 60 * 60;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// The theme of the device.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub fn of(headers: &HeaderMap) -> Theme {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == COOKIE).map_or(Theme::System, |(_, value)| Theme::parse(value))
    }

    fn parse(name: &str) -> Theme {
        match name {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }

    /// The value of `data-theme`. It is empty for the theme of the device.
    pub fn name(self) -> &'static str {
        match self {
            Theme::System => "",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Theme {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Theme::of(&parts.headers))
    }
}

/// Stores the choice, and goes back to the page with the form.
pub async fn choose(headers: HeaderMap, filled: Filled) -> Response {
    let theme = Theme::parse(filled.get("theme"));
    let age = if theme == Theme::System { 0 } else { YEAR };
    let cookie = format!("{COOKIE}={}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax", theme.name());
    let mut response = Redirect::to(&back(&headers)).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// The page with the form: the path of `Referer`, which names this server's own pages only. The answer to a post
/// cannot be opened by its address, so from there the reader goes to the start page.
fn back(headers: &HeaderMap) -> String {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let page = text(header::REFERER).and_then(|referer| url::Url::parse(referer).ok());
    let host = |page: &url::Url| {
        let port = page.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}", page.host_str().unwrap_or_default())
    };
    let own = page.filter(|page| text(header::HOST) == Some(host(page).as_str()));
    match own {
        Some(page) if !page.path().starts_with("/links/") && !page.path().starts_with("//") => {
            let query = page.query().map(|query| format!("?{query}")).unwrap_or_default();
            format!("{}{query}", page.path())
        }
        Some(_) | None => "/".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_theme_is_read_from_its_cookie() {
        let of = |line: &'static str| Theme::of(&headers(&[("cookie", line)]));
        assert_eq!(of("a=b; gatepost-theme=dark"), Theme::Dark);
        assert_eq!(of("gatepost-theme=light; gatepost-theme=dark"), Theme::Light);
        for none in ["", "gatepost-theme=", "gatepost-theme=\"><script>", "x-gatepost-theme=dark"] {
            assert_eq!(of(none), Theme::System, "{none}");
        }
    }

    #[test]
    fn the_way_back_stays_on_this_server() {
        let back = |referer: &'static str| back(&headers(&[("referer", referer), ("host", "a.example:81")]));
        assert_eq!(back("https://a.example:81/sign-in?next=%2Fme"), "/sign-in?next=%2Fme");
        for other in [
            "https://evil.example/x",
            "https://a.example/x",
            "https://a.example:81//evil.example",
            "nonsense",
            "https://a.example:81/links/password",
        ] {
            assert_eq!(back(other), "/", "{other}");
        }
    }
}
