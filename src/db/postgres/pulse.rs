//! Checks repeatedly, on a separate connection, whether PostgreSQL answers. If the server is down,
//! unreachable or far too slow, waiting callers get an error within two seconds. A statement that only takes
//! long continues.

use crate::error::{Error, Result};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_postgres::{Client, Config, error::SqlState};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The sum of these times is less than two seconds.
const EVERY: Duration = Duration::from_millis(400);
const PATIENCE: Duration = Duration::from_millis(700);
const CONNECT: Duration = Duration::from_millis(700);

#[derive(Clone)]
pub(super) struct Pulse(watch::Receiver<bool>);

impl Pulse {
    /// Must be called inside a runtime; the task ends with the last handle. `client` is the first connection.
    pub(super) fn feel(config: Config, tls: MakeRustlsConnect, client: Client) -> Self {
        let (tell, told) = watch::channel(true);
        tokio::spawn(beat(config, tls, tell, client));
        Pulse(told)
    }

    /// Waits for `work` while PostgreSQL answers.
    pub(super) async fn during<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let mut told = self.0.clone();
        let lost = async {
            if told.wait_for(|answers| !answers).await.is_err() {
                std::future::pending().await
            }
        };
        tokio::select! {
            biased;
            () = lost => Err(Error::unavailable("the database does not answer")),
            done = work => done,
        }
    }
}

async fn beat(config: Config, tls: MakeRustlsConnect, tell: watch::Sender<bool>, first: Client) {
    let mut client = Some(first);
    loop {
        let answers = match client.take() {
            // Perhaps only this connection is broken, so try a new one.
            Some(before) => {
                asked(PATIENCE, before, &mut client).await || fresh(&config, &tls, &mut client).await
            }
            None => fresh(&config, &tls, &mut client).await,
        };
        let turned = tell.send_if_modified(|before| std::mem::replace(before, answers) != answers);
        match (turned, answers) {
            (true, true) => tracing::info!("the database answers again"),
            (true, false) => tracing::warn!("the database does not answer; requests are refused with 503"),
            (false, _) => (),
        }
        tokio::select! {
            () = tell.closed() => return,
            () = sleep(EVERY) => (),
        }
    }
}

/// Whether PostgreSQL answers on an existing connection. If so, the connection is kept.
async fn asked(patience: Duration, client: Client, keep: &mut Option<Client>) -> bool {
    let answers = matches!(timeout(patience, client.batch_execute("")).await, Ok(Ok(())));
    if answers {
        *keep = Some(client);
    }
    answers
}

/// Whether PostgreSQL accepts a new connection. "Too many connections" counts as an answer, because existing
/// connections work.
async fn fresh(config: &Config, tls: &MakeRustlsConnect, keep: &mut Option<Client>) -> bool {
    match timeout(CONNECT, config.connect(tls.clone())).await {
        Ok(Ok((client, connection))) => {
            // The task ends when the client is dropped or the server stops.
            tokio::spawn(async move { drop(connection.await) });
            asked(CONNECT, client, keep).await
        }
        Ok(Err(error)) => error.code() == Some(&SqlState::TOO_MANY_CONNECTIONS),
        Err(_) => false,
    }
}
