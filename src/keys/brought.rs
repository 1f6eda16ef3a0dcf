//! A key that a token brings along, in the `jwk` of its own header. It proves
//! that the sender has the private half, and nothing of who that is.

use std::sync::Arc;

use super::document::Tree;
use super::key::Key;
use super::options::Defaults;
use super::{KeyRef, Reading, jwk, refused};
use crate::crypto::Named;
use crate::error::{ErrorKind, Result};

/// The members that make a key private or a secret.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Reads the JWK `text`, of a token that says that it was signed with `algorithm`.
///
/// Fails with [`ErrorKind::UnknownKey`] for whatever is no public key that
/// verifies at `now`: the fault is the token's, and no key document's.
pub(crate) fn brought(text: &str, algorithm: Named, now: i64) -> Result<KeyRef> {
    let key = read(text, algorithm, now).map_err(|error| {
        error
            .into_kind(ErrorKind::UnknownKey)
            .at("the key in the token's header")
    })?;
    Ok(Arc::new(key).into())
}

fn read(text: &str, algorithm: Named, now: i64) -> Result<Key> {
    let tree = Tree::read(text.as_bytes())?;
    // Before any of it is read: to check a private key costs a stranger nothing.
    if PRIVATE.iter().any(|name| tree.0.get(name).is_some()) {
        return Err(refused("it is private, and so no longer anybody's own"));
    }
    let defaults = Defaults {
        algorithm: Some(algorithm),
        kid: None,
        weak: false,
    };
    match jwk::read(&tree.0, &defaults)? {
        Reading::Key(key) if key.times().ended(now) => Err(refused("it has expired")),
        Reading::Key(key) => Ok(key.nameless()),
        Reading::Skipped(reason) => Err(refused(reason)),
    }
}
