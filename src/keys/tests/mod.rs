//! What is accepted and what is refused, through the public interface.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod dates;
mod encodings;
mod exports;
mod external;
mod points;
mod refusals;
mod rfc;
mod rotation;
mod secrets;
mod selection;
mod signatures;

use std::sync::Arc;

use super::{Key, KeyOptions, KeySet, Signing};
use crate::crypto::{Algorithm, Named};
use crate::error::{Error, ErrorKind, Result};

/// RSA keys take their time: every test shares these two.
static RSA: std::sync::LazyLock<[KeySet; 2]> =
    std::sync::LazyLock::new(|| [(); 2].map(|()| generate(Algorithm::Rs256)));

fn generate(algorithm: Algorithm) -> KeySet {
    KeySet::generate(Named::One(algorithm), None, None).unwrap()
}

/// A key of `algorithm`; the same one on every call where it is RSA.
fn key_of(algorithm: Algorithm) -> Arc<Key> {
    let name = algorithm.name();
    if !name.starts_with("RS") && !name.starts_with("PS") {
        return only(&generate(algorithm));
    }
    let text = RSA[0].to_json(true).unwrap();
    let text = text.replace("RS256", name);
    only(&read(&text).unwrap())
}

fn available() -> impl Iterator<Item = Algorithm> {
    Algorithm::ALL.iter().copied().filter(|one| one.available())
}

fn only(set: &KeySet) -> Arc<Key> {
    assert_eq!(set.len(), 1);
    set.keys().next().unwrap().clone()
}

fn read(document: &str) -> Result<KeySet> {
    KeySet::from_document(document.as_bytes(), &KeyOptions::default())
}

fn said(algorithm: &str) -> KeyOptions {
    KeyOptions {
        algorithm: Some(algorithm.into()),
        ..KeyOptions::default()
    }
}

fn read_as(algorithm: &str, document: impl AsRef<[u8]>) -> Result<KeySet> {
    KeySet::from_document(document.as_ref(), &said(algorithm))
}

/// The error that `result` must be, of the kind that it must be of.
fn refused(result: Result<KeySet>, kind: ErrorKind) -> Error {
    match result {
        Ok(set) => panic!("taken: {set:?}"),
        Err(error) => {
            assert_eq!(error.kind(), kind, "{error}");
            error
        }
    }
}

/// The first key of a set as JSON, to be changed.
fn members(set: &KeySet, private: bool) -> serde_json::Value {
    let mut set: serde_json::Value = serde_json::from_str(&set.to_json(private).unwrap()).unwrap();
    set["keys"][0].take()
}
