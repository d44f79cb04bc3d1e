//! Connections. Limits their number, and the time that a caller can take to send the headers of a request. On
//! a stop, lets requests in progress finish.

use super::paced::{PATIENCE, Paced};
use crate::error::{Error, Result};
use crate::meters::Meters;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use rustix::net::sockopt::{set_socket_send_buffer_size, set_tcp_user_timeout};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

/// The most open connections, if the system allows that many. A further one gets a 503 and is closed.
const MOST: usize = 8192;
/// Open files that are reserved for other uses.
const SPARE: usize = 128;
/// The time limit for the headers of a request, and for the next request to begin. It is longer than proxies
/// keep an idle connection.
const HEADERS: Duration = Duration::from_secs(75);
/// How long answers and job steps in progress can take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// Milliseconds that a caller's system can take to acknowledge data.
const UNREAD: u32 = 30_000;
/// Bytes of an unread answer that the system buffers. This is enough for a fast client that is far away, and
/// small enough to notice whether a client still reads.
const SENT: usize = 256 * 1024;
/// The pause after a failed accept: most likely there are too many open files.
const PAUSE: Duration = Duration::from_millis(50);

const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// Answers requests until `stop` fires; then finishes the requests in progress.
pub async fn serve(
    listener: TcpListener,
    router: axum::Router,
    meters: Meters,
    mut stop: watch::Receiver<()>,
) -> Result<()> {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADERS);
    let (graceful, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(most())));
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accept(&listener) => accepted,
            _ = stop.changed() => break,
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            meters.shed.inc();
            turn_away(&stream);
            continue;
        };
        let (router, meters) = (router.clone(), meters.clone());
        let answer = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            router.clone().oneshot(request.map(Body::new))
        });
        let connection =
            graceful.watch(http.serve_connection(TokioIo::new(Paced::new(stream, PATIENCE)), answer));
        tokio::spawn(async move {
            meters.connections.inc();
            let _closed = connection.await;
            meters.connections.dec();
            drop(place);
        });
    }
    drop(listener); // new connections are refused instead of left waiting
    tracing::info!("stopping");
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
    Ok(())
}

/// Ends when the server has been told to stop and the time to finish is over.
pub async fn time_to_finish(mut stop: watch::Receiver<()>) {
    let _told = stop.changed().await;
    tokio::time::sleep(GRACE).await;
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let _refused = stream.set_nodelay(true);
                let _refused = set_tcp_user_timeout(&stream, UNREAD);
                return (stream, peer);
            }
            Err(error) => {
                tracing::debug!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Refuses a connection without reading its request, because there is no memory for it.
fn turn_away(stream: &TcpStream) {
    let _unheard = stream.try_write(FULL);
}

/// The number of connections that the system allows, after raising the process's limit as far as possible.
fn most() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    let files = current.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX);
    files.saturating_sub(SPARE).clamp(SPARE, MOST)
}

/// An address to listen on.
pub async fn listen(address: SocketAddr) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).await.map_err(|error| taken(address, &error))?;
    let _refused = set_socket_send_buffer_size(&listener, SENT); // accepted connections inherit it
    Ok(listener)
}

/// Checks that a server could listen on an address. The socket is bound but does not listen: a server that
/// starts at the same moment gets the address.
pub fn can_listen(address: SocketAddr) -> Result<TcpSocket> {
    let bound = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        Ok(socket)
    };
    bound().map_err(|error| taken(address, &error))
}

fn taken(address: SocketAddr, error: &std::io::Error) -> Error {
    Error::invalid(format!("cannot listen on {address}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn checking_an_address_does_not_keep_a_server_from_it() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let free = listen(any).await.unwrap().local_addr().unwrap();
        let checked = can_listen(free).unwrap();
        let server = listen(free).await.unwrap();
        drop(checked);
        assert!(can_listen(free).is_err(), "a server listens there");
        drop(server);
        can_listen(free).unwrap();
    }
}
