//! The pages behind the links of this module.

use crate::http::{Field, Form};

pub const SET_UP: Form = Form {
    title: "Set up Gatepost",
    intro: "You make the first workspace of this server, and own it. Choose a password of 15 characters or more; a few \
            words will do.",
    fields: &[
        Field::FIRST_NAME,
        Field::LAST_NAME,
        Field { kind: "email", ..Field::text("email", "E-mail address, to sign in with", "username", 254) },
        Field::PASSWORD,
        Field::text("workspace_name", "Name of the workspace", "organization", 200),
    ],
    button: "Set up",
    action: "/auth/setup",
    done: "The workspace is yours, and you are signed in. Next: invite people (POST /api/v2/workspace-members) and enrol \
           a second factor (POST /api/v2/me/factors/totp). The documentation is at /docs.",
};

pub const RESET: Form = Form {
    title: "Choose a new password",
    intro: "15 characters or more, or 8 if you have a second factor; a few words you can remember will do. All your \
            sessions end.",
    fields: &[Field::PASSWORD],
    button: "Change the password",
    action: "/auth/reset/confirm",
    done: "Your password is changed.",
};

pub const EMAIL: Form = Form {
    title: "Confirm your new address",
    intro: "From then on you sign in with this address.",
    fields: &[],
    button: "Confirm",
    action: "/auth/email/confirm",
    done: "Your address is changed.",
};
