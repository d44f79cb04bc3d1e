//! What a person typed into a form: the fields of the body as they came. The layer around the pages keeps them, so that
//! nothing is lost if the session has ended meanwhile.

use super::pages::LARGEST;
use crate::error::{Error, Result};
use crate::http::{whole, whole_of_stranger};
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use std::sync::{Arc, Mutex, PoisonError};

/// The most fields of a form.
const MOST: usize = 2_000;

/// The names and the values, in their order.
pub type Fields = Vec<(String, String)>;

/// The body of a request, until a handler or the layer reads it.
#[derive(Clone, Default)]
pub struct Typed(Arc<Mutex<Held>>);

#[derive(Default)]
enum Held {
    #[default]
    Nothing,
    Unread(Body),
    Read(Bytes),
}

impl Typed {
    fn take(&self) -> Held {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, bytes: &Bytes) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Held::Read(bytes.clone());
    }

    /// After a refusal: what the handler has read, or what it left unread.
    pub async fn left(&self, mut request: Request) -> Result<Fields> {
        match self.take() {
            Held::Nothing => Ok(vec![]),
            Held::Read(bytes) => parse(&bytes),
            Held::Unread(body) => {
                *request.body_mut() = body;
                parse(&whole_of_stranger(request, LARGEST).await?)
            }
        }
    }
}

/// The layer of a page's post. The body waits in what `told` keeps, so that it is there after a refusal.
pub async fn hold(mut request: Request, next: Next) -> Response {
    if let Some(typed) = request.extensions().get::<Typed>().cloned() {
        let body = std::mem::take(request.body_mut());
        *typed.0.lock().unwrap_or_else(PoisonError::into_inner) = Held::Unread(body);
    }
    next.run(request).await
}

/// The fields of the form that a handler reads.
pub async fn fields(mut request: Request) -> Result<Fields> {
    let typed = request.extensions().get::<Typed>().cloned().unwrap_or_default();
    match typed.take() {
        Held::Nothing => (),
        Held::Unread(body) => *request.body_mut() = body,
        Held::Read(bytes) => return parse(&bytes),
    }
    let bytes = whole(request).await?;
    typed.keep(&bytes);
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Result<Fields> {
    let all: Fields = form_urlencoded::parse(bytes).into_owned().take(MOST + 1).collect();
    match all.len() > MOST {
        true => Err(Error::invalid(format!("body must NOT have more than {MOST} fields"))),
        false => Ok(all),
    }
}

/// The last value of a field that begins with `_`, or of any other.
pub fn value<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.iter().rev().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
}

/// Whether a field is never put back into a form.
pub fn is_secret(name: &str) -> bool {
    ["password", "token", "code", "secret", "api_key", "sec"]
        .iter()
        .any(|word| name.split('/').any(|step| step == *word || step.ends_with(&format!("_{word}"))))
}
