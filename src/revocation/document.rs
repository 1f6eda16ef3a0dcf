//! The documents: a rule, what to restore, and the export that another store
//! imports.

use serde::{Deserialize, Serialize};

use super::log::Change;
use super::rule::{
    Entry, Rule, Subject, Value, check_seconds, check_switch, check_target, fault, to_json,
};
use super::switches::{self, Setting};
use crate::codec::document::{Object, read, said};
use crate::error::Result;

const FORMAT: &str = "jeton-revocations";
const VERSION: u64 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFields {
    realm: Box<str>,
    claim: Option<Box<str>>,
    value: Option<serde_json::Value>,
    key: Option<Box<str>>,
    #[serde(default, deserialize_with = "said")]
    before: Option<Option<i64>>,
    #[serde(default, deserialize_with = "said")]
    until: Option<Option<i64>>,
    note: Option<Box<str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetFields {
    realm: Box<str>,
    claim: Option<Box<str>>,
    value: Option<serde_json::Value>,
    key: Option<Box<str>>,
}

/// An exported entry. Its times are all written, so that none is made up anew.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryFields {
    realm: Box<str>,
    claim: Option<Box<str>>,
    value: Option<serde_json::Value>,
    key: Option<Box<str>>,
    #[serde(default, deserialize_with = "said")]
    before: Option<Option<i64>>,
    #[serde(default, deserialize_with = "said")]
    until: Option<Option<i64>>,
    at: i64,
    note: Option<Box<str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportFields {
    format: Box<str>,
    version: u64,
    entries: Vec<Object<EntryFields>>,
    #[serde(default)]
    switches: Vec<Object<SwitchFields>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SwitchFields {
    scope: Box<str>,
    name: Box<str>,
    on: bool,
}

fn subject(
    claim: Option<Box<str>>,
    value: Option<serde_json::Value>,
    key: Option<Box<str>>,
) -> Result<Subject<Box<str>>> {
    match (claim, value, key) {
        (Some(name), Some(value), None) => {
            let value = match Value::of(&value) {
                Some(Value::Text(text)) => Value::Text(text.into()),
                Some(Value::Integer(integer)) => Value::Integer(integer),
                None => {
                    let expected = "must be a string, or a whole number nearer to 0 than 2^53";
                    return Err(fault("value", expected));
                }
            };
            Ok(Subject::Claim { name, value })
        }
        (None, None, Some(key)) => Ok(Subject::Key(key)),
        (Some(_), None, None) => Err(fault("value", "say the claim's value")),
        (None, Some(_), None) => Err(fault("claim", "say whose value it is, such as jti")),
        (None, None, None) => Err(fault("claim", "say claim and value, or key")),
        (_, _, Some(_)) => Err(fault("key", "say claim and value, or key, not both")),
    }
}

/// Reads a rule; a cut-off that isn't said is `now` for `sub`, else ever.
pub(super) fn rule(text: &str, now: i64) -> Result<Rule> {
    let fields: RuleFields = read("rule", text.as_bytes())?;
    let subject = subject(fields.claim, fields.value, fields.key)?;
    let everywhere = matches!(subject.as_ref(), Subject::Claim { name: "sub", .. });
    Ok(Rule {
        realm: fields.realm,
        before: fields.before.unwrap_or(everywhere.then_some(now)),
        until: until(fields.until)?,
        subject,
        note: fields.note,
    })
}

fn until(said: Option<Option<i64>>) -> Result<Option<i64>> {
    said.ok_or_else(|| fault("until", "say until: seconds, or null for ever"))
}

/// Reads which rule to restore: its realm and subject.
pub(super) fn target(text: &str) -> Result<(Box<str>, Subject<Box<str>>)> {
    let fields: TargetFields = read("rule", text.as_bytes())?;
    let subject = subject(fields.claim, fields.value, fields.key)?;
    check_target(&fields.realm, subject.as_ref())?;
    Ok((fields.realm, subject))
}

/// What an import holds, each part within its limits.
pub(super) struct Import {
    pub(super) entries: Vec<Entry>,
    pub(super) switches: switches::Map,
}

impl Import {
    /// What a shared log is told: a switch that the import doesn't turn on is
    /// left as it is.
    pub(super) fn changes(&self) -> Vec<Change> {
        let entries = self.entries.iter().cloned().map(Change::Revoke);
        let switches = switches::settings(&self.switches)
            .into_iter()
            .filter(|setting| setting.on)
            .map(|setting| Change::Switch {
                scope: setting.scope.into(),
                name: setting.name.into(),
                on: true,
            });
        entries.chain(switches).collect()
    }
}

pub(super) fn import(text: &str) -> Result<Import> {
    let fields: ImportFields = read("import", text.as_bytes())?;
    if &*fields.format != FORMAT {
        return Err(fault("format", format_args!("must be {FORMAT}")));
    }
    if fields.version != VERSION {
        let expected = format!("this build reads version {VERSION} only");
        return Err(fault("version", expected));
    }
    let entries = fields.entries.into_iter().enumerate();
    let entries = entries
        .map(|(number, fields)| {
            entry(fields.0).map_err(|error| error.at(format_args!("entries[{number}]")))
        })
        .collect::<Result<_>>()?;
    let mut switches = switches::Map::new();
    for (number, Object(switch)) in fields.switches.into_iter().enumerate() {
        check_switch(&switch.scope, &switch.name)
            .map_err(|error| error.at(format_args!("switches[{number}]")))?;
        *switches
            .entry(switch.scope)
            .or_default()
            .entry(switch.name)
            .or_default() |= switch.on;
    }
    Ok(Import { entries, switches })
}

fn entry(fields: EntryFields) -> Result<Entry> {
    let rule = Rule {
        realm: fields.realm,
        subject: subject(fields.claim, fields.value, fields.key)?,
        before: fields
            .before
            .ok_or_else(|| fault("before", "say before: seconds, or null for ever"))?,
        until: until(fields.until)?,
        note: fields.note,
    };
    rule.check_shape()?;
    check_seconds("at", Some(fields.at))?;
    Ok(Entry {
        rule,
        at: fields.at,
    })
}

/// The document that [`import`] reads.
pub(super) fn export(entries: &[Entry], switches: &[Setting<'_>]) -> Result<String> {
    #[derive(Serialize)]
    struct Export<'a> {
        format: &'a str,
        version: u64,
        entries: &'a [Entry],
        switches: &'a [Setting<'a>],
    }
    to_json(&Export {
        format: FORMAT,
        version: VERSION,
        entries,
        switches,
    })
}

/// What is in force, for whoever looks.
pub(super) fn list(entries: &[Entry], switches: &[Setting<'_>]) -> Result<String> {
    #[derive(Serialize)]
    struct List<'a> {
        entries: &'a [Entry],
        switches: &'a [Setting<'a>],
    }
    to_json(&List { entries, switches })
}
