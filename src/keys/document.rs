//! A key document of any format: what it is, read accordingly.

use std::collections::HashSet;

use serde_json::Value;
use zeroize::Zeroize;

use super::key::{Key, Label};
use super::options::Defaults;
use super::set::Skipped;
use super::{Reading, jwk, pem, refused, sniff};
use crate::codec::json;
use crate::crypto::{detect_der, read_der};
use crate::error::{ErrorKind, Result};

/// The longest document, in bytes.
const LONGEST: usize = 1024 * 1024;

/// A document's JSON; its texts, some of them private members, are overwritten in the end.
pub(super) struct Tree(pub(super) Value);

impl Drop for Tree {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// What the JSON of a document is.
pub(super) enum Shape<'t> {
    Jwk(&'t Value),
    Set(&'t [Value]),
}

impl Tree {
    /// Reads `document`, whatever JSON it is.
    pub(super) fn read(document: &[u8]) -> Result<Self> {
        check_length(document)?;
        json::parse(document, json::DOCUMENT_DEPTH)
            .map(Self)
            .map_err(|error| error.into_kind(ErrorKind::Key).at("the key document"))
    }

    pub(super) fn shape(&self) -> Result<Shape<'_>> {
        match (self.0.get("keys"), self.0.get("kty")) {
            (Some(Value::Array(keys)), None) => Ok(Shape::Set(keys)),
            (Some(_), None) => Err(refused("\"keys\" must be an array")),
            (None, Some(_)) => Ok(Shape::Jwk(&self.0)),
            (Some(_), Some(_)) => Err(refused(
                "both \"kty\" and \"keys\": either a JWK or a JWK Set is expected",
            )),
            (None, None) => Err(refused(
                "neither a JWK (it has no \"kty\") nor a JWK Set (it has no \"keys\")",
            )),
        }
    }
}

fn check_length(document: &[u8]) -> Result<()> {
    if document.len() > LONGEST {
        return Err(refused("the key document is longer than 1 MiB"));
    }
    Ok(())
}

/// Whether `document` is JSON, if it is anything.
pub(super) fn is_json(document: &[u8]) -> bool {
    document.trim_ascii_start().starts_with(b"{")
}

/// The keys of `document`, and those that were skipped; one of the two at least.
pub(super) fn read(document: &[u8], defaults: &Defaults) -> Result<(Vec<Key>, Vec<Skipped>)> {
    check_length(document)?;
    let (keys, skipped) = if is_json(document) {
        from_json(document, defaults)?
    } else if memchr::memmem::find(document, b"-----BEGIN ").is_some() {
        let (keys, skipped) = pem::read(document, defaults)?;
        if let ([key], []) = (keys.as_slice(), skipped.as_slice()) {
            check_said(key, defaults)?;
        }
        (keys, skipped)
    } else if let Some(encoding) = detect_der(document) {
        let label = Label {
            kid: defaults.kid.clone(),
            signs: true,
            ..Label::default()
        };
        single(
            Key::bind(read_der(encoding, document)?, None, defaults, label)?,
            None,
            defaults,
        )?
    } else {
        return Err(refused(format!(
            "not a key document: {}; expected is a JWK, a JWK Set, PEM or DER",
            sniff::describe(document)
        )));
    };
    Ok((keys, skipped))
}

fn from_json(document: &[u8], defaults: &Defaults) -> Result<(Vec<Key>, Vec<Skipped>)> {
    match Tree::read(document)?.shape()? {
        Shape::Set(keys) => set(keys, defaults),
        Shape::Jwk(jwk) => {
            jwk::read(jwk, defaults).and_then(|reading| single(reading, jwk::kid_of(jwk), defaults))
        }
    }
}

/// The keys of a source's document, read so that one bad key doesn't cost the
/// others: whoever publishes the set is somebody else.
pub(super) fn read_leniently(
    document: &[u8],
    defaults: &Defaults,
    most: usize,
    remote: bool,
) -> Result<(Vec<Key>, Vec<Skipped>)> {
    let tree = (is_json(document) || remote)
        .then(|| Tree::read(document))
        .transpose()?;
    let keys = tree.as_ref().and_then(|tree| tree.0.get("keys"));
    match keys.and_then(Value::as_array) {
        Some(keys) => from_set_leniently(keys, defaults, most, remote),
        // A file may hold a single JWK, or PEM.
        None if !remote => read(document, defaults),
        None => Err(refused("not a JWK Set: it has no array \"keys\"")),
    }
}

fn from_set_leniently(
    keys: &[Value],
    defaults: &Defaults,
    most: usize,
    remote: bool,
) -> Result<(Vec<Key>, Vec<Skipped>)> {
    if keys.is_empty() {
        return Err(refused("the JWK Set is empty"));
    }
    if keys.len() > most {
        return Err(refused(format!(
            "the JWK Set has {} keys, and the option limits.keys allows {most}",
            keys.len()
        )));
    }
    let (mut read, mut skipped, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (index, value) in keys.iter().enumerate() {
        let kid = jwk::kid_of(value);
        let reason = match jwk::read(value, defaults) {
            Ok(Reading::Key(key)) => {
                let twin = match key.kid() {
                    Some(kid) => !seen.insert((Box::<str>::from(kid), key.algorithm())),
                    None => false,
                };
                if remote && key.can_sign() {
                    "a private key or secret, which no server should publish".into()
                } else if twin {
                    "another key before it has the same kid and the same algorithm".into()
                } else {
                    read.push(*key);
                    continue;
                }
            }
            Ok(Reading::Skipped(reason)) => reason,
            Err(error) => error.message().to_owned(),
        };
        skipped.push(Skipped {
            index,
            kid: kid.map(Into::into),
            reason,
        });
    }
    Ok((read, skipped))
}

/// The keys of a JWK Set, in its order, and those that were skipped.
pub(super) fn set(keys: &[Value], defaults: &Defaults) -> Result<(Vec<Key>, Vec<Skipped>)> {
    if keys.is_empty() {
        return Err(refused("the JWK Set is empty"));
    }
    let (mut read, mut skipped, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (index, value) in keys.iter().enumerate() {
        let kid = jwk::kid_of(value);
        match jwk::read(value, defaults).map_err(|error| error.at(place(index, kid)))? {
            Reading::Key(key) => {
                let twin = match key.kid() {
                    Some(kid) => !seen.insert((Box::<str>::from(kid), key.algorithm())),
                    None => false,
                };
                if twin {
                    return Err(refused(
                        "another key of the set has the same kid and the same algorithm",
                    )
                    .at(place(index, kid)));
                }
                read.push(*key);
            }
            Reading::Skipped(reason) => skipped.push(Skipped {
                index,
                kid: kid.map(Into::into),
                reason,
            }),
        }
    }
    Ok((read, skipped))
}

/// Where in a set a key stands.
fn place(index: usize, kid: Option<&str>) -> String {
    match kid {
        Some(kid) => format!("keys[{index}] (kid {kid:?})"),
        None => format!("keys[{index}]"),
    }
}

/// A document of one key. Here the option `algorithm` can mean no other key,
/// so one that contradicts it is an error.
fn single(
    reading: Reading,
    kid: Option<&str>,
    defaults: &Defaults,
) -> Result<(Vec<Key>, Vec<Skipped>)> {
    match reading {
        Reading::Key(key) => {
            check_said(&key, defaults)?;
            Ok((vec![*key], Vec::new()))
        }
        Reading::Skipped(reason) => Ok((
            Vec::new(),
            vec![Skipped {
                index: 0,
                kid: kid.map(Into::into),
                reason,
            }],
        )),
    }
}

fn check_said(key: &Key, defaults: &Defaults) -> Result<()> {
    match defaults.algorithm {
        Some(said) if !said.fits(key.algorithm()) => Err(refused(format!(
            "the key is for {}, and not for {} as the option \"algorithm\" says",
            key.name(),
            said.name()
        ))),
        Some(_) | None => Ok(()),
    }
}

/// Overwrites every text of `value`: some of them may be private members.
pub(super) fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
