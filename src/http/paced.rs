//! A connection that closes if its client does not read its answers, or reads them so slowly that memory
//! stays occupied.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long a client can leave an answer unread.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// The least average number of bytes that a client must read in a second.
const PACE: f64 = 16.0 * 1024.0;

pub struct Paced<S> {
    stream: S,
    most: Duration,
    /// Set while the client is behind. Most clients never are.
    patience: Option<Pin<Box<Sleep>>>,
}

impl<S: Unpin> Paced<S> {
    /// `most` limits how long the client can be behind.
    pub fn new(stream: S, most: Duration) -> Self {
        Paced { stream, most, patience: None }
    }

    /// The result of a write, or an error if the client has been behind for too long.
    fn judge(&mut self, written: Poll<Result<usize>>, cx: &mut Context<'_>) -> Poll<Result<usize>> {
        let latest = || Instant::now() + self.most;
        match (written, &mut self.patience) {
            (Poll::Pending, patience) => {
                let sleep = || Box::pin(sleep_until(latest()));
                ready!(patience.get_or_insert_with(sleep).as_mut().poll(cx));
                Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client does not read its answer")))
            }
            (Poll::Ready(Ok(bytes)), Some(patience)) => {
                let earned = patience.deadline() + Duration::from_secs_f64(bytes as f64 / PACE);
                patience.as_mut().reset(earned.min(latest()));
                Poll::Ready(Ok(bytes))
            }
            (written, _) => written,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, from);
        self.judge(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, from);
        self.judge(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Everything is written: the client has caught up.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.patience = None;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::{sleep, timeout};

    const SHORT: Duration = Duration::from_millis(200);

    #[tokio::test]
    async fn a_client_that_does_not_read_is_let_go() {
        let (server, _client) = duplex(1024);
        let mut server = Paced::new(server, SHORT);
        let outcome = timeout(SHORT * 20, server.write_all(&[0; 4096])).await.unwrap();
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_client_that_reads_a_byte_now_and_then_is_let_go_too() {
        let (server, mut client) = duplex(1024);
        let mut server = Paced::new(server, SHORT);
        let dripping = tokio::spawn(async move {
            while client.read_u8().await.is_ok() {
                sleep(SHORT / 20).await;
            }
        });
        let outcome = timeout(SHORT * 20, server.write_all(&[0; 4096])).await.unwrap();
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::TimedOut);
        dripping.abort();
    }

    #[tokio::test]
    async fn a_slow_client_that_keeps_the_pace_gets_everything() {
        let (server, mut client) = duplex(4096);
        let mut server = Paced::new(server, SHORT);
        let reading = tokio::spawn(async move {
            let mut all = [0; 16 * 1024];
            for part in all.chunks_mut(4096) {
                sleep(SHORT / 4).await;
                client.read_exact(part).await.unwrap();
            }
        });
        server.write_all(&[0; 16 * 1024]).await.unwrap();
        server.flush().await.unwrap();
        reading.await.unwrap();
        assert!(server.patience.is_none());
    }
}
