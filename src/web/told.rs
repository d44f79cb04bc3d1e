//! The layer around the pages. It lets a request in (`place`), puts the frame around what the handler returns, and tells
//! errors as pages. `http/errors.rs` stays the only mapping to statuses: the error rides on its answer.

use super::again::{self, Task};
use super::frame::{Frame, Inside, Note, Rail, Target};
use super::page::{Onward, Page};
use super::pages::Written;
use super::place::enter;
use super::refused;
use super::said;
use super::theme::Theme;
use super::typed::{self, Typed};
use crate::access::{Caller, Standing};
use crate::app::App;
use crate::error::{Error, Result, Step};
use crate::http::Slot;
use askama::Template;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// What the layer knows about all pages of the server.
pub struct Site {
    app: App,
    targets: Vec<Target>,
    rails: HashMap<&'static str, Rail>,
}

impl Site {
    pub fn of(app: App, written: Vec<Written>) -> Arc<Site> {
        let mut targets: Vec<Target> = vec![];
        let first =
            |page: &&Written| page.method == Method::GET && !page.open && !page.path.contains("/{id}");
        // Of the pages of an entry, the one with the shortest address is its target.
        let mut by_length: Vec<&Written> = written.iter().filter(first).collect();
        by_length.sort_by_key(|page| page.path.len());
        for Written { rail, path, action, .. } in by_length {
            if *rail != Rail::Own && targets.iter().all(|target| target.rail != *rail) {
                targets.push(Target { rail: *rail, path, action });
            }
        }
        let rails = written.iter().map(|page| (page.path, page.rail)).collect();
        Arc::new(Site { app, targets, rails })
    }

    pub fn has(&self, path: &str) -> bool {
        self.rails.contains_key(path)
    }
}

/// What the layer keeps of a request.
struct Asked {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    rail: Option<Rail>,
    place: Option<Uuid>,
    standing: Slot<Standing>,
    typed: Typed,
    /// For the body that the handler did not read.
    rest: Parts,
}

impl Asked {
    fn caller(&self) -> Option<&Caller> {
        self.standing.look().map(Standing::caller)
    }

    /// The page itself, and not a copy that a browser fetches before it is asked for.
    fn is_shown(&self) -> bool {
        self.method == Method::GET && !self.headers.contains_key("sec-purpose")
    }
}

pub async fn told(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    let standing = Slot::<Standing>::default();
    let typed = Typed::default();
    request.extensions_mut().insert(standing.clone());
    request.extensions_mut().insert(typed.clone());
    let place = enter(&mut request);
    let (rest, body) = request.into_parts();
    let rail = rest.extensions.get::<MatchedPath>().and_then(|path| site.rails.get(path.as_str()).copied());
    let asked = Asked {
        method: rest.method.clone(),
        uri: rest.uri.clone(),
        headers: rest.headers.clone(),
        rail,
        place: *place.as_ref().unwrap_or(&None),
        standing,
        typed,
        rest: rest.clone(),
    };
    let answer = match place {
        Ok(_) => next.run(Request::from_parts(rest, body)).await,
        Err(error) => error.into_response(),
    };
    match answered(&site, &asked, answer).await {
        Ok(response) => response,
        // The frame itself failed: the bare page says so.
        Err(error) => bare(&asked, error),
    }
}

async fn answered(site: &Site, asked: &Asked, answer: Response) -> Result<Response> {
    if let Some(page) = answer.extensions().get::<Arc<Page>>().cloned() {
        return framed(site, asked, answer, &page).await;
    }
    if let Some(onward) = answer.extensions().get::<Arc<Onward>>().cloned() {
        return led(site, asked, answer, &onward);
    }
    let Some(error) = answer.extensions().get::<Error>().cloned() else { return Ok(answer) };
    if matches!(error, Error::Refused { step: Step::Credential, hidden: false, .. }) {
        return unproven(site, asked, answer, &error).await;
    }
    let page = refused::page(&error, asked.rest.extensions.get(), &asked.uri)?;
    framed(site, asked, answer, &page).await
}

/// The session is missing or over, or too old for this.
async fn unproven(site: &Site, asked: &Asked, answer: Response, error: &Error) -> Result<Response> {
    let standing = asked.standing.look();
    if let (Some(Standing::MustEnrol(_)), true) = (standing, site.has("/me/security")) {
        let onward = Onward::see("/me/security").saying(refused::sentence(error));
        return led(site, asked, answer, &onward);
    }
    let task = Task::of(&asked.method, &asked.uri, site.app.now());
    match standing {
        Some(Standing::Known(caller) | Standing::Stale(caller)) => {
            let fields = asked.typed.left(asked.rebuilt()).await?;
            let task = task.by(caller.identity().user);
            let page = again::page(&site.app, &task, &fields, true, None)?;
            framed(site, asked, answer, &page).await
        }
        Some(Standing::MustEnrol(_)) => {
            let page = refused::page(error, asked.rest.extensions.get(), &asked.uri)?;
            framed(site, asked, answer, &page).await
        }
        None if asked.method == Method::POST && asked.rail.is_some() => {
            let fields = asked.typed.left(asked.rebuilt()).await?;
            let by = typed::value(&fields, "_by").and_then(|user| user.parse().ok());
            // The session can end while this page itself is open. What the page is for stays the same.
            let task = Task::carried(&site.app, &fields).unwrap_or_else(|| task.by(by));
            if task.path == again::AGAIN.path {
                return led(site, asked, answer, &Onward::see("/sign-in"));
            }
            let page = again::page(&site.app, &task, &fields, false, None)?;
            framed(site, asked, answer, &page).await
        }
        None => {
            let next: String = form_urlencoded::byte_serialize(task.path.as_bytes()).collect();
            led(site, asked, answer, &Onward::see(format!("/sign-in?next={next}")))
        }
    }
}

impl Asked {
    fn rebuilt(&self) -> Request {
        Request::from_parts(self.rest.clone(), axum::body::Body::empty())
    }
}

/// Puts the frame around a page, and takes over the status and what the edge records.
async fn framed(site: &Site, asked: &Asked, answer: Response, page: &Page) -> Result<Response> {
    let caller = asked.caller();
    let inside = match caller {
        Some(caller) => Some(Inside::of(&site.targets, caller, asked.rail).await?),
        None => None,
    };
    let kept = asked.is_shown().then(|| said::note(&site.app, caller, &asked.headers)).flatten();
    let (note, clear) = kept.unzip();
    let note = note.flatten();
    let html = drawn(asked, page, inside.as_ref(), note.as_ref())?;
    let mut response = (page.status, Html(html)).into_response();
    if let Some(cookie) = clear {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    if page.secret {
        response.headers_mut().insert(header::CACHE_CONTROL, super::headers::NOT_STORED);
    }
    Ok(taken_over(response, answer))
}

fn drawn(asked: &Asked, page: &Page, inside: Option<&Inside>, note: Option<&Note>) -> Result<String> {
    let before = match (page.before, note) {
        ("", Some(_)) => "Done: ",
        (before, _) => before,
    };
    let theme = Theme::of(&asked.headers).name();
    let frame = Frame { title: &page.title, before, theme, inside, note, body: &page.body };
    frame.render().map_err(Error::internal)
}

/// The status of the error, its header for a retry, and what rides on it.
fn taken_over(mut response: Response, answer: Response) -> Response {
    if answer.status() != StatusCode::OK {
        *response.status_mut() = answer.status();
    }
    if let Some(wait) = answer.headers().get(header::RETRY_AFTER) {
        response.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    let (parts, _) = answer.into_parts();
    response.extensions_mut().extend(parts.extensions);
    response
}

/// 303 to another page, with what is said there.
fn led(site: &Site, asked: &Asked, answer: Response, onward: &Onward) -> Result<Response> {
    let path = match asked.place {
        Some(workspace) => onward.path.replace(super::offer::WORKSPACE, &workspace.to_string()),
        None => onward.path.clone(),
    };
    let mut response = onward.status.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_str(&path).map_err(Error::internal)?);
    headers.insert(header::CACHE_CONTROL, super::headers::NOT_STORED);
    for cookie in &onward.cookies {
        headers.append(header::SET_COOKIE, cookie.clone());
    }
    if let Some(note) = &onward.said {
        headers.append(header::SET_COOKIE, said::cookie(&site.app, asked.caller(), note)?);
    }
    if onward.forgets {
        let what = HeaderValue::from_static("\"cache\", \"prefetchCache\", \"prerenderCache\"");
        headers.insert("clear-site-data", what);
    }
    let (parts, _) = answer.into_parts();
    response.extensions_mut().extend(parts.extensions);
    Ok(response)
}

/// The page of an error without a frame, if even the names of the frame cannot be read.
fn bare(asked: &Asked, error: Error) -> Response {
    let page = refused::page(&error, asked.rest.extensions.get(), &asked.uri);
    let html = page.and_then(|page| drawn(asked, &page, None, None));
    let answer = error.into_response();
    match html {
        Ok(html) => taken_over(Html(html).into_response(), answer),
        Err(_) => answer,
    }
}

/// The page for an address that this server does not have, for a browser. It is the page of a foreign workspace.
pub fn nowhere(headers: &HeaderMap) -> Option<Response> {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepted.contains("text/html") {
        return None;
    }
    let error = Error::hidden();
    let page = refused::page(&error, None, &Uri::default()).ok()?;
    let theme = Theme::of(headers).name();
    let frame = Frame { title: &page.title, before: "", theme, inside: None, note: None, body: &page.body };
    let html = frame.render().ok()?;
    Some(taken_over(Html(html).into_response(), Error::NotFound.into_response()))
}
