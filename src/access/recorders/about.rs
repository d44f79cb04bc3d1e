//! The record that a refused attempt named, whether it exists or not.

use crate::access::Action;
use crate::http::{address, is_email};
use percent_encoding::percent_decode_str;
use std::fmt;
use uuid::Uuid;

/// A kind of record, and the id or the address that the call named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct About {
    kind: &'static str,
    name: String,
}

impl About {
    pub fn new(kind: &'static str, id: Uuid) -> About {
        About { kind, name: id.to_string() }
    }

    /// From a path and the pattern of its operation. A text that is not an id or an address is dropped.
    pub(in crate::access) fn in_path(action: &'static Action, pattern: &str, path: &str) -> Option<About> {
        let mut parts = pattern.split('/').zip(path.split('/'));
        let (_, asked) = parts.find(|(part, _)| matches!(*part, "{id}" | "{email}"))?;
        // `campaigns` become `campaign`, as in the rows of changes.
        let kind = (action.see)().resource.trim_end_matches('s');
        let asked = percent_decode_str(asked).decode_utf8().ok()?;
        let asked = address(&asked);
        match asked.parse::<Uuid>() {
            Ok(id) => Some(About::new(kind, id)),
            Err(_) => is_email(&asked).then_some(About { kind, name: asked }),
        }
    }

    /// The id, if the record is of this kind.
    pub fn id_of(&self, kind: &str) -> Option<Uuid> {
        self.name.parse().ok().filter(|_| self.kind == kind)
    }
}

/// In the form in which the audit log names the subject of a change.
impl fmt::Display for About {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.kind, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_what_it_is_about() {
        let of = |permission: &str, pattern: &str, path: &str| {
            About::in_path(Action::of(permission).unwrap(), pattern, path).map(|about| about.to_string())
        };
        let id = "01890000-0000-7000-8000-000000000000";
        let launch = "/api/v2/campaigns/{id}/activate";
        let at = |asked: &str| of("campaigns:launch", launch, &launch.replace("{id}", asked));
        assert_eq!(at(id), Some(format!("campaign/{id}")));
        assert_eq!(at(&id.to_uppercase()), Some(format!("campaign/{id}")));
        assert_eq!(at("secret words"), None);
        assert_eq!(at("%ff"), None);
        let account = |asked: &str| {
            of("accounts:read", "/api/v2/accounts/{email}", &format!("/api/v2/accounts/{asked}"))
        };
        assert_eq!(account("Jo%2Bx@acme.example"), Some("account/jo+x@acme.example".to_owned()));
        assert_eq!(of("campaigns:create", "/api/v2/campaigns", "/api/v2/campaigns"), None);
    }
}
