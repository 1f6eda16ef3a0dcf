//! What can go wrong, without numbers: `src/ffi/status.rs` gives each kind the
//! one that the C ABI keeps.
//!
//! A message is for people and logs. It says what was expected and never holds
//! a token, a secret or the value of a claim.

use std::borrow::Cow;
use std::fmt;

/// Declares the kinds once, each with the name that every language uses.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// What kind of failure it is; [`ErrorKind::name`] is the same word in every language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorKind {
            $($(#[$doc])* $kind,)*
        }

        impl ErrorKind {
            /// Every kind, in the order of the statuses' numbers.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// The stable name, such as `expired`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// A call that the program should not have made: a NULL, text that isn't UTF-8.
    Misuse = "misuse",
    /// An options, claims or rule document has a wrong, unknown or missing field.
    Options = "options",
    /// The options are fine one by one, but can't work together or with the keys.
    Misconfigured = "misconfigured",
    /// A part that this build, back end or version doesn't have.
    Unsupported = "unsupported",
    /// A bug in jeton itself.
    Internal = "internal",
    /// Not a compact JWS with JSON inside.
    Malformed = "malformed",
    /// A JWE: encrypted, not signed.
    Encrypted = "encrypted",
    /// Over one of the limits.
    TooLarge = "too-large",
    /// An algorithm that is unknown, not allowed, or not the key's.
    Algorithm = "algorithm",
    /// A header parameter that demands what jeton doesn't do (`crit`, `b64`, `zip`).
    Critical = "critical",
    /// The `typ` isn't the one asked for.
    Type = "type",
    /// The signature doesn't hold.
    Signature = "signature",
    /// A claim that must be present isn't.
    Missing = "missing",
    /// The `iss` isn't one of those expected.
    Issuer = "issuer",
    /// The `aud` holds none of those expected.
    Audience = "audience",
    /// Before its `nbf`, or issued in the future.
    Early = "early",
    /// Past its `exp`.
    Expired = "expired",
    /// Its `exp` lies too far after its `iat`.
    Lifetime = "lifetime",
    /// Issued too long ago.
    TooOld = "too-old",
    /// A claim of the wrong type, or one that doesn't match.
    Claim = "claim",
    /// A deny rule matches.
    Denied = "denied",
    /// Revoked.
    Revoked = "revoked",
    /// A key that can't be read or used.
    Key = "key",
    /// A key too weak for its algorithm.
    WeakKey = "weak-key",
    /// No key fits the token.
    UnknownKey = "unknown-key",
    /// No key fits yet, but a fetch that could bring it is due or under way.
    KeyPending = "key-pending",
    /// The keys couldn't be had, or are too stale to be trusted.
    KeysUnavailable = "keys-unavailable",
    /// The external signer failed.
    Signer = "signer",
    /// The revocations can't be read.
    RevocationsUnavailable = "revocations-unavailable",
    /// The revocations are too stale to be trusted.
    RevocationsStale = "revocations-stale",
    /// A write to a store failed.
    Storage = "storage",
    /// The time limit has passed.
    Timeout = "timeout",
}

impl ErrorKind {
    /// Whether it is a verdict on the token, which no later attempt changes: it
    /// is refused. Else there is no verdict.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        match self {
            Self::Malformed
            | Self::Encrypted
            | Self::TooLarge
            | Self::Algorithm
            | Self::Critical
            | Self::Type
            | Self::Signature
            | Self::Missing
            | Self::Issuer
            | Self::Audience
            | Self::Early
            | Self::Expired
            | Self::Lifetime
            | Self::TooOld
            | Self::Claim
            | Self::Denied
            | Self::Revoked
            | Self::UnknownKey => true,
            Self::Misuse
            | Self::Options
            | Self::Misconfigured
            | Self::Unsupported
            | Self::Internal
            | Self::Key
            | Self::WeakKey
            | Self::KeyPending
            | Self::KeysUnavailable
            | Self::Signer
            | Self::RevocationsUnavailable
            | Self::RevocationsStale
            | Self::Storage
            | Self::Timeout => false,
        }
    }
}

/// The one error type: a kind, a message, and the claim at fault where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: Cow<'static, str>,
    claim: Option<Cow<'static, str>>,
    report: Option<Box<str>>,
    awaited: Option<Awaited>,
}

/// What a verdict for want of a key may wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Awaited {
    /// Which of the verifier's key sets could bring the key.
    pub(crate) keys: usize,
    /// How many fetches of it had ended before the verdict.
    pub(crate) settled: u64,
}

impl Error {
    /// An error of `kind`. A static message costs no allocation.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            claim: None,
            report: None,
            awaited: None,
        }
    }

    /// Names the claim at fault.
    #[must_use]
    pub fn with_claim(mut self, claim: impl Into<Cow<'static, str>>) -> Self {
        self.claim = Some(claim.into());
        self
    }

    /// Attaches the claims that the option `report` names, as a JSON object.
    #[must_use]
    pub(crate) fn with_report(mut self, report: Box<str>) -> Self {
        self.report = Some(report);
        self
    }

    /// Says that another fetch of the keys, after `settled` of them, may change the verdict.
    #[must_use]
    pub(crate) fn awaiting(mut self, settled: u64) -> Self {
        self.awaited = Some(Awaited { keys: 0, settled });
        self
    }

    /// Says which of a verifier's key sets it came from.
    #[must_use]
    pub(crate) fn of_keys(mut self, keys: usize) -> Self {
        if let Some(awaited) = &mut self.awaited {
            awaited.keys = keys;
        }
        self
    }

    pub(crate) fn awaited(&self) -> Option<Awaited> {
        self.awaited
    }

    /// The same error, its message preceded by the place where it happened.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.message = format!("{place}: {}", self.message).into();
        self
    }

    /// The same error as one of another kind: broken JSON is `malformed` in a
    /// token, `options` in an options document and `key` in a key file.
    #[must_use]
    pub(crate) fn into_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// What kind of failure it is.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What was expected, for people and logs; the wording may change.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The claim at fault, such as `aud`.
    #[must_use]
    pub fn claim(&self) -> Option<&str> {
        self.claim.as_deref()
    }

    /// The claims that the option `report` lets an error carry, as a JSON
    /// object; only ever of a token whose signature holds.
    #[must_use]
    pub fn claims(&self) -> Option<&str> {
        self.report.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// A result with jeton's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;
