//! The answer to "Confirm who you are": a person authenticates, and the browser repeats what they were doing.

use super::{Again as Proof, Next, Password, Second, by_password, reauthenticate, second_factor};
use crate::access::{Can, sessions::Reauthenticate};
use crate::app::App;
use crate::error::{Error, Result};
use crate::resources::sessions::Signed;
use crate::resources::users::Visitor;
use crate::web::{AGAIN, AGAIN_SIGNED_OUT, Again, Pages, Rail, Reply};
use axum::extract::State;

pub fn pages() -> Pages {
    Pages::under(Rail::Own).at(&AGAIN, again).open(&AGAIN_SIGNED_OUT, signed_out)
}

const WRONG: &str = "Check the password and the code. After ten wrong tries you have to wait 15 minutes.";
const OTHER: &str = "Somebody else filled in this form. Go back, and sign in as yourself first.";
const MUST_ENROL: &str = "You have to enrol a second factor first. Sign in on the start page.";

/// The session goes on, with a new cookie.
async fn again(can: Can<Reauthenticate>, typed: Again) -> Result<Reply> {
    let app = can.app().clone();
    let task = typed.task(&app)?;
    if task.user.is_some() && task.user != can.user() {
        return typed.refused(&app, &task, true, OTHER);
    }
    let (password, code, recovery_code) = (typed.password(), typed.code(), typed.recovery_code());
    let proof = Proof { password, code, recovery_code, challenge: None, credential: None };
    match reauthenticate(can, proof).await {
        Ok(Signed { cookies, .. }) => Ok(Again::onward(task, cookies)),
        Err(Error::Refused { .. } | Error::Invalid(_)) => typed.refused(&app, &task, true, WRONG),
        Err(error) => Err(error),
    }
}

/// A new session begins, with the second factor that came with the password.
async fn signed_out(State(app): State<App>, visitor: Visitor, typed: Again) -> Result<Reply> {
    let task = typed.task(&app)?;
    let password = typed.password().unwrap_or_default();
    let body = Password { email: typed.email(), password, workspace_id: None };
    let first = match by_password(&app, visitor.clone(), body).await {
        Err(Error::Refused { .. } | Error::Invalid(_)) => return typed.refused(&app, &task, false, WRONG),
        first => first?,
    };
    if task.user.is_some_and(|user| user != first.body.user_id) {
        return typed.refused(&app, &task, false, OTHER);
    }
    match first.body.next {
        Next::Done => Ok(Again::onward(task, first.cookies)),
        Next::EnrolSecondFactor => typed.refused(&app, &task, false, MUST_ENROL),
        Next::SecondFactor => {
            let waiting = Visitor { session: app.site.value(&first.cookies), ..visitor };
            let (code, recovery_code) = (typed.code(), typed.recovery_code());
            let body = Second { code, recovery_code, challenge: None, credential: None };
            match second_factor(&app, waiting, body).await {
                Ok(Signed { cookies, .. }) => Ok(Again::onward(task, cookies)),
                Err(Error::Refused { .. } | Error::Invalid(_)) => typed.refused(&app, &task, false, WRONG),
                Err(error) => Err(error),
            }
        }
    }
}
