//! Rules and switches as rows.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::revocation::log::{Change, News, Readable};
use crate::revocation::rule::{EVER, Entry, Rule, Span, Subject, Value};

/// The one row about the store.
pub(super) struct Store {
    pub(super) identity: String,
    pub(super) sequence: i64,
    pub(super) floor: i64,
}

pub(super) fn store(connection: &Connection) -> rusqlite::Result<Store> {
    let mut select = connection.prepare_cached(
        "SELECT identity, max(sequence, \
         coalesce((SELECT max(number) FROM rule), 0), \
         coalesce((SELECT max(number) FROM switch), 0)), floor FROM store",
    )?;
    select.query_row([], |row| {
        Ok(Store {
            identity: row.get(0)?,
            sequence: row.get(1)?,
            floor: row.get(2)?,
        })
    })
}

/// At most `most` rows above `number`, with theirs.
pub(super) fn rules_after(
    connection: &Connection,
    number: i64,
    most: usize,
) -> rusqlite::Result<Vec<(i64, News)>> {
    let mut select = connection.prepare_cached(
        "SELECT realm, name, value, cut, end, at, note, number, restored FROM rule \
         WHERE number > ?1 ORDER BY number LIMIT ?2",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    select
        .query_map(params![number, most], |row| {
            let entry = entry(row)?;
            let news = if row.get(8)? {
                News::Change(Change::Restore {
                    realm: entry.rule.realm,
                    subject: entry.rule.subject,
                })
            } else {
                News::Is(entry)
            };
            Ok((row.get(7)?, news))
        })?
        .collect()
}

pub(super) fn switches_after(connection: &Connection, number: i64) -> rusqlite::Result<Vec<News>> {
    let mut select = connection.prepare_cached(
        "SELECT scope, name, state FROM switch WHERE number > ?1 ORDER BY number",
    )?;
    select
        .query_map([number], |row| {
            Ok(News::Change(Change::Switch {
                scope: row.get(0)?,
                name: row.get(1)?,
                on: row.get(2)?,
            }))
        })?
        .collect()
}

/// What is in force at `now`, oldest first.
pub(super) fn in_force(connection: &Connection, now: i64) -> rusqlite::Result<Readable> {
    let mut rules = connection.prepare_cached(
        "SELECT realm, name, value, cut, end, at, note FROM rule \
         WHERE NOT restored AND end > ?1 ORDER BY at, number",
    )?;
    let mut switches =
        connection.prepare_cached("SELECT scope, name, state FROM switch ORDER BY scope, name")?;
    Ok(Readable {
        entries: rules
            .query_map([now], entry)?
            .collect::<rusqlite::Result<_>>()?,
        switches: switches
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?,
    })
}

pub(super) fn count(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM rule", [], |row| row.get(0))
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let name: Box<str> = row.get(1)?;
    let subject = match (name.is_empty(), row.get_ref(2)?) {
        (true, _) => Subject::Key(row.get(2)?),
        (false, ValueRef::Integer(integer)) => Subject::Claim {
            name,
            value: Value::Integer(integer),
        },
        (false, _) => Subject::Claim {
            name,
            value: Value::Text(row.get(2)?),
        },
    };
    let mut rule = Rule {
        realm: row.get(0)?,
        subject,
        before: None,
        until: None,
        note: row.get(6)?,
    };
    rule.set_span(Span {
        cut: row.get(3)?,
        end: row.get(4)?,
    });
    Ok(Entry {
        rule,
        at: row.get(5)?,
    })
}

/// Writes `changes`, each under a number of its own.
pub(super) fn append(
    connection: &Connection,
    changes: &[Change],
    now: i64,
) -> rusqlite::Result<()> {
    let mut number = store(connection)?.sequence;
    for change in changes {
        number += 1;
        match change {
            Change::Revoke(entry) => revoke(connection, number, entry, now)?,
            Change::Restore { realm, subject } => {
                let (name, value) = columns(subject.as_ref());
                let mut update = connection.prepare_cached(
                    "UPDATE rule SET number = ?1, restored = 1 \
                     WHERE realm = ?2 AND name = ?3 AND value = ?4",
                )?;
                match value {
                    Value::Text(text) => update.execute(params![number, realm, name, text])?,
                    Value::Integer(whole) => update.execute(params![number, realm, name, whole])?,
                };
            }
            Change::Switch { scope, name, on } => {
                connection
                    .prepare_cached(
                        "INSERT OR REPLACE INTO switch (number, scope, name, state) \
                         VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![number, scope, name, on])?;
            }
        }
    }
    Ok(())
}

/// Notes the number of the last change. The rows have it, too, but for those
/// that are dropped: mostly it costs no page of its own.
pub(super) fn keep_sequence(connection: &Connection, number: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE store SET sequence = max(sequence, ?1)")?
        .execute([number])
        .map(drop)
}

fn columns(subject: Subject<&str>) -> (&str, Value<&str>) {
    match subject {
        Subject::Claim { name, value } => (name, value),
        Subject::Key(key) => ("", Value::Text(key)),
    }
}

/// Adds a rule, joined to the one that stands.
fn revoke(connection: &Connection, number: i64, entry: &Entry, now: i64) -> rusqlite::Result<()> {
    let (name, value) = columns(entry.rule.subject.as_ref());
    let realm = &entry.rule.realm;
    let older = connection
        .prepare_cached(
            "DELETE FROM rule WHERE realm = ?1 AND name = ?2 AND value = ?3 \
             RETURNING cut, end, at, note, restored",
        )?
        .query_row(params![realm, name, sql(&value)], |row| {
            let span = Span {
                cut: row.get(0)?,
                end: row.get(1)?,
            };
            let (at, note) = (row.get::<_, i64>(2)?, row.get::<_, Option<Box<str>>>(3)?);
            Ok((!row.get::<_, bool>(4)?).then_some((span, at, note)))
        })
        .optional()?
        .flatten()
        .filter(|(span, ..)| !span.has_ended(now));
    let mut joined = entry.clone();
    if let Some((before, since, word)) = older {
        joined
            .rule
            .set_span(entry.rule.span().joined_to(before, now));
        joined.at = joined.at.min(since);
        joined.rule.note = joined.rule.note.or(word);
    }
    insert(connection, number, &joined)
}

fn insert(connection: &Connection, number: i64, entry: &Entry) -> rusqlite::Result<()> {
    let (name, value) = columns(entry.rule.subject.as_ref());
    let span = entry.rule.span();
    connection
        .prepare_cached(
            "INSERT INTO rule (number, realm, name, value, cut, end, at, note, restored) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)",
        )?
        .execute(params![
            number,
            entry.rule.realm,
            name,
            sql(&value),
            span.cut,
            span.end,
            entry.at,
            entry.rule.note
        ])
        .map(drop)
}

fn sql<'a>(value: &'a Value<&str>) -> &'a dyn rusqlite::ToSql {
    match value {
        Value::Text(text) => text,
        Value::Integer(whole) => whole,
    }
}

/// Writes a rule under a new number, in the place of whatever is there.
#[cfg(feature = "redis")]
pub(super) fn put(connection: &Connection, entry: &Entry) -> rusqlite::Result<()> {
    let number = store(connection)?.sequence + 1;
    let (name, value) = columns(entry.rule.subject.as_ref());
    let realm = &entry.rule.realm;
    connection
        .prepare_cached("DELETE FROM rule WHERE realm = ?1 AND name = ?2 AND value = ?3")?
        .execute(params![realm, name, sql(&value)])?;
    insert(connection, number, entry)
}

/// Drops at most `most` rows of rules that were taken back, and says how many.
/// Whoever hasn't read of it so far starts anew.
pub(super) fn drop_restored(connection: &Connection, most: usize) -> rusqlite::Result<usize> {
    let last: Option<i64> = connection
        .prepare_cached("SELECT max(number) FROM rule WHERE restored")?
        .query_row([], |row| row.get(0))?;
    let Some(last) = last else { return Ok(0) };
    keep_sequence(connection, store(connection)?.sequence)?;
    connection
        .prepare_cached("UPDATE store SET floor = max(floor, ?1)")?
        .execute([last])?;
    connection
        .prepare_cached(
            "DELETE FROM rule WHERE number IN (SELECT number FROM rule WHERE restored LIMIT ?1)",
        )?
        .execute([i64::try_from(most).unwrap_or(i64::MAX)])
}

/// Looks at the next `most` rows above `number`, drops those of rules that ended
/// by `now`, and says where that was; nowhere at the end.
pub(super) fn sweep(
    connection: &Connection,
    number: i64,
    most: usize,
    now: i64,
) -> rusqlite::Result<Option<i64>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let (last, count) = connection
        .prepare_cached(
            "SELECT coalesce(max(number), 0), count(*) FROM \
             (SELECT number FROM rule WHERE number > ?1 ORDER BY number LIMIT ?2)",
        )?
        .query_row([number, most], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })?;
    let sequence = store(connection)?.sequence;
    let dropped = connection
        .prepare_cached(
            "DELETE FROM rule WHERE number > ?1 AND number <= ?2 AND end <= ?3 AND end < ?4",
        )?
        .execute([number, last, now, EVER])?;
    if dropped > 0 {
        keep_sequence(connection, sequence)?;
    }
    Ok((count == most).then_some(last))
}

/// Notes until `end` that `id` was used; whether it wasn't yet, or no longer is
/// noted. Makes room for it, besides, where there is any to be had.
pub(super) fn remember(
    connection: &Connection,
    id: &str,
    end: i64,
    now: i64,
) -> rusqlite::Result<bool> {
    forget(connection, now, 2)?;
    let noted = connection
        .prepare_cached(
            "INSERT INTO used (id, end) VALUES (?1, ?2) \
             ON CONFLICT (id) DO UPDATE SET end = excluded.end WHERE used.end <= ?3",
        )?
        .execute(params![id, end, now])?;
    Ok(noted == 1)
}

/// Drops at most `most` used proofs that nobody would accept any more.
pub(super) fn forget(connection: &Connection, now: i64, most: usize) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "DELETE FROM used WHERE id IN (SELECT id FROM used WHERE end <= ?1 LIMIT ?2)",
        )?
        .execute([now, i64::try_from(most).unwrap_or(i64::MAX)])
}
