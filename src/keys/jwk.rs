//! One JWK (RFC 7517, 7518, 8037): its members checked and bound to an algorithm.
//!
//! A key that is plainly for something else (encryption, an unknown type) is
//! skipped, since sets hold such keys side by side with ours. One that is for
//! us and broken is an error. `x5c`, `x5t` and `x5u` are ignored: a key in a
//! set is trusted for where the set came from, not for a certificate.

use serde_json::Value;
use zeroize::Zeroizing;

use super::key::{Key, Label, Times, mismatch};
use super::options::{Defaults, kid_problem};
use super::{Reading, refused, secret};
use crate::codec::base64url;
use crate::codec::numeric_date::NumericDate;
use crate::crypto::{
    Algorithm, Asymmetric, Curve, EcKey, EdKey, Edwards, Family, Named, PrivateParts, RsaKey,
};
use crate::error::Result;

/// The longest kid that a message repeats.
const SHOWN: usize = 64;

/// The kid of a JWK, for messages only.
pub(super) fn kid_of(jwk: &Value) -> Option<&str> {
    let kid = jwk.get("kid")?.as_str()?;
    (kid.len() <= SHOWN).then_some(kid)
}

/// Reads `jwk`.
pub(super) fn read(jwk: &Value, defaults: &Defaults) -> Result<Reading> {
    let Value::Object(_) = jwk else {
        return Err(refused("a JWK must be an object"));
    };
    let kid = kid(jwk)?.or_else(|| defaults.kid.clone());
    let kty = text(jwk, "kty")?.ok_or_else(|| refused("\"kty\" is missing"))?;
    if let Some(reason) = not_for_signatures(jwk)? {
        return Ok(Reading::Skipped(reason));
    }
    let stated = match text(jwk, "alg")? {
        None => None,
        Some(alg) => match Algorithm::from_name(alg) {
            Some(named) => Some(named),
            None => return skipped("alg", alg, "no signature algorithm that is known"),
        },
    };
    let label = Label {
        kid,
        audience: None,
        signs: operations(jwk)?.is_none_or(|operations| operations.contains(&"sign")),
        weak: false,
        times: times(jwk)?,
    };
    let key = match kty {
        "oct" => return oct(jwk, stated, defaults, label),
        "RSA" => rsa(jwk).map(Asymmetric::Rsa)?,
        "EC" => {
            let crv = required(jwk, "crv")?;
            match Curve::ALL.into_iter().find(|curve| curve.name() == crv) {
                Some(curve) => ec(jwk, curve).map(Asymmetric::Ec)?,
                None => return skipped("crv", crv, "no curve of ECDSA that is known"),
            }
        }
        "OKP" => {
            let crv = required(jwk, "crv")?;
            match Edwards::ALL.into_iter().find(|curve| curve.name() == crv) {
                Some(curve) if curve.available() => okp(jwk, curve).map(Asymmetric::Ed)?,
                Some(_) => return skipped("crv", crv, "not in this build's crypto library"),
                None => return skipped("crv", crv, "no curve of EdDSA that is known"),
            }
        }
        other => return skipped("kty", other, "no key type that is known"),
    };
    Key::bind(key, stated, defaults, label)
}

/// A skipped key, for the value of one member.
fn skipped(name: &str, value: &str, reason: &str) -> Result<Reading> {
    // The text may come from anywhere: it goes into a message short and plain, or not at all.
    let plain = value.len() <= 32 && value.bytes().all(|byte| byte.is_ascii_graphic());
    Ok(Reading::Skipped(match plain {
        true => format!("its {name} {value:?} is {reason}"),
        false => format!("its {name} is {reason}"),
    }))
}

/// Why `use` or `key_ops` say that the key isn't for signatures, if they do.
fn not_for_signatures(jwk: &Value) -> Result<Option<String>> {
    if text(jwk, "use")?.is_some_and(|usage| usage != "sig") {
        return Ok(Some("its use isn't \"sig\"".into()));
    }
    let Some(operations) = operations(jwk)? else {
        return Ok(None);
    };
    let private = jwk.get("d").is_some() || jwk.get("k").is_some();
    let fits = operations
        .iter()
        .any(|operation| *operation == "verify" || private && *operation == "sign");
    Ok((!fits).then(|| "its key_ops don't say \"verify\"".into()))
}

fn operations(jwk: &Value) -> Result<Option<Vec<&str>>> {
    let Some(value) = jwk.get("key_ops") else {
        return Ok(None);
    };
    let texts = value
        .as_array()
        .and_then(|items| items.iter().map(Value::as_str).collect());
    match texts {
        Some(texts) => Ok(Some(texts)),
        None => Err(refused("\"key_ops\" must be an array of strings")),
    }
}

fn kid(jwk: &Value) -> Result<Option<Box<str>>> {
    let kid = text(jwk, "kid")?;
    match kid.and_then(kid_problem) {
        Some(problem) => Err(refused(problem).at("\"kid\"")),
        None => Ok(kid.map(Into::into)),
    }
}

fn times(jwk: &Value) -> Result<Times> {
    let time = |name: &str| match jwk.get(name) {
        None => Ok(None),
        Some(value) => match value.as_f64().and_then(NumericDate::of) {
            // Of a fraction nothing is lost: the time is asked in whole seconds.
            Some(date) => Ok(Some(date.ceil())),
            None => Err(refused(format!(
                "{name:?} must be a number of seconds since 1970"
            ))),
        },
    };
    let times = Times {
        issued: time("iat")?,
        not_before: time("nbf")?,
        expires: time("exp")?,
    };
    if times.not_before.is_some_and(|begin| times.ended(begin)) {
        return Err(refused("its \"exp\" isn't after its \"nbf\""));
    }
    Ok(times)
}

fn oct(jwk: &Value, stated: Option<Named>, defaults: &Defaults, label: Label) -> Result<Reading> {
    let hmac = |named: &Named| match named {
        Named::One(one) => matches!(one.family(), Family::Hmac(_)).then_some(*one),
        Named::EdDsa => None,
    };
    let algorithm = match stated {
        Some(named) => hmac(&named).ok_or_else(|| mismatch("an HMAC secret", named))?,
        None => match defaults.algorithm.as_ref().and_then(hmac) {
            Some(default) => default,
            None => {
                return Ok(Reading::Skipped(
                    "a secret that names no algorithm; say which with the option \
                     \"algorithm\", such as \"HS256\""
                        .into(),
                ));
            }
        },
    };
    let key = secret::key(algorithm, bytes(jwk, "k")?, defaults.weak, label)?;
    Ok(Reading::Key(Box::new(key)))
}

fn rsa(jwk: &Value) -> Result<RsaKey> {
    let (n, e) = (bytes(jwk, "n")?, bytes(jwk, "e")?);
    let names = ["d", "p", "q", "dp", "dq", "qi"];
    if jwk.get("oth").is_some() {
        return Err(refused("an RSA key of more than two primes"));
    }
    if names.iter().all(|name| jwk.get(name).is_none()) {
        return RsaKey::from_public(&n, &e);
    }
    if names.iter().any(|name| jwk.get(name).is_none()) {
        return Err(refused(
            "an RSA private key needs all of d, p, q, dp, dq and qi",
        ));
    }
    let part = |name| bytes(jwk, name);
    let parts = PrivateParts {
        d: part("d")?,
        p: part("p")?,
        q: part("q")?,
        dp: part("dp")?,
        dq: part("dq")?,
        qi: part("qi")?,
    };
    RsaKey::from_private(&n, &e, &parts.borrowed())
}

fn ec(jwk: &Value, curve: Curve) -> Result<EcKey> {
    let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
    match jwk.get("d") {
        None => EcKey::from_public(curve, &x, &y),
        Some(_) => EcKey::from_private(curve, &bytes(jwk, "d")?, &x, &y),
    }
}

fn okp(jwk: &Value, curve: Edwards) -> Result<EdKey> {
    let x = bytes(jwk, "x")?;
    match jwk.get("d") {
        None => EdKey::from_public(curve, &x),
        Some(_) => EdKey::from_private(curve, &bytes(jwk, "d")?, &x),
    }
}

/// The member `name` as text, where it is there; null is no text.
fn text<'j>(jwk: &'j Value, name: &str) -> Result<Option<&'j str>> {
    match jwk.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(refused(format!("{name:?} must be a string"))),
    }
}

fn required<'j>(jwk: &'j Value, name: &str) -> Result<&'j str> {
    text(jwk, name)?.ok_or_else(|| refused(format!("{name:?} is missing")))
}

/// The bytes that the member `name` spells in base64url.
fn bytes(jwk: &Value, name: &str) -> Result<Zeroizing<Vec<u8>>> {
    let text = required(jwk, name)?;
    if base64url::decoded_len(text.len()) > secret::LONGEST {
        return Err(refused(format!("{name:?} is longer than 64 KiB")));
    }
    base64url::decode(text.as_bytes())
        .map(Zeroizing::new)
        .map_err(|_| {
            refused(format!(
                "{name:?} isn't canonical base64url without padding"
            ))
        })
}
