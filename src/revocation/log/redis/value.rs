//! The server's answers, read as what they must be.

use redis::Value;

use super::line::Fault;
use crate::revocation::log::Stamp;

/// One entry of the log, as it was appended: names and values in turn.
pub(super) struct Entry {
    pub(super) stamp: Stamp,
    pub(super) fields: Vec<Value>,
}

pub(super) fn bytes(value: &Value) -> Result<&[u8], Fault> {
    match value {
        Value::BulkString(bytes) => Ok(bytes),
        Value::SimpleString(text) => Ok(text.as_bytes()),
        _ => Err(Fault::Odd),
    }
}

pub(super) fn text(value: Value) -> Result<String, Fault> {
    match value {
        Value::BulkString(bytes) => String::from_utf8(bytes).map_err(|_| Fault::Odd),
        Value::SimpleString(text) => Ok(text),
        Value::Okay => Ok("OK".into()),
        _ => Err(Fault::Odd),
    }
}

/// A text that may be absent.
pub(super) fn maybe(value: Value) -> Result<Option<String>, Fault> {
    match value {
        Value::Nil => Ok(None),
        value => text(value).map(Some),
    }
}

pub(super) fn texts(value: Value) -> Result<Vec<String>, Fault> {
    array(value)?.into_iter().map(text).collect()
}

pub(super) fn number(value: &Value) -> Result<i64, Fault> {
    match value {
        Value::Int(number) => Ok(*number),
        other => parsed(bytes(other)?),
    }
}

pub(super) fn array(value: Value) -> Result<Vec<Value>, Fault> {
    match value {
        Value::Array(values) => Ok(values),
        _ => Err(Fault::Odd),
    }
}

/// The two halves of an array of two.
pub(super) fn pair(value: Value) -> Result<(Value, Value), Fault> {
    let mut values = array(value)?.into_iter();
    match (values.next(), values.next(), values.next()) {
        (Some(first), Some(second), None) => Ok((first, second)),
        _ => Err(Fault::Odd),
    }
}

/// The entries of a range of the log.
pub(super) fn entries(value: Value) -> Result<Vec<Entry>, Fault> {
    let entries = array(value)?.into_iter();
    entries
        .map(|entry| {
            let (id, fields) = pair(entry)?;
            Ok(Entry {
                stamp: stamp(bytes(&id)?)?,
                fields: array(fields)?,
            })
        })
        .collect()
}

/// A stream's id, as "1700000000000-0".
pub(super) fn stamp(id: &[u8]) -> Result<Stamp, Fault> {
    let dash = id.iter().position(|byte| *byte == b'-').ok_or(Fault::Odd)?;
    let (millis, rest) = id.split_at(dash);
    let number = rest.get(1..).unwrap_or_default();
    Ok((parsed(millis)?, parsed(number)?))
}

pub(super) fn id((millis, number): Stamp) -> String {
    format!("{millis}-{number}")
}

fn parsed<T: std::str::FromStr>(digits: &[u8]) -> Result<T, Fault> {
    let text = std::str::from_utf8(digits).map_err(|_| Fault::Odd)?;
    text.parse().map_err(|_| Fault::Odd)
}
