//! People who sign in.

use super::authenticator::Authenticator;
use super::operations::Operation;
use super::{Answer, COOKIE, World, scene};
use gatepost::db::sql;
use serde_json::{Value, json};

pub const PASSWORD: &str = "four words, of no one";
pub const SITE: &str = "https://gatepost.example";

/// The cookies that an answer sets: the session's, if there is one.
pub fn cookie(answer: &Answer) -> Option<String> {
    let lines = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap().to_owned());
    let named = lines.filter_map(|line| line.strip_prefix(&format!("{COOKIE}=")).map(str::to_owned));
    named.map(|line| line.split(';').next().unwrap().to_owned()).find(|token| !token.is_empty())
}

impl World {
    pub async fn email(&self, name: &str) -> String {
        let member = self.who(name).member.unwrap();
        self.get("owner", &format!("/api/v2/workspace-members/{member}")).await.json()["email"]
            .as_str()
            .map_or_else(|| panic!("{name} has no address"), str::to_owned)
    }

    /// Gives a member the password [`PASSWORD`]. Returns the address.
    pub async fn has_password(&self, name: &str) -> String {
        let hash = self.app.passwords.hash(PASSWORD).await.unwrap();
        let set = sql("update users set password_hash = $2, password_is_long = true where id = $1");
        self.run(set.bind(self.who(name).user.unwrap()).bind(hash)).await;
        self.email(name).await
    }

    /// `world.signs_in(&email, PASSWORD)`.
    pub async fn signs_in(&self, email: &str, password: &str) -> Answer {
        self.call("", "POST /auth/sign-in", json!({ "email": email, "password": password })).await
    }

    /// Signs in where nothing prevents it. The result can be used as `who` of a call.
    pub async fn signed_in(&self, name: &str) -> String {
        let email = self.has_password(name).await;
        let answer = self.signs_in(&email, PASSWORD).await.is(200);
        format!("cookie:{}", cookie(&answer).unwrap())
    }

    /// The code that an app with this secret shows now, or so many steps later.
    pub fn code(&self, seed: &str, steps: i64) -> String {
        let secret = totp_rs::Secret::try_from_base32(seed).unwrap();
        let app = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
        app.generate(u64::try_from(self.app.now().0 / 1000 + 30 * steps).unwrap()).to_string()
    }

    /// Enrols an app in a session without a second factor. Gives its secret and the recovery codes.
    pub async fn enrols_app(&self, who: &str) -> (String, Vec<String>) {
        let started = self.call(who, "POST /api/v2/me/factors/totp", Value::Null).await.is(200).json();
        let seed = started["secret"].as_str().unwrap().to_owned();
        let code = json!({ "code": self.code(&seed, 0) });
        let done = self.call(who, "POST /api/v2/me/factors/totp/confirm", code).await.is(200).json();
        let codes = done["recovery_codes"].as_array().unwrap().iter();
        (seed, codes.map(|code| code.as_str().unwrap().to_owned()).collect())
    }

    pub async fn enrols_passkey(&self, who: &str) -> Authenticator {
        let mut authenticator = Authenticator::new(SITE);
        let line = "POST /api/v2/me/factors/passkeys/challenge";
        let asked = self.call(who, line, Value::Null).await.is(200).json();
        let credential = authenticator.create(&asked["publicKey"]);
        let body = json!({ "name": "laptop", "challenge": asked["challenge"], "credential": credential });
        self.call(who, "POST /api/v2/me/factors/passkeys", body).await.is(200);
        authenticator
    }

    /// The answer of a passkey to a fresh challenge.
    pub async fn answered(&self, authenticator: &mut Authenticator) -> Value {
        let asked = self.call("", "POST /auth/passkey/challenge", Value::Null).await.is(200).json();
        json!({ "challenge": asked["challenge"], "credential": authenticator.get(&asked["publicKey"]) })
    }
}

/// The answer where a caller without a user asks for the data of a person.
pub async fn somebody_else(world: &World, what: &str) -> String {
    let (user, id, now) = (world.app.new_id(), world.app.new_id(), world.app.now());
    let insert =
        sql("insert into users (id, email, email_verified, first_name, last_name, timestamp_created) \
         values ($1, $2, true, 'Some', 'Body', $3)");
    world.run(insert.bind(user).bind(format!("{user}@else.example")).bind(now)).await;
    if what == "sessions" {
        scene::session(world, world.home, &id.to_string(), user).await;
        let of_user = sql("update sessions set id = $2 where user_id = $1");
        world.run(of_user.bind(user).bind(id)).await;
    } else {
        let insert =
            sql("insert into factors (user_id, id, kind, name, sealed, confirmed, timestamp_created) \
             values ($1, $2, 'passkey', 'secret plan', 'x', true, $3)");
        world.run(insert.bind(user).bind(id).bind(now)).await;
    }
    id.to_string()
}

/// All callers with a session.
pub const SIGNED_IN: [&str; 8] = [
    "owner's session",
    "admin's session",
    "manager's session",
    "editor's session",
    "member's session",
    "sdr's session",
    "view's session",
    "client's session",
];

/// The principal's name, and whether it is a session.
pub fn principal(who: &str) -> (&str, bool) {
    who.strip_suffix("'s session").map_or((who, false), |name| (name, true))
}

/// The answer of an open operation to a caller without a credential.
pub fn of_nobody(operation: &Operation) -> u16 {
    match operation.path.as_str() {
        "/auth/sign-in" | "/auth/second-factor" => 401,
        "/auth/passkey/challenge" => 200,
        "/auth/setup" => 410,
        "/auth/reset" => 409, // the server sends no mail
        _ => 400,
    }
}

/// The answer where a person asks for their own data.
pub fn of_own_data(operation: &Operation) -> &'static [u16] {
    match operation.action.name {
        "profile:change_email" | "factors:make_recovery_codes" => &[409],
        // The body contains a wrong password.
        "sessions:reauthenticate" => &[403],
        // The first password is chosen without a current one.
        "profile:change_password" => &[200, 403],
        "sessions:switch" | "factors:enable_totp" | "factors:add_passkey" => &[400],
        "factors:disable_totp" | "factors:remove_passkey" => &[404],
        "sessions:end" if operation.takes_id() => &[404],
        _ => &[200],
    }
}
