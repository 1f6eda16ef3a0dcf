//! Rotation: a document of private keys gets its next key.
//!
//! The keys' own dates are all the state there is. The next key is published
//! at once and signs once it has been announced for long enough; the keys that
//! it follows stay published until what they have signed has ended. A key that
//! has an `exp` keeps it: whoever set it has promised it to others.
//!
//! The document is changed as JSON, so that what else stands in it, such as
//! keys for encryption and members that nobody here knows, stays as it is.

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::document::{self, Shape, Tree};
use super::key::{Key, Material, Times};
use super::options::{Defaults, KeyOptions};
use super::set::{KeySet, nothing_usable};
use super::signing::newest;
use super::{export, generate, refused};
use crate::clock;
use crate::crypto::{Algorithm, Family, Named};
use crate::error::{Error, ErrorKind, Result};

/// How keys are rotated.
#[derive(Clone, Debug)]
pub struct RotateOptions {
    /// The next key's algorithm; by default that of the newest key.
    pub algorithm: Option<String>,
    /// Its kid; by default its thumbprint, or a random one for a secret.
    pub kid: Option<String>,
    /// The size of an RSA modulus or an HMAC secret; by default the newest key's.
    pub bits: Option<u32>,
    /// For how many seconds the next key is published before it signs: as long
    /// as anybody may go on with keys that were read before.
    pub announce: u32,
    /// For how many seconds the keys before it stay published once it signs: as
    /// long as a token may live, at least 1.
    pub overlap: u32,
}

/// What a rotation came to.
pub struct Rotation {
    /// The document as it must be from now on: a JWK Set with private keys.
    pub document: Zeroizing<String>,
    /// Its keys.
    pub keys: KeySet,
    /// The key that was added; none where one was waiting already.
    pub added: Option<Arc<Key>>,
    /// The keys that are past their `exp` and no longer in the document.
    pub dropped: Vec<Key>,
}

impl fmt::Debug for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotation")
            .field("keys", &self.keys)
            .field("added", &self.added)
            .field("dropped", &self.dropped)
            .finish_non_exhaustive()
    }
}

impl Rotation {
    /// Whether the document is another one.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.added.is_some() || !self.dropped.is_empty()
    }
}

/// Adds the next key to `document`, a JWK or JWK Set with private keys, gives
/// the keys that it follows an end, and drops those past theirs. `now` is in
/// seconds since 1970; 0 asks the clock.
///
/// The next key signs `announce` seconds from now, but at once where no key has
/// any dates or none is in force, and when the last key before it ends at the
/// latest. While a key is waiting for its `nbf`, no other is added.
///
/// # Errors
///
/// [`ErrorKind::Options`] for options that don't fit the document, and
/// [`ErrorKind::Key`] for a document without private keys, or one that has
/// keys whose tokens couldn't be told from the next key's.
pub fn rotate(document: &[u8], options: &RotateOptions, now: i64) -> Result<Rotation> {
    let now = clock::at(now);
    let reading = KeyOptions {
        algorithm: options.algorithm.clone(),
        ..KeyOptions::default()
    };
    let said = reading.check()?;
    if options.overlap == 0 {
        return Err(wrong("overlap: must be at least 1"));
    }
    let mut tree = as_set(document)?;
    let keys = placed(&tree, &said)?;
    let line = Line::of(&keys, said.algorithm, now)?;
    let next = match line.is_waiting() {
        true => None,
        false => Some(next(&keys, &line, said.algorithm, options)?),
    };
    if let Some(jwks) = tree.0.get_mut("keys").and_then(Value::as_array_mut) {
        if let Some((next, begin)) = &next {
            line.end(jwks, begin.saturating_add(options.overlap.into()));
            jwks.push(export::private_jwk(next)?);
        }
        drop_ended(jwks, &keys, now);
    }
    let document = serde_json::to_string(&tree.0)
        .map(Zeroizing::new)
        .map_err(|_| refused("a key set that can't be written"))?;
    // What couldn't be read again must not take the place of what can.
    let set = KeySet::from_document(document.as_bytes(), &reading)?;
    let ended = keys.into_iter().map(|placed| placed.key);
    Ok(Rotation {
        document,
        added: next.and_then(|_| set.keys().last().cloned()),
        keys: set,
        dropped: ended.filter(|key| key.times().ended(now)).collect(),
    })
}

/// The document as a JWK Set.
fn as_set(document: &[u8]) -> Result<Tree> {
    if !document::is_json(document) {
        return Err(refused(
            "only a JWK or a JWK Set can be rotated: nothing else has a place for dates",
        ));
    }
    let mut tree = Tree::read(document)?;
    if let Shape::Jwk(_) = tree.shape()? {
        tree.0 = json!({ "keys": [tree.0.take()] });
    }
    Ok(tree)
}

/// A key in use, and which of the document's it is.
struct Placed {
    index: usize,
    key: Key,
}

fn placed(tree: &Tree, said: &Defaults) -> Result<Vec<Placed>> {
    let Shape::Set(jwks) = tree.shape()? else {
        return Ok(Vec::new());
    };
    let (keys, skipped) = document::set(jwks, said)?;
    if keys.is_empty() {
        return Err(refused(nothing_usable(&skipped)));
    }
    let in_use = (0..jwks.len()).filter(|index| skipped.iter().all(|one| one.index != *index));
    let placed = in_use.zip(keys);
    Ok(placed.map(|(index, key)| Placed { index, key }).collect())
}

/// The private keys that the next one follows.
struct Line<'k> {
    keys: Vec<&'k Placed>,
    now: i64,
}

impl<'k> Line<'k> {
    /// All of `keys` that may sign. Where keys for several algorithms are in use
    /// side by side, those for the one that is `said`.
    fn of(keys: &'k [Placed], said: Option<Named>, now: i64) -> Result<Self> {
        let mut keys: Vec<_> = keys.iter().filter(|one| one.key.can_sign()).collect();
        if keys.is_empty() {
            return Err(refused(
                "no private key that another could follow; a file is expected as \
                 `jeton keys generate` makes it",
            ));
        }
        let mut open: Vec<Algorithm> = Vec::new();
        for Placed { key, .. } in &keys {
            if key.times().expires.is_none() && !open.contains(&key.algorithm()) {
                open.push(key.algorithm());
            }
        }
        if open.len() > 1 {
            let names: Vec<_> = open.iter().map(|algorithm| algorithm.name()).collect();
            let said = said.filter(|said| open.iter().any(|one| said.fits(*one)));
            let said = said.ok_or_else(|| {
                wrong(format!(
                    "algorithm: keys for {} are in use side by side; say for which of them \
                     the next one is",
                    names.join(" and ")
                ))
            })?;
            keys.retain(|one| said.fits(one.key.algorithm()));
        }
        Ok(Self { keys, now })
    }

    fn in_force(&self) -> impl Iterator<Item = &'k Placed> {
        let keys = self.keys.iter().copied();
        keys.filter(|one| one.key.times().in_force(self.now))
    }

    /// Whether the next key is there already, and another can do until it signs.
    fn is_waiting(&self) -> bool {
        let mut keys = self.keys.iter();
        self.in_force().next().is_some() && keys.any(|one| one.key.times().pending(self.now))
    }

    /// When a key begins to sign that is published from now on.
    fn begin(&self, announce: u32) -> i64 {
        let mut keys = self.keys.iter();
        if keys.all(|one| one.key.times() == Times::default()) {
            return self.now;
        }
        let ends = self.in_force().map(|one| one.key.times().expires);
        let last = ends.map(|end| end.unwrap_or(i64::MAX)).max();
        // After the last of them ends nobody else would sign.
        last.map_or(self.now, |last| {
            self.now.saturating_add(announce.into()).min(last)
        })
    }

    /// Gives those in force an end that have none.
    fn end(&self, jwks: &mut [Value], end: i64) {
        let open = self
            .in_force()
            .filter(|one| one.key.times().expires.is_none());
        for one in open {
            if let Some(Value::Object(jwk)) = jwks.get_mut(one.index) {
                jwk.insert("exp".into(), end.into());
            }
        }
    }
}

/// The next key, and when it begins to sign.
fn next(
    keys: &[Placed],
    line: &Line<'_>,
    said: Option<Named>,
    options: &RotateOptions,
) -> Result<(Key, i64)> {
    let kid = options.kid.as_deref();
    if kid.is_some() && keys.iter().any(|one| one.key.kid() == kid) {
        return Err(wrong("kid: a key of the file has it already"));
    }
    let (_, newest) = newest(line.keys.iter().map(|one| (one.index, &one.key)))
        .ok_or_else(|| Error::new(ErrorKind::Internal, "a line of no keys"))?;
    let named = said.unwrap_or_else(|| match (newest.named(), newest.algorithm()) {
        // The name alone would mean the other curve.
        (Named::EdDsa, Algorithm::Ed448) => Named::One(Algorithm::Ed448),
        (named, _) => named,
    });
    let nameless = keys.iter().find(|Placed { key, .. }| {
        key.kid().is_none() && named.fits(key.algorithm()) && !key.times().ended(line.now)
    });
    if let Some(Placed { index, .. }) = nameless {
        return Err(refused(format!(
            "keys[{index}]: it has no \"kid\", so its tokens name none and couldn't be told \
             from the next key's; give it one, and rotate when the tokens without it have ended"
        )));
    }
    let next = match (options.bits, size(newest, named)) {
        (None, Some(bits)) => generate::key(named, kid, Some(bits))
            .map_err(|error| error.at("a key of the newest one's size")),
        (bits, _) => generate::key(named, kid, bits),
    }?;
    let begin = line.begin(options.announce);
    let times = Times {
        issued: Some(line.now),
        not_before: Some(begin),
        expires: None,
    };
    Ok((next.dated(times), begin))
}

/// The size of the next key: as large as the newest, if they are of one kind.
fn size(newest: &Key, named: Named) -> Option<u32> {
    let bytes = match (newest.material(), named) {
        (Material::Rsa(_, _, key), Named::One(next))
            if matches!(next.family(), Family::Rsa(..)) =>
        {
            key.n().len()
        }
        (Material::Hmac(secret), Named::One(next)) if next == newest.algorithm() => {
            secret.bytes().len()
        }
        (Material::Rsa(..) | Material::Hmac(_) | Material::Ecdsa(..) | Material::Eddsa(_), _) => {
            return None;
        }
    };
    u32::try_from(bytes * 8).ok()
}

/// Leaves out the keys past their `exp`.
fn drop_ended(jwks: &mut Vec<Value>, keys: &[Placed], now: i64) {
    let mut index = 0..;
    jwks.retain_mut(|jwk| {
        let index = index.next();
        let ended = keys
            .iter()
            .any(|one| Some(one.index) == index && one.key.times().ended(now));
        if ended {
            document::wipe(jwk);
        }
        !ended
    });
}

fn wrong(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Options, message)
}
