//! Matchers: what a claim's value must be.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::codec::document::suggestion;
use crate::codec::json::{Kind, Raw};
use crate::codec::numeric_date::NumericDate;
use crate::error::{Error, ErrorKind, Result};

/// How deep matchers may stand in one another.
const DEEPEST: usize = 8;

const OPERATORS: &[&str] = &["contains", "not", "type", "present", "ends", "below"];
const TYPES: &[(&str, Kind)] = &[
    ("string", Kind::Text),
    ("number", Kind::Number),
    ("boolean", Kind::Boolean),
    ("null", Kind::Null),
    ("array", Kind::Array),
    ("object", Kind::Object),
];
/// The type that JSON doesn't know: a number or a string, written in decimal
/// digits alone.
const DIGITS: &str = "digits";

/// Conditions on claims, by their names or, when one begins with "/", by the
/// JSON pointers to what is in them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Matchers(Vec<(String, Matcher)>);

impl Matchers {
    /// Reads an object of matchers; `place` names it in errors.
    pub(crate) fn read(place: &str, named: &Map<String, Value>) -> Result<Self> {
        let read = |(name, value): (&String, &Value)| {
            let matcher = Matcher::read(&format!("{place}.{name}"), value)?;
            Ok((name.clone(), matcher))
        };
        named.iter().map(read).collect::<Result<_>>().map(Self)
    }

    /// The first claim that isn't as it should be; `find` finds them.
    pub(crate) fn mismatch<'t>(&self, find: impl Fn(&str) -> Option<Raw<'t>>) -> Option<&str> {
        let mut named = self.0.iter();
        let (name, _) = named.find(|(name, matcher)| !matcher.matches(find(name)))?;
        Some(name)
    }

    /// Whether all claims are as this says.
    pub(crate) fn match_all<'t>(&self, find: impl Fn(&str) -> Option<Raw<'t>>) -> bool {
        self.mismatch(find).is_none()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The conditions as options spell them.
    pub(super) fn to_json(&self) -> Value {
        let members = self.0.iter();
        Value::Object(
            members
                .map(|(name, matcher)| (name.clone(), matcher.to_json()))
                .collect(),
        )
    }
}

/// A condition on one claim, which may be absent.
#[derive(Clone, Debug, PartialEq)]
enum Matcher {
    /// This very value: a string, number, boolean or null.
    Value(Value),
    /// One of these.
    Any(Vec<Matcher>),
    /// An array with an element that is this value.
    Contains(Value),
    Not(Box<Matcher>),
    Type(Kind),
    Digits,
    Present(bool),
    /// A string with this end.
    Ends(String),
    /// A number below this, also one in a string of decimal digits.
    Below(i64),
}

impl Matcher {
    /// Reads a matcher; `place` names it in errors.
    fn read(place: &str, value: &Value) -> Result<Self> {
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
                "a matcher is a value, a list, or one of {\"contains\": …}, {\"not\": …}, {\"type\": …}, {\"present\": …}, {\"ends\": …}, {\"below\": …}",
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
            ("type", Value::String(name)) if name == DIGITS => Ok(Self::Digits),
            ("type", Value::String(name)) => TYPES
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, kind)| Self::Type(*kind))
                .ok_or_else(|| {
                    let known = TYPES.iter().map(|(known, _)| *known).chain([DIGITS]);
                    let known: Vec<_> = known.collect();
                    refused(&place, format!("unknown type{}", suggestion(name, &known)))
                }),
            ("type", _) => Err(refused(&place, "the name of a type was expected")),
            ("present", Value::Bool(present)) => Ok(Self::Present(*present)),
            ("present", _) => Err(refused(&place, "true or false was expected")),
            ("ends", Value::String(end)) if !end.is_empty() => Ok(Self::Ends(end.clone())),
            ("ends", _) => Err(refused(&place, "a text that isn't empty was expected")),
            ("below", bound) => bound
                .as_i64()
                .map(Self::Below)
                .ok_or_else(|| refused(&place, "a whole number was expected")),
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
    fn to_json(&self) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Any(any) => any.iter().map(Self::to_json).collect(),
            Self::Contains(value) => json!({ "contains": value }),
            Self::Not(matcher) => json!({ "not": matcher.to_json() }),
            Self::Type(kind) => {
                let known = TYPES.iter().find(|(_, known)| known == kind);
                json!({ "type": known.map(|(name, _)| name) })
            }
            Self::Digits => json!({ "type": DIGITS }),
            Self::Present(present) => json!({ "present": present }),
            Self::Ends(end) => json!({ "ends": end }),
            Self::Below(bound) => json!({ "below": bound }),
        }
    }

    /// Whether `claim` is as this says.
    fn matches(&self, claim: Option<Raw<'_>>) -> bool {
        match self {
            Self::Value(value) => claim.is_some_and(|claim| is_value(claim, value)),
            Self::Any(any) => any.iter().any(|one| one.matches(claim)),
            Self::Contains(value) => {
                claim.is_some_and(|claim| claim.items().any(|item| is_value(item, value)))
            }
            Self::Not(matcher) => claim.is_none() || !matcher.matches(claim),
            Self::Type(kind) => claim.is_some_and(|claim| claim.kind() == *kind),
            Self::Digits => claim.is_some_and(is_digits),
            Self::Present(present) => claim.is_some() == *present,
            Self::Ends(end) => claim
                .and_then(Raw::string)
                .is_some_and(|text| text.ends_with(end.as_str())),
            Self::Below(bound) => claim.is_some_and(|claim| is_below(claim, *bound)),
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

fn is_digits(claim: Raw<'_>) -> bool {
    let written = match claim.kind() {
        Kind::Number => Some(Cow::Borrowed(claim.text())),
        Kind::Text => claim.string(),
        Kind::Boolean | Kind::Null | Kind::Array | Kind::Object => None,
    };
    written.is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_below(claim: Raw<'_>, bound: i64) -> bool {
    let number = NumericDate::read(claim).or_else(|| NumericDate::of_text(claim));
    number.is_some_and(|number| number.floor() < bound)
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
            (json!({"type": "digits"}), "42", "42.0"),
            (json!({"type": "digits"}), "\"042\"", "\"-42\""),
            (json!({"type": "digits"}), r#""\u0031""#, "\"\""),
            (json!({"type": "digits"}), "0", "[0]"),
            (json!({"type": "digits"}), "0", "1e3"),
            (json!({"ends": ":anon"}), "\"a:anon\"", "\"a:anon \""),
            (json!({"ends": ":anon"}), r#""a:\u0061non""#, "[\"a:anon\"]"),
            (json!({"not": {"ends": ":anon"}}), "", "\":anon\""),
            (json!({"below": 10}), "9.9", "10"),
            (json!({"below": 10}), "\"-3\"", "\"10\""),
            (json!({"below": 10}), "-1e3", "\"9.9\""),
            (json!({"below": 10}), "0", "null"),
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
        assert!(message(json!({"type": "digit"})).contains("did you mean \"digits\""));
        assert!(message(json!({"ends": ""})).contains("claims.x.ends: "));
        assert!(message(json!({"below": 1.5})).contains("claims.x.below: "));
        let deep = (0..20).fold(json!(1), |inner, _| json!({"not": inner}));
        assert!(message(deep).contains("too deep"));
    }
}
