//! The protected header (RFC 7515 section 4): what jeton reads of it, and what
//! makes it refuse the token. `jku`, `x5u`, `jwk` and `x5c` are never read here:
//! a token doesn't bring its own key (RFC 8725bis section 3.10), unless it is a
//! proof and nothing else, for which see `proof`.

use std::borrow::Cow;

use crate::codec::json::{self, Kind, Members, Raw};
use crate::crypto::{Algorithm, Named};
use crate::error::{Error, ErrorKind, Result};
use crate::policy::Limits;

/// The longest header, decoded, in bytes.
pub(super) const LONGEST: usize = 8192;

pub(super) struct Header<'t> {
    pub(super) text: &'t str,
    pub(super) algorithm: Named,
    pub(super) kid: Option<Cow<'t, str>>,
    pub(super) r#type: Option<Cow<'t, str>>,
}

/// Reads a decoded header. Allocates only where a name is written with escapes.
pub(super) fn read<'t>(decoded: &'t [u8], limits: &Limits) -> Result<Header<'t>> {
    let mut members = Members::new();
    let text = checked_object(decoded, limits, &mut members)?;
    let get = |name| members.get(text, name);
    // Parameters that change what the signature is over, or demand to be
    // understood (sections 4.1.11 and RFC 7797).
    for (name, message) in [
        ("crit", "the header has \"crit\": no extension is supported"),
        (
            "b64",
            "the header has \"b64\": only base64url payloads are supported",
        ),
        (
            "zip",
            "the header has \"zip\": compressed tokens aren't supported",
        ),
    ] {
        if get(name).is_some() {
            return Err(Error::new(ErrorKind::Critical, message));
        }
    }
    let algorithm = get("alg")
        .and_then(Raw::string)
        .ok_or_else(|| malformed("the header's alg isn't a string"))?;
    let algorithm = Algorithm::from_name(&algorithm).ok_or_else(|| {
        Error::new(
            ErrorKind::Algorithm,
            "the header's alg isn't an algorithm that is supported",
        )
    })?;
    let kid = optional_string(get("kid"), "the header's kid isn't a string")?;
    if kid.as_ref().is_some_and(|kid| kid.len() > limits.kid) {
        return Err(Error::new(
            ErrorKind::TooLarge,
            "the header's kid is longer than allowed",
        ));
    }
    let r#type = optional_string(get("typ"), "the header's typ isn't a string")?;
    Ok(Header {
        text,
        algorithm,
        kid,
        r#type,
    })
}

/// Checks a part of a token that must be a JSON object.
pub(super) fn checked_object<'t>(
    decoded: &'t [u8],
    limits: &Limits,
    members: &mut Members,
) -> Result<&'t str> {
    let text = json::check(decoded, limits.depth, members).map_err(|fault| {
        let kind = match fault.what {
            json::TOO_DEEP => ErrorKind::TooLarge,
            _ => ErrorKind::Malformed,
        };
        Error::new(kind, fault.what)
    })?;
    match Raw::checked(text).kind() {
        Kind::Object => Ok(text),
        Kind::Text | Kind::Number | Kind::Boolean | Kind::Null | Kind::Array => {
            Err(malformed("a part of the token isn't a JSON object"))
        }
    }
}

fn optional_string<'t>(
    value: Option<Raw<'t>>,
    message: &'static str,
) -> Result<Option<Cow<'t, str>>> {
    value
        .map(|value| value.string().ok_or_else(|| malformed(message)))
        .transpose()
}

pub(super) fn malformed(message: &'static str) -> Error {
    Error::new(ErrorKind::Malformed, message)
}
