//! The bearer resolver: which kind of credential came in, before anyone knows.
//!
//! A service takes several kinds in the same place: an administrator's token,
//! API keys, JWTs, opaque sessions. Asking in one fixed order, once, keeps an
//! API key from being taken for a broken JWT and a JWT from being looked up as
//! a session. The credential itself is never logged and never in an error.

mod options;

use std::sync::Arc;

use crate::codec::json::{self, Members};
use crate::crypto;
use crate::error::{Error, ErrorKind, Result};
use crate::policy::{Call, Claims, Matchers, View};
use crate::systems;
use crate::token::Verifier;
use options::{Jwts, Options, Prefix, Sessions, Step};

/// What came in.
#[derive(Debug)]
pub struct Credential<'a, 'b> {
    /// `none`, `admin`, `jwt`, `session`, or a kind that the options name.
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
    jwts: Jwts,
    sessions: Sessions,
    kinds: Vec<(String, Matchers)>,
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
        let options = Options::read(&systems::bearer(options)?)?;
        Ok(Self {
            order: options.order,
            admin: (options.admin && !admin.is_empty()).then(|| crypto::sha256(admin)),
            prefixes: options.prefixes,
            jwts: options.jwts,
            sessions: options.sessions,
            kinds: options.kinds,
            verifier,
        })
    }

    /// A resolver's options document with the options of the system that it
    /// names in the system's place, as JSON.
    ///
    /// # Errors
    ///
    /// As for [`Self::new`].
    pub fn expand(options: &[u8]) -> Result<String> {
        let plain = systems::bearer(options)?;
        Options::read(&plain)?;
        Ok(String::from_utf8_lossy(&plain).into_owned())
    }

    /// Every kind that this can answer.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &str> {
        let prefixes = self.prefixes.iter().map(|prefix| prefix.kind.as_str());
        let kinds = self.kinds.iter().map(|(kind, _)| kind.as_str());
        ["none", "admin", "jwt", "session"]
            .into_iter()
            .chain(prefixes)
            .chain(kinds)
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
        let bearer = bearer_of(authorization);
        match str::from_utf8(bearer.unwrap_or(cookie)) {
            Ok(text) => self.tell(text, bearer.is_some(), call),
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
    fn tell<'a>(
        &self,
        text: &'a str,
        is_bearer: bool,
        call: &Call<'_>,
    ) -> Result<Credential<'a, '_>> {
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
        let cookies_only = self.sessions == Sessions::Cookie;
        let may_be = |step: &Step| match step {
            Step::Session => !(cookies_only && is_bearer),
            Step::Admin | Step::Prefixes | Step::Jwt => is_bearer || !cookies_only,
        };
        let steps = self.order.iter().filter(|step| may_be(step));
        for step in steps.filter(|_| !text.is_empty()) {
            match step {
                Step::Admin if self.is_admin(text) => return found("admin", Ok(None)),
                Step::Prefixes => {
                    if let Some(prefix) = self
                        .prefixes
                        .iter()
                        .find(|one| text.starts_with(&one.prefix))
                    {
                        return found(&prefix.kind, prefix.check(text).map(|()| None));
                    }
                }
                Step::Jwt if looks_like_jwt(text) => {
                    if let Some(outcome) = self.verified(text, call) {
                        return found(self.kind_of(&outcome), outcome.map(Some));
                    }
                }
                Step::Session => return found("session", Ok(None)),
                Step::Admin | Step::Jwt => {}
            }
        }
        if cookies_only && is_bearer {
            let error = Error::new(
                ErrorKind::Malformed,
                "the credential is of no kind that comes in this header",
            );
            return found("jwt", Err(error));
        }
        found("none", Ok(None))
    }

    /// What a JWT comes to; none where there are no JWTs.
    fn verified(&self, text: &str, call: &Call<'_>) -> Option<Result<Claims>> {
        match self.jwts {
            Jwts::Unknown => None,
            Jwts::Verified => Some(self.verifier.as_ref()?.verify(text.as_bytes(), call)),
            Jwts::Misconfigured => Some(Err(Error::new(
                ErrorKind::Misconfigured,
                "JWTs aren't configured to the end, so none is verified",
            ))),
        }
    }

    /// What a JWT is called: by its claims, or where it is refused by those that
    /// the verifier's option `report` shows.
    fn kind_of(&self, outcome: &Result<Claims>) -> &str {
        let mut kinds = self.kinds.iter();
        let kind = match outcome {
            Ok(claims) => kinds.find(|(_, when)| when.match_all(|name| claims.find(name))),
            Err(error) => error.claims().and_then(|report| {
                let mut members = Members::new();
                let depth = json::DOCUMENT_DEPTH;
                json::checked_members(report.as_bytes(), depth, &mut members).ok()?;
                let view = View::new(report, &members);
                kinds.find(|(_, when)| when.match_all(|name| view.find(name)))
            }),
        };
        kind.map_or("jwt", |(kind, _)| kind)
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
