//! Describes what is wrong with a value, in the words that clients of the reference know. A message names the
//! field and the rule. It never contains the value, and it stays short whatever the caller sent.

use super::nearest::hint;
use super::reading::meant;
use super::schema::Violation;
use crate::error::Error;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Bytes of a message, of the place in it, and of a list of allowed values.
const LONGEST: usize = 290;
const PLACE: usize = 120;
const LIST: usize = 120;
/// Characters of a name, and names in a message.
const NAME: usize = 40;
const NAMES: usize = 3;

pub fn describe(root: &str, schema: &Value, error: &ValidationError<'_>) -> String {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other kinds are about the value itself")]
    match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let told = branch(context).map(|error| describe(root, schema, error));
            told.unwrap_or_else(|| format!("{} has the wrong form", place(root, error)))
        }
        _ => short(&format!("{} {}", place(root, error), rule(schema, error)), LONGEST),
    }
}

/// The same with the field apart from the rule. A missing field is the field that is wrong.
pub fn violation(schema: &Value, error: &ValidationError<'_>) -> Violation {
    let mut at = steps(error);
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other kinds are about the value itself")]
    let rule = match error.kind() {
        Kind::Required { property } => {
            at.extend(property.as_str().map(str::to_owned));
            "must be filled in".to_owned()
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => match branch(context) {
            Some(inner) => return violation(schema, inner),
            None => "has the wrong form".to_owned(),
        },
        _ => rule(schema, error),
    };
    Violation { field: at.join("/"), rule: short(&rule, LONGEST) }
}

/// The error of the variant that the caller most likely meant, which is not the variant for null.
fn branch<'a>(context: &'a [Vec<ValidationError<'static>>]) -> Option<&'a ValidationError<'static>> {
    let wants_null = |error: &ValidationError<'_>| {
        matches!(error.kind(), Kind::Type { kind: TypeKind::Single(JsonType::Null) })
    };
    let all = || context.iter().flatten();
    all().find(|error| !wants_null(error)).or_else(|| all().next())
}

fn rule(schema: &Value, error: &ValidationError<'_>) -> String {
    #[expect(clippy::wildcard_enum_match_arm, reason = "no schema of ours has the rest")]
    match error.kind() {
        Kind::Required { property } => {
            format!("must have required property '{}'", property.as_str().unwrap_or_default())
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = known(schema, error);
            let hint = unexpected.iter().map(|name| hint(name, known.iter().copied()));
            let hint = hint.take(20).find(|hint| !hint.is_empty()).unwrap_or_default();
            format!("must NOT have additional properties: {}{hint}", names_of(unexpected))
        }
        Kind::Type { kind: TypeKind::Single(kind) } => format!("must be {kind}"),
        Kind::Type { kind: TypeKind::Multiple(kinds) } => {
            let kinds: Vec<_> = kinds.iter().map(|kind| kind.to_string()).collect();
            format!("must be {}", kinds.join(" or "))
        }
        Kind::Enum { .. } if error.instance_path().to_string().ends_with("/timezone") => {
            "must be an IANA time zone, for example \"America/New_York\"".to_owned()
        }
        Kind::Enum { options } => allowed(options, error.instance()),
        Kind::Constant { .. } => "must be equal to constant".to_owned(),
        Kind::Format { format } => format!("must match format \"{format}\""),
        Kind::MinProperties { limit } => format!("must NOT have fewer than {limit} properties"),
        Kind::MaxProperties { limit } => format!("must NOT have more than {limit} properties"),
        Kind::PropertyNames { error } => format!("property name {}", rule(schema, error)),
        Kind::MinLength { limit } => format!("must NOT have fewer than {limit} characters"),
        Kind::MaxLength { limit } => format!("must NOT have more than {limit} characters"),
        Kind::MinItems { limit } => format!("must NOT have fewer than {limit} items"),
        Kind::MaxItems { limit } => format!("must NOT have more than {limit} items"),
        Kind::UniqueItems => "must NOT have duplicate items".to_owned(),
        Kind::Minimum { limit } => format!("must be >= {limit}"),
        Kind::Maximum { limit } => format!("must be <= {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("must be > {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("must be < {limit}"),
        Kind::Pattern { pattern } => format!("must match pattern \"{pattern}\""),
        _ => "has the wrong form".to_owned(),
    }
}

/// The allowed values if they are few, and the one that was probably meant.
fn allowed(options: &Value, given: &Value) -> String {
    let list = options.to_string();
    let list = if list.len() <= LIST { format!(": {list}") } else { String::new() };
    let names = options.as_array().into_iter().flatten().filter_map(Value::as_str);
    let hint = given.as_str().map(|given| hint(given, names)).unwrap_or_default();
    format!("must be equal to one of the allowed values{list}{hint}")
}

pub fn names_of(all: &[String]) -> String {
    let named: Vec<_> = all.iter().take(NAMES).map(|name| format!("'{}'", cut(name))).collect();
    let more = all.len().saturating_sub(NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}

/// The properties of the object that an error is about.
fn known<'a>(schema: &'a Value, error: &ValidationError<'_>) -> Vec<&'a str> {
    let mut at = meant(schema, schema, &Value::Object(Default::default()));
    for step in steps(error) {
        let next = at.get("properties").and_then(|all| all.get(&step)).or_else(|| at.get("items"));
        let Some(next) = next.or_else(|| at.get("additionalProperties")) else { return vec![] };
        at = meant(schema, next, &Value::Object(Default::default()));
    }
    let properties = at.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(|all| all.keys().map(String::as_str)).collect()
}

fn steps(error: &ValidationError<'_>) -> Vec<String> {
    let pointer = error.instance_path().to_string();
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}

fn place(root: &str, error: &ValidationError<'_>) -> String {
    at(root, steps(error).iter().map(String::as_str))
}

/// A place such as `body/leads/0/email`, shortened if the caller's names are long.
fn at<'a>(root: &str, steps: impl Iterator<Item = &'a str>) -> String {
    let whole = steps.fold(root.to_owned(), |path, step| format!("{path}/{}", cut(step)));
    short(&whole, PLACE)
}

/// For a value that passes its schema although the type cannot hold it. It is parsed again to find the place
/// of the error.
pub fn unreadable<T: DeserializeOwned>(root: &str, value: Value) -> Error {
    let path = serde_path_to_error::deserialize::<_, T>(value).err().map(|error| error.path().to_string());
    let path = path.unwrap_or_default();
    let steps = path.split(['.', '[', ']']).filter(|step| !step.is_empty());
    Error::Invalid(format!("{} has a value that this field cannot hold", at(root, steps)))
}

fn cut(name: &str) -> String {
    match name.chars().count() > NAME {
        true => name.chars().take(NAME).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

fn short(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}…", text.get(..end).unwrap_or_default())
}
