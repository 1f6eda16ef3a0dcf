//! Keys as a JWK Set, one line of JSON.
//!
//! Public members and private ones are written by different code: a public
//! export can't hold what it never asks for.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::document::wipe;
use super::key::{Key, Material};
use super::refused;
use super::set::Skipped;
use crate::codec::base64url::encode;
use crate::error::Result;

/// See [`KeySet::to_json`](super::KeySet::to_json).
pub(super) fn json(keys: &[Arc<Key>], private: bool) -> Result<String> {
    let mut exported = Vec::new();
    for key in keys {
        if private {
            exported.push(private_jwk(key)?);
        } else if !matches!(key.material(), Material::Hmac(_)) {
            exported.push(Value::Object(public_members(key)?));
        }
    }
    let mut set = json!({ "keys": exported });
    let text = serde_json::to_string(&set).map_err(|_| refused("a key set that can't be written"));
    wipe(&mut set);
    text
}

/// A key with its private members, or its secret.
pub(super) fn private_jwk(key: &Key) -> Result<Value> {
    let mut members = public_members(key)?;
    add_private(key, &mut members)?;
    Ok(Value::Object(members))
}

/// See [`KeySet::status_json`](super::KeySet::status_json).
pub(super) fn status(keys: &[Arc<Key>], skipped: &[Skipped]) -> Result<String> {
    let keys: Vec<_> = keys
        .iter()
        .map(|key| {
            let times = key.times();
            json!({
                "kid": key.kid(),
                "algorithm": key.name(),
                "thumbprint": key.thumbprint(),
                "private": key.can_sign(),
                "weak": key.weak(),
                "iat": times.issued,
                "nbf": times.not_before,
                "exp": times.expires,
            })
        })
        .collect();
    let skipped: Vec<_> = skipped
        .iter()
        .map(|key| json!({ "index": key.index, "kid": key.kid, "reason": key.reason }))
        .collect();
    serde_json::to_string(&json!({ "keys": keys, "skipped": skipped }))
        .map_err(|_| refused("a key set that can't be described"))
}

fn public_members(key: &Key) -> Result<Map<String, Value>> {
    let mut members = Map::new();
    let mut add = |name: &str, value: Value| members.insert(name.into(), value);
    let (kty, crv) = match key.material() {
        Material::Hmac(_) => ("oct", None),
        Material::Rsa(..) => ("RSA", None),
        Material::Ecdsa(_, key) => ("EC", Some(key.curve().name())),
        Material::Eddsa(key) => ("OKP", Some(key.curve().name())),
    };
    add("kty", kty.into());
    if let Some(crv) = crv {
        add("crv", crv.into());
    }
    add("alg", key.name().into());
    if let Some(kid) = key.kid() {
        add("kid", kid.into());
    }
    match key.material() {
        Material::Hmac(_) => {}
        Material::Rsa(_, _, key) => {
            add("n", encode(&key.n()).into());
            add("e", encode(&key.e()).into());
        }
        Material::Ecdsa(_, key) => {
            let (x, y) = key.coordinates()?;
            add("x", encode(&x).into());
            add("y", encode(&y).into());
        }
        Material::Eddsa(key) => {
            add("x", encode(key.x()).into());
        }
    }
    let times = key.times();
    for (name, time) in [
        ("iat", times.issued),
        ("nbf", times.not_before),
        ("exp", times.expires),
    ] {
        if let Some(time) = time {
            add(name, time.into());
        }
    }
    Ok(members)
}

fn add_private(key: &Key, members: &mut Map<String, Value>) -> Result<()> {
    let mut add = |name: &str, bytes: &[u8]| members.insert(name.into(), encode(bytes).into());
    match key.material() {
        Material::Hmac(secret) => {
            add("k", secret.bytes());
        }
        Material::Rsa(_, _, key) => {
            if let Some(parts) = key.parts()? {
                let parts = parts.borrowed();
                add("d", parts.d);
                add("p", parts.p);
                add("q", parts.q);
                add("dp", parts.dp);
                add("dq", parts.dq);
                add("qi", parts.qi);
            }
        }
        Material::Ecdsa(_, key) => {
            if let Some(d) = key.d()? {
                add("d", &d);
            }
        }
        Material::Eddsa(key) => {
            if let Some(d) = key.d()? {
                add("d", &d);
            }
        }
    }
    Ok(())
}
