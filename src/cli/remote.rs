//! Calls of a running server, with an API key. The address comes from the person at the command line, so any host is
//! allowed. A redirect is an error, because the key must not go to another host.

use crate::error::{Error, Result};
use crate::tls;
use axum::http::{Method, Request, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;
use uuid::Uuid;

/// The most bytes of an answer.
const LARGEST: usize = 32 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(60);

/// A server, and the key to call it with.
pub struct Remote {
    base: Url,
    token: String,
    as_workspace: Option<Uuid>,
}

/// The body of an answer, as text.
pub struct Answered {
    pub text: String,
}

impl Answered {
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.text)
            .map_err(|_| Error::invalid("the server did not answer with JSON; is --host a Gatepost server?"))
    }
}

impl Remote {
    /// `host` is the address of the server, with or without `/api/v2`.
    pub fn new(host: &str, token: String, as_workspace: Option<Uuid>) -> Result<Remote> {
        let wrong =
            || Error::invalid("--host must be the address of a server, such as https://outreach.example.com");
        let text = host.trim_end_matches('/').trim_end_matches("/api/v2");
        let base = Url::parse(text).map_err(|_| wrong())?;
        match base.host_str().is_some() && matches!(base.scheme(), "http" | "https") {
            true => Ok(Remote { base, token, as_workspace }),
            false => Err(wrong()),
        }
    }

    pub async fn call(&self, method: Method, path: &str, accept: &str, body: &str) -> Result<Answered> {
        let answer = tokio::time::timeout(PATIENCE, self.exchange(method, path, accept, body));
        answer.await.map_err(|_| Error::invalid("the server did not answer within a minute"))?
    }

    async fn exchange(&self, method: Method, path: &str, accept: &str, body: &str) -> Result<Answered> {
        let host = self.base.host_str().unwrap_or_default().to_owned();
        let port = self.base.port_or_known_default().unwrap_or(443);
        let failed =
            |error: &dyn std::fmt::Display| Error::invalid(format!("cannot call {}: {error}", self.base));
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let stream = TcpStream::connect((bare.as_str(), port)).await.map_err(|error| failed(&error))?;
        let prefix = self.base.path().trim_end_matches('/');
        let authority = self.base.port().map_or(host.clone(), |port| format!("{host}:{port}"));
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{prefix}{path}"))
            .header(header::HOST, authority)
            .header(header::ACCEPT, accept)
            .header(header::CONTENT_TYPE, "application/yaml")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if let Some(workspace) = self.as_workspace {
            request = request.header("x-as-workspace", workspace.to_string());
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body.as_bytes())));
        let request = request.map_err(|error| failed(&error))?;
        let (status, text) = match self.base.scheme() {
            "https" => {
                let name = ServerName::try_from(bare).map_err(|error| failed(&error))?;
                let connector = TlsConnector::from(Arc::new(tls::client()?));
                let stream = connector.connect(name, stream).await.map_err(|error| failed(&error))?;
                send(stream, request).await
            }
            _ => send(stream, request).await,
        }
        .map_err(|error| failed(&error))?;
        match status {
            status if status.is_success() => Ok(Answered { text }),
            StatusCode::UNAUTHORIZED => Err(Error::invalid(
                "the key in GATEPOST_TOKEN is not valid on this server, or has expired; create a new one",
            )),
            status => Err(Error::Invalid(told(status, &text))),
        }
    }
}

/// The message of an error, as the API gives it.
fn told(status: StatusCode, text: &str) -> String {
    let message = serde_json::from_str::<Value>(text).ok();
    let message = message.as_ref().and_then(|body| body["message"].as_str());
    message.map_or_else(|| format!("the server answered {status}"), str::to_owned)
}

async fn send<S>(
    stream: S,
    request: Request<Full<Bytes>>,
) -> std::result::Result<(StatusCode, String), String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let opened = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = opened.map_err(|error| error.to_string())?;
    let driven = tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
    let status = response.status();
    let body =
        Limited::new(response.into_body(), LARGEST).collect().await.map_err(|error| error.to_string())?;
    driven.abort();
    Ok((status, String::from_utf8_lossy(&body.to_bytes()).into_owned()))
}
