//! One call by HTTP to an untrusted server. Nothing is followed: a redirect is an answer like any other. A
//! connection is used for one call, because the address of a name is checked when the connection opens.

use std::{net::IpAddr, pin::pin, time::Instant};

use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use bytes::Bytes;
use futures_util::future::{Either, select};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use url::Url;
use uuid::Uuid;

use super::{
    Fault, Net,
    address::{Host, public},
    connect::{Connection, Way},
};

/// The most bytes of an answer.
pub const LARGEST: usize = 1024 * 1024;
/// The most bytes of the head of an answer.
const HEAD: usize = 64 * 1024;
const HEADERS: usize = 100;

/// Which addresses a call can go to, in addition to the public internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Towards {
    /// None.
    Public,
    /// Those that the operator allows for webhooks. There, a call without TLS is allowed too.
    Webhooks,
}

#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub towards: Towards,
    /// The workspace that the call is made for. It has a share of the calls that are made at a time.
    pub workspace: Uuid,
}

/// The answer to a call. If its body is too large, too slow or cut off, the status is known anyway.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Result<Bytes, Fault>,
}

impl Net {
    /// Makes a call, and returns the answer with the milliseconds that it took.
    pub async fn http(&self, call: Call) -> (Result<Answer, Fault>, i64) {
        let places = async { (self.callers.place(call.workspace).await, self.calls.acquire().await) };
        let Ok((Some(_share), Ok(_place))) = timeout(self.limits.call, places).await else {
            return (Err(Fault::TimedOut), 0);
        };
        let began = Instant::now();
        let answer = self.call(call).await;
        (answer, i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX))
    }

    /// Whether the operator allows webhooks in any network besides the public internet.
    pub fn has_webhook_networks(&self) -> bool {
        !self.webhooks.is_empty()
    }

    /// Whether a call to this URL could be allowed: its scheme, its host, and its address if the host is one.
    pub fn admits(&self, url: &Url, towards: Towards) -> bool {
        let Ok((host, _, _)) = target(url) else { return false };
        match Host::parse(&host) {
            Some(Host::Address(address)) => self.admits_address(address, towards),
            Some(Host::Name(_)) => true,
            None => false,
        }
    }

    fn admits_address(&self, address: IpAddr, towards: Towards) -> bool {
        let inside = || self.allowed(towards).iter().any(|network| network.contains(&address));
        public(address) || inside()
    }

    fn allowed(&self, towards: Towards) -> &[IpNet] {
        match towards {
            Towards::Public => &[],
            Towards::Webhooks => &self.webhooks,
        }
    }

    async fn call(&self, call: Call) -> Result<Answer, Fault> {
        let ends = tokio::time::Instant::now() + self.limits.call;
        let allowed = self.allowed(call.towards);
        let (host, port, secure) = target(&call.url)?;
        let request = request(call)?;
        let sent = async {
            let way = Way { allowed, inside_only: !secure };
            let Connection { stream, name, .. } = self.connect(&host, port, way).await?;
            match secure {
                true => {
                    let stream = self.tls.connect(name, stream).await.map_err(|_| Fault::Tls)?;
                    exchange(stream, request, ends).await
                }
                false => exchange(stream, request, ends).await,
            }
        };
        tokio::time::timeout_at(ends, sent).await.unwrap_or(Err(Fault::TimedOut))
    }
}

/// The host and port of a URL, and whether it asks for TLS.
fn target(url: &Url) -> Result<(String, u16, bool), Fault> {
    let host = url.host_str().ok_or(Fault::Unresolved)?;
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = url.port_or_known_default().ok_or(Fault::Unresolved)?;
    match url.scheme() {
        "https" => Ok((host, port, true)),
        "http" => Ok((host, port, false)),
        _ => Err(Fault::Unresolved),
    }
}

/// The request in the form for a server, which has the path in its first line and the host in a header.
fn request(call: Call) -> Result<Request<Full<Bytes>>, Fault> {
    let Call { method, url, headers, body, .. } = call;
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let host = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => return Err(Fault::Unresolved),
    };
    let mut request = Request::builder().method(method).uri(path).body(Full::new(body));
    if let Ok(request) = &mut request {
        *request.headers_mut() = headers;
        let host = HeaderValue::from_str(&host).map_err(|_| Fault::Unresolved)?;
        request.headers_mut().insert(header::HOST, host);
        request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    request.map_err(|_| Fault::Unresolved)
}

async fn exchange<S>(
    stream: S,
    request: Request<Full<Bytes>>,
    ends: tokio::time::Instant,
) -> Result<Answer, Fault>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD).max_headers(HEADERS);
    let opened = builder.handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = opened.map_err(|_| Fault::Unreachable)?;
    let talk = pin!(async move {
        let response = sender.send_request(request).await.map_err(|_| Fault::Unreachable)?;
        let status = response.status();
        let body = tokio::time::timeout_at(ends, whole(response.into_body())).await;
        Ok(Answer { status, body: body.unwrap_or(Err(Fault::TimedOut)) })
    });
    // The connection can end first, when the whole answer was received.
    match select(talk, pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        Either::Right((_, talk)) => talk.await,
    }
}

async fn whole(body: Incoming) -> Result<Bytes, Fault> {
    if hyper::body::Body::size_hint(&body).lower() > LARGEST as u64 {
        return Err(Fault::TooLarge);
    }
    match Limited::new(body, LARGEST).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(Fault::TooLarge),
        Err(_) => Err(Fault::Unreachable),
    }
}
