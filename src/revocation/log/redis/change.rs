//! Changes as the server keeps them: two texts, of which the first says what
//! the change is about and the second how that stands from then on.
//!
//! ```text
//! ["https://issuer.example","jti","4f2a"]   * 1800000000 1700000000 a note
//! ["https://issuer.example","","2026-11"]   (a key: no claim)   -
//! ["project-1","closed"]                    (a switch)          on
//! ```
//!
//! A rule stands as its cut-off, its end and when it was made, `*` for ever;
//! `-` is a rule taken back.

use std::fmt::{self, Write as _};

use redis::Value as Answer;
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

use super::line::Fault;
use super::value::bytes;
use crate::error::Result;
use crate::revocation::log::Change;
use crate::revocation::rule::{EVER, Entry, Rule, Span, Subject, Value, to_json};

/// What tells when the changes of an entry were made.
pub(super) const AT: &[u8] = b"at";

const RESTORED: &str = "-";

/// The two texts of a change.
pub(super) fn texts(change: &Change) -> Result<(String, String)> {
    Ok(match change {
        Change::Revoke(entry) => {
            let rule = &entry.rule;
            (about(&rule.realm, rule.subject.as_ref())?, stands(entry))
        }
        Change::Restore { realm, subject } => (about(realm, subject.as_ref())?, RESTORED.into()),
        Change::Switch { scope, name, on } => {
            let state = if *on { "on" } else { "off" };
            (to_json(&(scope, name))?, state.into())
        }
    })
}

fn about(realm: &str, subject: Subject<&str>) -> Result<String> {
    match subject {
        Subject::Claim { name, value } => to_json(&(realm, name, value)),
        Subject::Key(key) => to_json(&(realm, "", key)),
    }
}

fn stands(entry: &Entry) -> String {
    let span = entry.rule.span();
    let mut text = String::new();
    for seconds in [span.cut, span.end, entry.at] {
        if seconds == EVER {
            text.push('*');
        } else {
            _ = write!(text, "{seconds}");
        }
        text.push(' ');
    }
    text.pop();
    if let Some(note) = &entry.rule.note {
        text.push(' ');
        text.push_str(note);
    }
    text
}

/// The change of two texts of the log or the table. Other names than those of
/// changes are the store's own, and none.
pub(super) fn read(about: &Answer, stands: &Answer) -> Result<Option<Change>, Fault> {
    let (about, stands) = (bytes(about)?, bytes(stands)?);
    if about.first() != Some(&b'[') {
        return Ok(None);
    }
    let stands = std::str::from_utf8(stands).map_err(|_| Fault::Odd)?;
    let change = match stands {
        "on" | "off" => {
            let (scope, name) = serde_json::from_slice(about).map_err(|_| Fault::Odd)?;
            let on = stands == "on";
            Change::Switch { scope, name, on }
        }
        stands => {
            let (realm, name, value): (Box<str>, Box<str>, Held) =
                serde_json::from_slice(about).map_err(|_| Fault::Odd)?;
            let subject = match (name.is_empty(), value.0) {
                (true, Value::Text(key)) => Subject::Key(key),
                (true, Value::Integer(_)) => return Err(Fault::Odd),
                (false, value) => Subject::Claim { name, value },
            };
            if stands == RESTORED {
                Change::Restore { realm, subject }
            } else {
                Change::Revoke(entry(realm, subject, stands).ok_or(Fault::Odd)?)
            }
        }
    };
    Ok(Some(change))
}

fn entry(realm: Box<str>, subject: Subject<Box<str>>, stands: &str) -> Option<Entry> {
    let mut parts = stands.splitn(4, ' ');
    let mut seconds = || match parts.next()? {
        "*" => Some(EVER),
        digits => digits.parse().ok(),
    };
    let (cut, end, at) = (seconds()?, seconds()?, seconds()?);
    let mut rule = Rule {
        realm,
        subject,
        before: None,
        until: None,
        note: parts.next().map(Into::into),
    };
    rule.set_span(Span { cut, end });
    Some(Entry { rule, at })
}

/// A claim's value, which is a text or a whole number.
struct Held(Value<Box<str>>);

impl<'de> Deserialize<'de> for Held {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct OfScalar;

        impl Visitor<'_> for OfScalar {
            type Value = Held;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a whole number")
            }

            fn visit_str<E>(self, text: &str) -> Result<Held, E> {
                Ok(Held(Value::Text(text.into())))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Held, E> {
                Ok(Held(Value::Integer(number)))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Held, E> {
                let number = i64::try_from(number).map_err(|_| E::custom("too large"))?;
                Ok(Held(Value::Integer(number)))
            }
        }

        source.deserialize_any(OfScalar)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::{prop_assert_eq, prop_oneof, proptest};

    use super::*;

    fn answer(text: &str) -> Answer {
        Answer::BulkString(text.as_bytes().to_vec())
    }

    fn claim(value: Value<Box<str>>) -> Subject<Box<str>> {
        let name = "jti".into();
        Subject::Claim { name, value }
    }

    #[test]
    fn a_change_is_read_as_it_was_written() {
        let entry = |subject, before, until, note: Option<&str>| {
            let note = note.map(Into::into);
            let rule = Rule {
                realm: "r\0 \"ü\"".into(),
                subject,
                before,
                until,
                note,
            };
            Change::Revoke(Entry { rule, at: -5 })
        };
        let text = || claim(Value::Text("a b\n".into()));
        for change in [
            entry(text(), None, None, None),
            entry(text(), Some(0), Some(9), Some("")),
            entry(text(), Some(-1), None, Some("one two  three ")),
            entry(claim(Value::Integer(-7)), None, Some(1 << 52), None),
            entry(claim(Value::Text("7".into())), None, None, Some("* 1")),
            entry(Subject::Key("k".into()), None, None, None),
            Change::Restore {
                realm: "r".into(),
                subject: text(),
            },
            Change::Switch {
                scope: "[".into(),
                name: "on".into(),
                on: false,
            },
        ] {
            let (about, stands) = texts(&change).unwrap();
            assert_eq!(read(&answer(&about), &answer(&stands)), Ok(Some(change)));
        }
    }

    proptest! {
        /// Whatever somebody wrote there: refused, or a change that is read as
        /// the same once it is written again.
        #[test]
        fn any_texts_are_refused_or_are_a_change_that_stays_the_same(
            about in prop_oneof![
                ".{0,30}",
                r#"\[("[a-z\\\\"]{0,4}"|-?[0-9]{1,20}|null|\[\])(,("[a-z]{0,4}"|-?[0-9]{1,20}|1e3)){0,3}\]"#,
            ],
            stands in prop_oneof![".{0,30}", r"(\*|-?[0-9]{1,20})( (\*|-?[0-9]{1,20})){0,3}( .{0,9})?", "on|off|-"],
        ) {
            if let Ok(Some(change)) = read(&answer(&about), &answer(&stands)) {
                let (about, stands) = texts(&change).unwrap();
                prop_assert_eq!(read(&answer(&about), &answer(&stands)), Ok(Some(change)));
            }
        }
    }

    #[test]
    fn what_is_none_of_ours_is_never_taken_for_a_rule() {
        for name in ["identity", "begun", "at", ""] {
            assert_eq!(read(&answer(name), &answer("1")), Ok(None));
        }
        for (about, stands) in [
            (r#"["r","jti"]"#, "* * 1"),
            (r#"["r","jti",1.5]"#, "* * 1"),
            (r#"["r","jti",null]"#, "* * 1"),
            (r#"["r","",7]"#, "* * 1"),
            (r#"["r","jti","x"]"#, "on"),
            (r#"["r","jti","x"]"#, ""),
            (r#"["r","jti","x"]"#, "* *"),
            (r#"["r","jti","x"]"#, "* x 1"),
            (r#"["r","jti","x"]"#, "gone"),
        ] {
            assert_eq!(
                read(&answer(about), &answer(stands)),
                Err(Fault::Odd),
                "{about} {stands}"
            );
        }
    }
}
