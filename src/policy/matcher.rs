//! Matchers: what a claim's value must be.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::codec::document::suggestion;
use crate::codec::json::{Kind, Raw};
use crate::error::{Error, ErrorKind, Result};

/// How deep matchers may stand in one another.
const DEEPEST: usize = 8;

const OPERATORS: &[&str] = &["contains", "not", "type", "present"];
const TYPES: &[(&str, Kind)] = &[
    ("string", Kind::Text),
    ("number", Kind::Number),
    ("boolean", Kind::Boolean),
    ("null", Kind::Null),
    ("array", Kind::Array),
    ("object", Kind::Object),
];

/// A condition on one claim, which may be absent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Matcher {
    /// This very value: a string, number, boolean or null.
    Value(Value),
    /// One of these.
    Any(Vec<Matcher>),
    /// An array with an element that is this value.
    Contains(Value),
    Not(Box<Matcher>),
    Type(Kind),
    Present(bool),
}

impl Matcher {
    /// Reads a matcher; `place` names it in errors.
    pub(crate) fn read(place: &str, value: &Value) -> Result<Self> {
        Self::nested(place, value, 0)
    }

    fn nested(place: &str, value: &Value, depth: usize) -> Result<Self> {
        if depth == DEEPEST {
            return Err(refused(place, "matchers are nested too deep"));
        }
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Ok(Self::Value(value.clone()))
            }
            Value::Array(any) if any.is_empty() => {
                Err(refused(place, "an empty list of matchers matches nothing"))
            }
            Value::Array(any) => any
                .iter()
                .enumerate()
                .map(|(index, one)| Self::nested(&format!("{place}[{index}]"), one, depth + 1))
                .collect::<Result<_>>()
                .map(Self::Any),
            Value::Object(operator) => Self::operator(place, operator, depth),
        }
    }

    fn operator(place: &str, operator: &Map<String, Value>, depth: usize) -> Result<Self> {
        let mut members = operator.iter();
        let (Some((name, value)), None) = (members.next(), members.next()) else {
            return Err(refused(
                place,
                "a matcher is a value, a list, or one of {\"contains\": …}, {\"not\": …}, {\"type\": …}, {\"present\": …}",
            ));
        };
        let place = format!("{place}.{name}");
        match (name.as_str(), value) {
            ("contains", Value::Array(_) | Value::Object(_)) => Err(refused(
                &place,
                "a string, number, boolean or null was expected",
            )),
            ("contains", value) => Ok(Self::Contains(value.clone())),
            ("not", value) => Ok(Self::Not(Box::new(Self::nested(&place, value, depth + 1)?))),
            ("type", Value::String(name)) => TYPES
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, kind)| Self::Type(*kind))
                .ok_or_else(|| {
                    let known: Vec<_> = TYPES.iter().map(|(known, _)| *known).collect();
                    refused(&place, format!("unknown type{}", suggestion(name, &known)))
                }),
            ("type", _) => Err(refused(&place, "the name of a type was expected")),
            ("present", Value::Bool(present)) => Ok(Self::Present(*present)),
            ("present", _) => Err(refused(&place, "true or false was expected")),
            (unknown, _) => Err(refused(
                &place,
                format!(
                    "unknown matcher \"{unknown}\"{}",
                    suggestion(unknown, OPERATORS)
                ),
            )),
        }
    }

    /// The matcher as options spell it.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Any(any) => any.iter().map(Self::to_json).collect(),
            Self::Contains(value) => json!({ "contains": value }),
            Self::Not(matcher) => json!({ "not": matcher.to_json() }),
            Self::Type(kind) => {
                let known = TYPES.iter().find(|(_, known)| known == kind);
                json!({ "type": known.map(|(name, _)| name) })
            }
            Self::Present(present) => json!({ "present": present }),
        }
    }

    /// Whether `claim` is as this says.
    pub(crate) fn matches(&self, claim: Option<Raw<'_>>) -> bool {
        match self {
            Self::Value(value) => claim.is_some_and(|claim| is_value(claim, value)),
            Self::Any(any) => any.iter().any(|one| one.matches(claim)),
            Self::Contains(value) => {
                claim.is_some_and(|claim| claim.items().any(|item| is_value(item, value)))
            }
            Self::Not(matcher) => claim.is_none() || !matcher.matches(claim),
            Self::Type(kind) => claim.is_some_and(|claim| claim.kind() == *kind),
            Self::Present(present) => claim.is_some() == *present,
        }
    }
}

fn refused(place: &str, message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Options, message).at(place)
}

/// Whether a claim has this value: strings by their characters, numbers by
/// their value (`1` is `1.0`).
fn is_value(claim: Raw<'_>, value: &Value) -> bool {
    match value {
        Value::Null => claim.kind() == Kind::Null,
        Value::Bool(boolean) => claim.boolean() == Some(*boolean),
        Value::String(text) => claim.is_string(text),
        Value::Number(number) => match (claim.integer(), number.as_i64()) {
            (Some(left), Some(right)) => left == right,
            _ => claim.number().is_some() && claim.number() == number.as_f64(),
        },
        Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn matches(matcher: &Value, claim: &str) -> bool {
        let claim = (!claim.is_empty()).then(|| Raw::checked(claim));
        Matcher::read("claims.x", matcher).unwrap().matches(claim)
    }

    #[test]
    fn a_matcher_says_what_a_claim_must_be() {
        for (matcher, good, bad) in [
            (json!("a"), "\"a\"", "\"b\""),
            (json!("a"), r#""\u0061""#, "[\"a\"]"),
            (json!(1), "1.0", "\"1\""),
            (
                json!(9_007_199_254_740_993_i64),
                "9007199254740993",
                "9007199254740992",
            ),
            (json!(true), "true", "1"),
            (json!(null), "null", ""),
            (json!(["a", "b"]), "\"b\"", "\"c\""),
            (json!({"contains": "a"}), "[1,\"a\"]", "\"a\""),
            (json!({"not": "a"}), "\"b\"", "\"a\""),
            (json!({"not": "a"}), "", "\"a\""),
            (json!({"not": {"present": true}}), "", "1"),
            (json!({"type": "string"}), "\"\"", "1"),
            (json!({"type": "object"}), "{}", "[]"),
            (json!({"present": true}), "null", ""),
            (json!({"present": false}), "", "null"),
            (json!(["", {"not": {"type": "string"}}]), "7", "\"id\""),
        ] {
            assert!(matches(&matcher, good), "{matcher} {good}");
            assert!(!matches(&matcher, bad), "{matcher} {bad}");
        }
    }

    #[test]
    fn a_misspelt_matcher_is_named() {
        let message = |matcher| {
            Matcher::read("claims.x", &matcher)
                .unwrap_err()
                .message()
                .to_owned()
        };
        assert_eq!(
            message(json!({"contain": 1})),
            "claims.x.contain: unknown matcher \"contain\"; did you mean \"contains\"?"
        );
        assert_eq!(
            message(json!(["a", {"type": "strng"}])),
            "claims.x[1].type: unknown type; did you mean \"string\"?"
        );
        assert!(message(json!({})).contains("a matcher is a value"));
        assert!(message(json!({"not": 1, "type": "string"})).contains("a matcher is a value"));
        assert!(message(json!([])).contains("empty list"));
        let deep = (0..20).fold(json!(1), |inner, _| json!({"not": inner}));
        assert!(message(deep).contains("too deep"));
    }
}
