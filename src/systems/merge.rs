//! Ordinary options beside a system: what they may add to it, and what they
//! may not change.
//!
//! A preset is worth something only as long as it holds: beside it a document
//! may narrow what is accepted and say what the preset leaves open, and nothing
//! else. Whoever needs more takes the options that the preset comes to, and
//! changes those.

use serde_json::{Map, Value};

use crate::codec::document::suggestion;
use crate::error::{Error, ErrorKind, Result};

/// What an option beside a system does.
#[derive(Clone, Copy)]
enum Beside {
    /// Says what the system leaves open.
    Says,
    /// Takes the place of the system's.
    Replaces,
    /// Is added to the system's list.
    Extends,
    /// Is added to the system's object, under names that it doesn't use.
    Joins,
    /// Keeps some of the system's list.
    Narrows,
}

use Beside::{Extends, Joins, Narrows, Replaces, Says};

/// What may stand beside a system for all of a verifier.
const VERIFIER: &[(&str, Beside)] = &[
    ("leeway", Says),
    ("age", Says),
    ("limits", Says),
    ("cache", Says),
    ("report", Extends),
];

/// What may stand beside it and holds in every entry of `trust`.
const ENTRY: &[(&str, Beside)] = &[
    ("lifetime", Says),
    ("type", Says),
    ("require", Extends),
    ("claims", Joins),
    ("deny", Extends),
    ("algorithms", Narrows),
];

const MINTER: &[(&str, Beside)] = &[("lifetime", Replaces), ("claims", Joins), ("check", Joins)];

const BEARER: &[(&str, Beside)] = &[("admin", Says), ("prefixes", Extends)];

/// A verifier's options: the system's, and those beside it.
pub(super) fn verifier(
    mut system: Map<String, Value>,
    mut beside: Map<String, Value>,
) -> Result<Map<String, Value>> {
    let (mut entry, mut top) = (Map::new(), Map::new());
    for (name, value) in std::mem::take(&mut beside) {
        let of_entries = ENTRY.iter().any(|(known, _)| *known == name);
        let part = if of_entries { &mut entry } else { &mut top };
        part.insert(name, value);
    }
    merge(&mut system, top, VERIFIER, ENTRY)?;
    match system.get_mut("trust").and_then(Value::as_array_mut) {
        Some(trust) => {
            for one in trust.iter_mut().filter_map(Value::as_object_mut) {
                merge(one, entry.clone(), ENTRY, VERIFIER)?;
            }
        }
        None => merge(&mut system, entry, ENTRY, VERIFIER)?,
    }
    Ok(system)
}

/// A minter's options: the system's, and those beside it.
pub(super) fn minter(
    mut system: Map<String, Value>,
    beside: Map<String, Value>,
) -> Result<Map<String, Value>> {
    merge(&mut system, beside, MINTER, &[])?;
    Ok(system)
}

/// A bearer resolver's options: the system's, and those beside it.
pub(super) fn bearer(
    mut system: Map<String, Value>,
    beside: Map<String, Value>,
) -> Result<Map<String, Value>> {
    merge(&mut system, beside, BEARER, &[])?;
    Ok(system)
}

/// Fails for what may stand beside a system in no document at all.
pub(super) fn check_known(beside: &Map<String, Value>) -> Result<()> {
    let rules = [VERIFIER, ENTRY, MINTER, BEARER].concat();
    let mut known: Vec<_> = rules.iter().map(|(known, _)| *known).collect();
    known.insert(0, "system");
    known.dedup();
    match beside.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(unknown) => {
            let meant = suggestion(unknown, &known);
            Err(refused(
                unknown,
                format!("unknown field \"{unknown}\"{meant}"),
            ))
        }
    }
}

/// Merges `beside` into `system` as `rules` say; `others` are only for the message.
fn merge(
    system: &mut Map<String, Value>,
    beside: Map<String, Value>,
    rules: &[(&str, Beside)],
    others: &[(&str, Beside)],
) -> Result<()> {
    for (name, value) in beside {
        let Some((_, rule)) = rules.iter().find(|(known, _)| *known == name) else {
            let known: Vec<_> = rules
                .iter()
                .chain(others)
                .map(|(known, _)| *known)
                .collect();
            let message = match is_near(&name, &known) {
                Some(meant) => format!("unknown field \"{name}\"{meant}"),
                None => format!(
                    "the system decides on this; beside it may stand {}",
                    known.join(", ")
                ),
            };
            return Err(refused(&name, message));
        };
        merge_one(system, &name, value, *rule)?;
    }
    Ok(())
}

fn merge_one(
    system: &mut Map<String, Value>,
    name: &str,
    value: Value,
    rule: Beside,
) -> Result<()> {
    let Some(own) = system.get_mut(name) else {
        system.insert(name.into(), value);
        return Ok(());
    };
    match (rule, own, value) {
        (Replaces, own, Value::Null) if !own.is_null() => {
            return Err(refused(name, "the system's tokens all have one"));
        }
        (Replaces, own, value) => *own = value,
        (Extends, Value::Array(own), Value::Array(more)) => {
            let new: Vec<_> = more.into_iter().filter(|one| !own.contains(one)).collect();
            own.extend(new);
        }
        (Joins, Value::Object(own), Value::Object(more)) => {
            for (member, value) in more {
                if own.contains_key(&member) {
                    return Err(refused(
                        &format!("{name}.{member}"),
                        "the system decides on this claim already",
                    ));
                }
                own.insert(member, value);
            }
        }
        (Narrows, Value::Array(own), Value::Array(fewer)) => {
            if let Some(foreign) = fewer.iter().find(|one| !own.contains(one)) {
                return Err(refused(
                    name,
                    format!("{foreign} isn't one of the system's"),
                ));
            }
            *own = fewer;
        }
        (Says, ..) => return Err(refused(name, "the system decides on this already")),
        (Extends, ..) | (Narrows, ..) => return Err(refused(name, "a list was expected")),
        (Joins, ..) => return Err(refused(name, "an object was expected")),
    }
    Ok(())
}

/// The suggestion for a misspelt option, if one of `known` was meant.
fn is_near(name: &str, known: &[&str]) -> Option<String> {
    let meant = suggestion(name, known);
    meant.starts_with("; did you mean").then_some(meant)
}

fn refused(place: &str, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Options, message).at(format_args!("options.{place}"))
}
