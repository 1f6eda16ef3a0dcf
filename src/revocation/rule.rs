//! A rule, its limits, and what two rules about the same thing come to.
//!
//! Two rules for one (realm, claim, value) become one: the later cut-off and
//! the later end of both. The union can refuse what neither rule did alone (an
//! "ever" that ends soon and a cut-off that ends late make an "ever" that ends
//! late), and so errs on the side of refusing.

use serde::Serialize;
use serde::ser::Serializer;

use crate::error::{Error, ErrorKind, Result};

/// Stands in a [`Span`] for a cut-off or an end that was said to be none.
pub(super) const EVER: i64 = i64::MAX;

/// Whole numbers that every JSON implementation reads alike lie below this.
const SAFE: i64 = 1 << 53;

const REALM: usize = 2048;
const CLAIM: usize = 128;
const VALUE: usize = 4096;
const NOTE: usize = 200;

/// A claim's value: text, or a whole number. "1" and 1 are different values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum Value<S> {
    /// A JSON string.
    Text(S),
    /// A whole number, nearer to 0 than 2^53.
    Integer(i64),
}

impl<'a> Value<&'a str> {
    /// The value that a rule can name, or nothing: of an object, an array, a
    /// fraction, or a number too large to be exact. 1.0 is 1, as in JSON.
    #[must_use]
    pub fn of(value: &'a serde_json::Value) -> Option<Self> {
        match value {
            serde_json::Value::String(text) => Some(Self::Text(text)),
            serde_json::Value::Number(number) => whole(number).map(Self::Integer),
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Array(_)
            | serde_json::Value::Object(_) => None,
        }
    }
}

fn whole(number: &serde_json::Number) -> Option<i64> {
    let integer = number.as_i64().or_else(|| {
        let float = number.as_f64()?;
        (float.fract() == 0.0 && float.abs() < SAFE as f64).then_some(float as i64)
    })?;
    is_safe(integer).then_some(integer)
}

pub(super) fn is_safe(number: i64) -> bool {
    number.unsigned_abs() < SAFE.unsigned_abs()
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject<S> {
    /// Tokens with this value of this claim.
    Claim {
        /// The claim's name, such as `jti`.
        name: S,
        /// Its value.
        value: Value<S>,
    },
    /// Tokens that this key verifies: its own kid, or its thumbprint.
    Key(S),
}

impl<S: AsRef<str>> Subject<S> {
    /// The same subject, borrowed.
    pub fn as_ref(&self) -> Subject<&str> {
        match self {
            Self::Claim { name, value } => Subject::Claim {
                name: name.as_ref(),
                value: match value {
                    Value::Text(text) => Value::Text(text.as_ref()),
                    Value::Integer(integer) => Value::Integer(*integer),
                },
            },
            Self::Key(key) => Subject::Key(key.as_ref()),
        }
    }
}

/// Which tokens are refused, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The name space: the verified issuer, or the name that the options give.
    pub realm: Box<str>,
    /// What it is about.
    pub subject: Subject<Box<str>>,
    /// The cut-off T: refused is what was issued at T or before, or says no
    /// time of issue. `None`: whenever it was issued.
    pub before: Option<i64>,
    /// The end: from this second on the rule is void. `None`: for ever.
    pub until: Option<i64>,
    /// A word for whoever reads the list.
    pub note: Option<Box<str>>,
}

impl Rule {
    /// Fails, naming the field, where one is over its limits or the end has passed.
    pub(super) fn check(&self, now: i64) -> Result<()> {
        self.check_shape()?;
        if self.span().has_ended(now) {
            return Err(fault("until", "must lie after now"));
        }
        Ok(())
    }

    /// [`Self::check`] without a look at the clock.
    pub(super) fn check_shape(&self) -> Result<()> {
        check_target(&self.realm, self.subject.as_ref())?;
        for (field, seconds) in [("before", self.before), ("until", self.until)] {
            check_seconds(field, seconds)?;
        }
        check_length("note", self.note.as_deref().unwrap_or_default(), 0, NOTE)
    }

    pub(super) fn span(&self) -> Span {
        Span {
            cut: self.before.unwrap_or(EVER),
            end: self.until.unwrap_or(EVER),
        }
    }

    pub(super) fn set_span(&mut self, span: Span) {
        self.before = (span.cut != EVER).then_some(span.cut);
        self.until = (span.end != EVER).then_some(span.end);
    }
}

/// Fails, naming the field, where realm or subject is over its limits.
pub(super) fn check_target(realm: &str, subject: Subject<&str>) -> Result<()> {
    check_length("realm", realm, 1, REALM)?;
    match subject {
        Subject::Claim { name, value } => {
            check_length("claim", name, 1, CLAIM)?;
            match value {
                Value::Text(text) => check_length("value", text, 0, VALUE),
                Value::Integer(integer) if is_safe(integer) => Ok(()),
                Value::Integer(_) => Err(fault("value", "must lie nearer to 0 than 2^53")),
            }
        }
        Subject::Key(key) => check_length("key", key, 1, VALUE),
    }
}

pub(super) fn check_switch(scope: &str, name: &str) -> Result<()> {
    check_length("scope", scope, 1, REALM)?;
    check_length("name", name, 1, CLAIM)
}

pub(super) fn check_seconds(field: &str, seconds: Option<i64>) -> Result<()> {
    match seconds {
        Some(seconds) if !is_safe(seconds) => {
            Err(fault(field, "must be seconds since 1970, below 2^53"))
        }
        Some(_) | None => Ok(()),
    }
}

fn check_length(field: &str, text: &str, least: usize, most: usize) -> Result<()> {
    if (least..=most).contains(&text.len()) {
        return Ok(());
    }
    let length = text.len();
    Err(fault(
        field,
        format_args!("must be {least} to {most} bytes long, not {length}"),
    ))
}

/// An `options` error about one field.
pub(super) fn fault(field: &str, expected: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Options, format!("{field}: {expected}"))
}

/// What the store keeps: a rule as it now stands, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The rule, merged with those for the same value before it.
    pub rule: Rule,
    /// When this value was first revoked.
    pub at: i64,
}

impl Entry {
    /// The entry as the JSON object that lists and exports hold.
    pub fn to_json(&self) -> Result<String> {
        to_json(self)
    }
}

/// `document` as JSON text.
pub(super) fn to_json(document: &impl Serialize) -> Result<String> {
    serde_json::to_string(document)
        .map_err(|_| Error::new(ErrorKind::Internal, "a document can't be written as JSON"))
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct View<'a> {
            realm: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            claim: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            value: Option<Value<&'a str>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            key: Option<&'a str>,
            before: Option<i64>,
            until: Option<i64>,
            at: i64,
            #[serde(skip_serializing_if = "Option::is_none")]
            note: Option<&'a str>,
        }
        let (claim, value, key) = match self.rule.subject.as_ref() {
            Subject::Claim { name, value } => (Some(name), Some(value), None),
            Subject::Key(key) => (None, None, Some(key)),
        };
        View {
            realm: &self.rule.realm,
            claim,
            value,
            key,
            before: self.rule.before,
            until: self.rule.until,
            at: self.at,
            note: self.rule.note.as_deref(),
        }
        .serialize(serializer)
    }
}

/// A rule's two times, [`EVER`] where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) cut: i64,
    pub(super) end: i64,
}

impl Span {
    pub(super) fn has_ended(self, now: i64) -> bool {
        self.end != EVER && self.end <= now
    }

    /// Whether a token issued at `issued` is refused at `now`.
    pub(super) fn covers(self, issued: Option<i64>, now: i64) -> bool {
        !self.has_ended(now) && issued.is_none_or(|issued| issued <= self.cut)
    }

    /// Both in one; a span that has ended doesn't count any more.
    pub(super) fn joined_to(self, older: Self, now: i64) -> Self {
        if older.has_ended(now) {
            return self;
        }
        Self {
            cut: self.cut.max(older.cut),
            end: self.end.max(older.end),
        }
    }
}
