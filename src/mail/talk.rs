//! One conversation with the mail server, step by step, because a refusal has a different meaning at each
//! step. If the server refuses the password or the sender, the operator must fix a setting. If it refuses the
//! recipient, the letter cannot be delivered.

use super::Failure;
use super::answer::{Private, failure, silence};
use super::server::{Security, Server};
use lettre::Address;
use lettre::transport::smtp::authentication::{DEFAULT_MECHANISMS, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, response::Response};
use std::time::Duration;
use tokio::time::timeout;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Connect,
    Encrypt,
    SignIn,
    Sender,
    Recipient,
    Content,
}

/// The time limit for each answer, and for the connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// The time limit for each address of a name, so that an unreachable one does not use up the time of the
/// others.
const ADDRESS: Duration = Duration::from_secs(4);
/// The time limit for the answer to the whole letter. Servers scan for viruses before they answer, and a
/// client that gives up here sends the letter twice.
const CONTENT: Duration = Duration::from_secs(60);
/// The time limit for QUIT, on which nothing depends.
const GOODBYE: Duration = Duration::from_secs(2);

impl Step {
    pub fn name(self) -> &'static str {
        match self {
            Step::Connect => "connecting",
            Step::Encrypt => "starting tls",
            Step::SignIn => "signing in",
            Step::Sender => "naming the sender",
            Step::Recipient => "naming the recipient",
            Step::Content => "handing over the mail",
        }
    }

    /// Whether a refusal at this step is about the letter, not about the server's settings.
    pub fn judges_the_letter(self) -> bool {
        match self {
            Step::Connect | Step::Encrypt | Step::SignIn | Step::Sender => false,
            Step::Recipient | Step::Content => true,
        }
    }
}

pub async fn deliver(
    server: &Server,
    hello: &ClientId,
    from: &Address,
    to: &Address,
    message: &[u8],
) -> Result<(), Failure> {
    let talk = Talk { private: Private { login: server.login.as_ref(), to } };
    let mut line = talk.open(server, hello).await?;
    let outcome = talk.hand_over(&mut line, from, message).await;
    // The result does not depend on QUIT.
    let _goodbye = timeout(GOODBYE, line.quit()).await;
    outcome
}

pub async fn greet(server: &Server, hello: &ClientId, from: &Address) -> Result<(), Failure> {
    let talk = Talk { private: Private { login: server.login.as_ref(), to: from } };
    let mut line = talk.open(server, hello).await?;
    let _goodbye = timeout(GOODBYE, line.quit()).await;
    Ok(())
}

struct Talk<'a> {
    private: Private<'a>,
}

impl Talk<'_> {
    async fn open(&self, server: &Server, hello: &ClientId) -> Result<AsyncSmtpConnection, Failure> {
        let (outer, inner) = match &server.security {
            Security::None => (None, None),
            Security::StartTls(tls) => (None, Some(tls.clone())),
            Security::Tls(tls) => (Some(tls.clone()), None),
        };
        let name = (server.host.as_str(), server.port);
        let connect = AsyncSmtpConnection::connect_tokio1(name, Some(ADDRESS), hello, outer, None);
        let mut line = self.step(Step::Connect, PATIENCE, connect).await?;
        if let Some(tls) = inner {
            self.step(Step::Encrypt, PATIENCE, line.starttls(tls, hello)).await?;
        }
        if let Some(login) = &server.login {
            let mechanisms: &[Mechanism] = DEFAULT_MECHANISMS;
            let sign_in = line.auth(mechanisms, &login.credentials);
            self.step(Step::SignIn, PATIENCE, sign_in).await?;
        }
        Ok(line)
    }

    /// The message is encoded in ASCII, so it needs no extension of the server.
    async fn hand_over(
        &self,
        line: &mut AsyncSmtpConnection,
        from: &Address,
        message: &[u8],
    ) -> Result<(), Failure> {
        let sender = Mail::new(Some(from.clone()), Vec::new());
        self.step(Step::Sender, PATIENCE, line.command(sender)).await?;
        let recipient = Rcpt::new(self.private.to.clone(), Vec::new());
        self.step(Step::Recipient, PATIENCE, line.command(recipient)).await?;
        self.step(Step::Content, PATIENCE, line.command(Data)).await?;
        let _accepted: Response = self.step(Step::Content, CONTENT, line.message(message)).await?;
        Ok(())
    }

    async fn step<T>(
        &self,
        step: Step,
        limit: Duration,
        doing: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        match timeout(limit, doing).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(failure(step, &error, &self.private)),
            Err(_) => Err(silence(step, limit)),
        }
    }
}
