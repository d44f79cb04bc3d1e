//! Records a failed sign-in in the audit log.

use crate::access::{Attempt, Grant, Step};
use crate::app::App;
use crate::http::Origin;
use crate::resources::users;
use uuid::Uuid;

/// What failed: the permission, and the activity type where the official API has one of its own for it.
#[derive(Clone, Copy)]
pub struct Failure {
    pub permission: &'static str,
    pub activity: Option<i64>,
}

impl Failure {
    /// Records the failure in the workspace in which the user acted last, behind the answer. So the answer takes the same
    /// time for everybody.
    pub fn note(self, app: &App, user: Uuid, origin: &Origin) {
        let (app, origin) = (app.clone(), origin.clone());
        tokio::spawn(async move {
            let Ok(Some(home)) = users::home(&app.reader, user, app.now()).await else { return };
            if let Ok(Some(grant)) = Grant::of_person(home, user, app.now(), &app.reader).await {
                let attempt = Attempt::of(&grant, self.permission, &origin);
                let attempt = self.activity.map_or(attempt.clone(), |activity| attempt.numbered(activity));
                app.behind.refused(attempt, Step::Credential, app.now());
            }
        });
    }
}
