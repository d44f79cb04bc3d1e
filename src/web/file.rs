//! A form with a file. Browsers send it in parts (RFC 7578).

use super::posted::Posted;
use crate::error::{Error, Result};
use crate::http::whole;
use aide::OperationInput;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use bytes::Bytes;
use std::convert::Infallible;
use std::marker::PhantomData;

/// The largest form with a file, in bytes.
pub const LARGEST: usize = 8 * 1024 * 1024;
/// The most parts.
const MOST: usize = 100;

/// The fields of a form, and its file.
pub struct File<T> {
    pub posted: Posted<T>,
    pub name: String,
    /// Empty if no file was chosen.
    pub bytes: Bytes,
}

impl<T, S: Send + Sync> FromRequest<S> for File<T> {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let boundary = kind.and_then(|kind| multer::parse_boundary(kind).ok());
        let body = whole(request).await?;
        let Some(boundary) = boundary else {
            return Err(Error::invalid("body must be a form with a file: multipart/form-data"));
        };
        let (mut fields, mut name, mut bytes) = (Vec::new(), String::new(), Bytes::new());
        let stream = futures_util::stream::once(async move { Ok::<_, Infallible>(body) });
        let mut parts = multer::Multipart::new(stream, boundary);
        let wrong = |_| Error::invalid("body must be a form with a file: multipart/form-data");
        while let Some(part) = parts.next_field().await.map_err(wrong)? {
            let field = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                Some(file) => {
                    name = file;
                    bytes = part.bytes().await.map_err(wrong)?;
                }
                None => fields.push((field, part.text().await.map_err(wrong)?)),
            }
            if fields.len() > MOST {
                return Err(Error::invalid(format!("body must NOT have more than {MOST} fields")));
            }
        }
        Ok(File { posted: Posted { fields, schema: PhantomData }, name, bytes })
    }
}

impl<T> OperationInput for File<T> {}
