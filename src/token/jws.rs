//! Plain JWS: a compact token over any payload, JSON or not (RFC 7515).

use serde::Deserialize;

use crate::clock;
use crate::codec::document::{self, Object, given, said};
use crate::codec::{base64url, compact};
use crate::crypto::{Algorithm, Named};
use crate::error::{Error, ErrorKind, Result};
use crate::keys::{Ring, Select, Wanted};
use crate::policy::{self, Limits};

use super::header;
use super::mint::{self, header_text};
use super::scratch::Scratch;
use super::verify::{check_signature, decode_signature, not_allowed};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JwsDocument {
    #[serde(default, deserialize_with = "given")]
    algorithm: Option<String>,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, deserialize_with = "given")]
    algorithms: Option<Vec<String>>,
    #[serde(default, deserialize_with = "said")]
    r#type: Option<Option<String>>,
    #[serde(default)]
    limits: Object<Limits>,
}

/// The options of [`sign`] and [`verify_signature`].
#[derive(Clone, Debug, Default)]
pub struct JwsOptions {
    algorithm: Option<Named>,
    kid: Option<String>,
    algorithms: Option<Vec<Algorithm>>,
    r#type: Option<String>,
    limits: Limits,
}

impl JwsOptions {
    /// Reads the options document: `algorithm` and `kid` choose the key that
    /// signs, `algorithms` is the allow-list when verifying, `type` is written
    /// or expected as the header's typ. Each of the two calls refuses what is
    /// the other's: a restriction that is said must not be lost.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Options`] names the field at fault.
    pub fn read(text: &[u8]) -> Result<Self> {
        let document: JwsDocument = document::read("options", text)?;
        Ok(Self {
            algorithm: document
                .algorithm
                .map(|name| policy::algorithm("options.algorithm", &name))
                .transpose()?,
            kid: document.kid,
            algorithms: document
                .algorithms
                .map(|list| policy::algorithms("options.algorithms", &list))
                .transpose()?,
            r#type: document.r#type.flatten(),
            limits: document.limits.0.check()?,
        })
    }
}

/// Signs `payload` with the newest private key that fits and is in force.
///
/// # Errors
///
/// Fails where no key of the set can sign so.
pub fn sign(keys: &Ring, payload: &[u8], options: &JwsOptions) -> Result<String> {
    if options.algorithms.is_some() {
        return Err(misplaced(
            "options.algorithms: a list for verifying; to choose the key that signs, say \"algorithm\"",
        ));
    }
    let key = keys.signing(options.algorithm, options.kid.as_deref(), clock::now())?;
    let name = options.algorithm.map_or_else(|| key.name(), Named::name);
    let header = header_text(name, options.r#type.as_deref(), key.kid());
    mint::compact(&header, payload, |message| key.sign(message))
}

/// Returns the payload of `token`, once its signature holds. No claim is looked at.
///
/// # Errors
///
/// As for a JWT, up to the signature and the type.
pub fn verify_signature(keys: &dyn Select, token: &[u8], options: &JwsOptions) -> Result<Vec<u8>> {
    if options.algorithm.is_some() {
        return Err(misplaced(
            "options.algorithm: chooses the key that signs; to allow algorithms, say \"algorithms\", a list",
        ));
    }
    if options.kid.is_some() {
        return Err(misplaced(
            "options.kid: chooses the key that signs; when verifying the token's own kid counts",
        ));
    }
    let parts = compact::split(token, options.limits.bytes)?;
    let mut buffer = Scratch::<{ header::LONGEST }>::new();
    let header = header::read(buffer.decode(parts.header)?, &options.limits)?;
    let list = options.algorithms.as_deref();
    if !list.is_none_or(|list| list.iter().any(|one| header.algorithm.fits(*one))) {
        return Err(not_allowed());
    }
    let key = keys.select(&Wanted {
        algorithm: header.algorithm,
        kid: header.kid.as_deref(),
        issuer: None,
        audience: None,
        now: clock::now(),
    })?;
    if !header.algorithm.fits(key.algorithm())
        || !list.is_none_or(|list| list.contains(&key.algorithm()))
    {
        return Err(not_allowed());
    }
    let mut buffer = Scratch::new();
    check_signature(&key, &parts, decode_signature(&parts, &mut buffer)?)?;
    if options.r#type.is_some() {
        policy::check_type(
            std::slice::from_ref(&options.r#type),
            header.r#type.as_deref(),
        )?;
    }
    base64url::decode(parts.payload)
}

fn misplaced(message: &'static str) -> Error {
    Error::new(ErrorKind::Options, message)
}
