//! What an address says by itself: whether it belongs to a role, and whether its domain gives addresses for a short time.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Local parts that several people usually read, or a machine.
const ROLES: [&str; 46] = [
    "abuse",
    "accounting",
    "accounts",
    "admin",
    "administrator",
    "all",
    "billing",
    "career",
    "careers",
    "contact",
    "customerservice",
    "enquiries",
    "everyone",
    "feedback",
    "finance",
    "hello",
    "help",
    "helpdesk",
    "hostmaster",
    "hr",
    "info",
    "inquiries",
    "invoice",
    "invoices",
    "it",
    "jobs",
    "legal",
    "mail",
    "mailer-daemon",
    "marketing",
    "media",
    "no-reply",
    "noc",
    "noreply",
    "office",
    "postmaster",
    "press",
    "privacy",
    "recruiting",
    "root",
    "sales",
    "security",
    "service",
    "support",
    "team",
    "webmaster",
];

static DISPOSABLE: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| mailchecker::blacklist().into_iter().collect());

/// `sales+news@x.example` is an address of the role `sales`.
pub fn is_of_a_role(email: &str) -> bool {
    let local = email.rsplit_once('@').map_or("", |(local, _)| local);
    let name = local.split('+').next().unwrap_or_default();
    ROLES.binary_search(&name).is_ok()
}

/// The domain or a parent of it is in the list of known providers.
pub fn is_disposable(email: &str) -> bool {
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    let starts = domain.match_indices('.').map(|(dot, _)| dot + 1);
    let names = [0].into_iter().chain(starts).filter_map(|start| domain.get(start..));
    names.filter(|name| name.contains('.')).any(|name| DISPOSABLE.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_disposable_domains_are_recognised() {
        assert!(ROLES.is_sorted());
        for email in ["info@x.example", "sales+eu@x.example", "no-reply@x.example"] {
            assert!(is_of_a_role(email), "{email}");
        }
        for email in ["information@x.example", "jo.info@x.example", "jo@info.example", ""] {
            assert!(!is_of_a_role(email), "{email}");
        }
        for email in ["jo@mailinator.com", "jo@some.mailinator.com"] {
            assert!(is_disposable(email), "{email}");
        }
        for email in ["jo@mailinator.example", "jo@mailinator.com.example", "mailinator.com", "jo@com", "jo"]
        {
            assert!(!is_disposable(email), "{email}");
        }
    }
}
