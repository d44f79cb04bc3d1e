//! The SQL of campaign mails. What is written here are facts about mails and the plans that follow from them. They are
//! not changes by a caller, so they have no audit rows.

mod arming;
mod booking;
mod claims;
mod counting;
mod looking;
mod reading;
mod waiting;
pub use arming::*;
pub use booking::*;
pub use claims::*;
pub use counting::*;
pub use looking::*;
pub use reading::*;
pub use waiting::*;

use crate::access::Caller;
use crate::app::App;
use crate::db::{Lane, Tx};
use crate::error::Result;
use uuid::Uuid;

/// A transaction of the server in a workspace.
pub async fn fact<T, F>(app: &App, workspace: Uuid, body: F) -> Result<T>
where
    T: Send + 'static,
    F: AsyncFn(&Caller, &mut Tx) -> Result<T> + Send + Sync + 'static,
{
    let can = super::itself(app, workspace);
    let body = async move |tx: &mut Tx| body(&can, tx).await;
    app.gate.facts().write_for(Lane::Workspace(workspace), body).await
}
