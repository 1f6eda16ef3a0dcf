//! The bearer resolver: which kind of credential came in, before anyone knows.
//!
//! A service takes several kinds in the same place: an administrator's token,
//! API keys, JWTs, opaque sessions. Asking in one fixed order, once, keeps an
//! API key from being taken for a broken JWT and a JWT from being looked up as
//! a session. The credential itself is never logged and never in an error.

use std::sync::Arc;

use serde::Deserialize;

use crate::codec::document::{self, Object, given};
use crate::crypto;
use crate::error::{Error, ErrorKind, Result};
use crate::policy::{Call, Claims};
use crate::token::Verifier;

/// The steps, in the default order: API keys before JWTs, since they may have
/// three parts too.
const STEPS: &[(&str, Step)] = &[
    ("admin", Step::Admin),
    ("prefixes", Step::Prefixes),
    ("jwt", Step::Jwt),
    ("session", Step::Session),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Admin,
    Prefixes,
    Jwt,
    Session,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BearerDocument {
    #[serde(default, deserialize_with = "given")]
    order: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    admin: Option<bool>,
    #[serde(default)]
    prefixes: Vec<Object<PrefixOption>>,
    #[serde(default, deserialize_with = "given")]
    jwt: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrefixOption {
    prefix: String,
    kind: String,
    #[serde(default)]
    shape: Option<String>,
}

/// Credentials that begin with the same text.
#[derive(Debug)]
struct Prefix {
    prefix: String,
    kind: String,
    shape: Option<Vec<Part>>,
}

/// A part of a shape: this text, or so many characters of base64url.
#[derive(Debug, PartialEq)]
enum Part {
    Text(String),
    Characters(usize),
}

/// What came in.
#[derive(Debug)]
pub struct Credential<'a, 'b> {
    /// `none`, `admin`, `jwt`, `session`, or the kind that a prefix names.
    pub kind: &'b str,
    /// The credential itself, without its scheme; empty where there is none.
    pub text: &'a str,
    /// The verified claims, where it is a good JWT.
    pub claims: Option<Claims>,
    /// Why it is refused, where it is a bad JWT or misshapen: a request with
    /// this must not go on.
    pub rejection: Option<Error>,
}

/// Tells kinds of credentials apart. Immutable; any number of threads may share it.
pub struct Bearer {
    order: Vec<Step>,
    /// The hash of the administrator's token: compared whole, so that neither
    /// its bytes nor its length show in the time that takes.
    admin: Option<[u8; 32]>,
    prefixes: Vec<Prefix>,
    verifier: Option<Arc<Verifier>>,
}

impl Bearer {
    /// A resolver. `admin` is the administrator's token, and unset when empty;
    /// without a `verifier` no credential is taken for a JWT.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Options`] names the field at fault.
    pub fn new(options: &[u8], admin: &[u8], verifier: Option<Arc<Verifier>>) -> Result<Self> {
        let document: BearerDocument = document::read("options", options)?;
        let order = match document.order {
            None => STEPS.iter().map(|(_, step)| *step).collect(),
            Some(names) => order(&names)?,
        };
        let prefixes = document
            .prefixes
            .into_iter()
            .enumerate()
            .map(|(index, option)| {
                Prefix::read(option.0)
                    .map_err(|error| error.at(format_args!("options.prefixes[{index}]")))
            })
            .collect::<Result<_>>()?;
        let admin =
            (document.admin.unwrap_or(true) && !admin.is_empty()).then(|| crypto::sha256(admin));
        Ok(Self {
            order,
            admin,
            prefixes,
            verifier: verifier.filter(|_| document.jwt.unwrap_or(true)),
        })
    }

    /// Every kind that this can answer.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &str> {
        let prefixes = self.prefixes.iter().map(|prefix| prefix.kind.as_str());
        ["none", "admin", "jwt", "session"]
            .into_iter()
            .chain(prefixes)
    }

    /// Tells what came in the header `Authorization` or, where that names no
    /// bearer, in a session cookie; either may be empty.
    ///
    /// # Errors
    ///
    /// Only [`ErrorKind::Misuse`], for a call that lacks a scope it must say: a
    /// bad credential is a result, not an error.
    pub fn resolve<'a>(
        &self,
        authorization: &'a str,
        cookie: &'a str,
        call: &Call<'_>,
    ) -> Result<Credential<'a, '_>> {
        self.resolve_bytes(authorization.as_bytes(), cookie.as_bytes(), call)
    }

    /// As [`Self::resolve`], for bytes as they came over the wire: a credential
    /// that isn't UTF-8 is somebody's mischief, and so rejected, not an error.
    ///
    /// # Errors
    ///
    /// As for [`Self::resolve`].
    pub fn resolve_bytes<'a>(
        &self,
        authorization: &'a [u8],
        cookie: &'a [u8],
        call: &Call<'_>,
    ) -> Result<Credential<'a, '_>> {
        match str::from_utf8(bearer_of(authorization).unwrap_or(cookie)) {
            Ok(text) => self.tell(text, call),
            Err(_) => Ok(Credential {
                kind: "session",
                text: "",
                claims: None,
                rejection: Some(Error::new(
                    ErrorKind::Malformed,
                    "the credential isn't UTF-8",
                )),
            }),
        }
    }

    /// Which kind of credential `text` is; empty where there is none.
    fn tell<'a>(&self, text: &'a str, call: &Call<'_>) -> Result<Credential<'a, '_>> {
        let found = |kind, outcome: Result<Option<Claims>>| {
            let (claims, rejection) = match outcome {
                Ok(claims) => (claims, None),
                Err(error) if error.kind() == ErrorKind::Misuse => return Err(error),
                Err(error) => (None, Some(error)),
            };
            Ok(Credential {
                kind,
                text,
                claims,
                rejection,
            })
        };
        for step in self.order.iter().filter(|_| !text.is_empty()) {
            match (step, &self.verifier) {
                (Step::Admin, _) if self.is_admin(text) => return found("admin", Ok(None)),
                (Step::Prefixes, _) => {
                    if let Some(prefix) = self
                        .prefixes
                        .iter()
                        .find(|one| text.starts_with(&one.prefix))
                    {
                        return found(&prefix.kind, prefix.check(text).map(|()| None));
                    }
                }
                (Step::Jwt, Some(verifier)) if looks_like_jwt(text) => {
                    return found("jwt", verifier.verify(text.as_bytes(), call).map(Some));
                }
                (Step::Session, _) => return found("session", Ok(None)),
                (Step::Admin | Step::Jwt, _) => {}
            }
        }
        found("none", Ok(None))
    }

    fn is_admin(&self, text: &str) -> bool {
        self.admin
            .is_some_and(|admin| crypto::equal(&admin, &crypto::sha256(text.as_bytes())))
    }
}

/// The credential of a header with the scheme Bearer (RFC 6750 section 2.1),
/// whose name has no case (RFC 9110 section 11.1).
fn bearer_of(authorization: &[u8]) -> Option<&[u8]> {
    let authorization = authorization.trim_ascii();
    let (scheme, text) = authorization.split_at_checked(b"bearer".len())?;
    let text = text.strip_prefix(b" ")?.trim_ascii_start();
    (scheme.eq_ignore_ascii_case(b"bearer") && !text.is_empty()).then_some(text)
}

/// Three parts, none empty: the shape alone, so that a misspelt JWT is refused
/// as one and never looked up as a session.
fn looks_like_jwt(text: &str) -> bool {
    let mut parts = text.split('.');
    parts
        .by_ref()
        .take(3)
        .filter(|part| !part.is_empty())
        .count()
        == 3
        && parts.next().is_none()
}

fn order(names: &[String]) -> Result<Vec<Step>> {
    let mut order = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let place = format!("options.order[{index}]");
        let Some((_, step)) = STEPS.iter().find(|(known, _)| known == name) else {
            let known: Vec<_> = STEPS.iter().map(|(known, _)| *known).collect();
            let meant = document::suggestion(name, &known);
            return Err(Error::new(
                ErrorKind::Options,
                format!("{place}: unknown step{meant}"),
            ));
        };
        if order.contains(step) {
            return Err(Error::new(
                ErrorKind::Options,
                format!("{place}: this step stands there twice"),
            ));
        }
        order.push(*step);
    }
    Ok(order)
}

impl Prefix {
    fn read(option: PrefixOption) -> Result<Self> {
        let refused = |message: &'static str| Err(Error::new(ErrorKind::Options, message));
        if option.prefix.is_empty() || option.kind.is_empty() {
            return refused("the prefix or its kind is empty");
        }
        if STEPS.iter().any(|(name, _)| *name == option.kind) || option.kind == "none" {
            return refused("this kind is taken: name the prefix's own, such as \"api-key\"");
        }
        Ok(Self {
            prefix: option.prefix,
            kind: option.kind,
            shape: option.shape.as_deref().map(shape).transpose()?,
        })
    }

    fn check(&self, text: &str) -> Result<()> {
        let rest = text.strip_prefix(&self.prefix).unwrap_or_default();
        if self
            .shape
            .as_ref()
            .is_none_or(|shape| has_shape(shape, rest))
        {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Malformed,
            "the credential hasn't the shape of its kind",
        ))
    }
}

/// Reads a shape such as `key_{32}.{43}`.
fn shape(text: &str) -> Result<Vec<Part>> {
    let refused = || {
        Error::new(
            ErrorKind::Options,
            "shape: text and {n}, n characters of base64url, were expected, as in key_{32}.{43}",
        )
    };
    let mut parts = Vec::new();
    for (index, piece) in text.split('{').enumerate() {
        let text = if index == 0 {
            piece
        } else {
            let (count, text) = piece.split_once('}').ok_or_else(refused)?;
            let count = count
                .parse()
                .ok()
                .filter(|count| (1..=4096).contains(count));
            parts.push(Part::Characters(count.ok_or_else(refused)?));
            text
        };
        if text.contains('}') {
            return Err(refused());
        }
        if !text.is_empty() {
            parts.push(Part::Text(text.into()));
        }
    }
    if parts.is_empty() {
        Err(refused())
    } else {
        Ok(parts)
    }
}

/// Whether `text` is as `shape` says, to its end.
fn has_shape(shape: &[Part], text: &str) -> bool {
    let base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let rest = shape.iter().try_fold(text, |rest, part| match part {
        Part::Text(text) => rest.strip_prefix(text.as_str()),
        Part::Characters(count) => {
            let (here, rest) = rest.split_at_checked(*count)?;
            here.bytes().all(base64url).then_some(rest)
        }
    });
    rest == Some("")
}
