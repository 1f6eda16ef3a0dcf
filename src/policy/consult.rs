//! What verify asks of revocations. Declared here and implemented above, so
//! that the rules need no store.

use smallvec::SmallVec;

use crate::codec::json::Raw;
use crate::error::Result;

/// Revoked tokens, switches and used proofs. Asked on every verify: it must
/// neither block nor do I/O, but to remember a proof where others share it.
pub trait Consult: Send + Sync {
    /// Whether a rule in force at `now` refuses the token that `facts` describe,
    /// for which `ahead` came from `prepare`, or is none.
    ///
    /// Fails with [`ErrorKind::RevocationsStale`] where what is known is too old
    /// to say.
    ///
    /// [`ErrorKind::RevocationsStale`]: crate::ErrorKind::RevocationsStale
    fn refuses(&self, facts: &Facts<'_>, ahead: &Ahead, now: i64) -> Result<bool>;

    /// Says that `refuses` will soon be asked about `facts`, none of which is
    /// verified yet but the key: time to get hold of what it will look at. The
    /// verdict stays where it is, after the signature.
    fn prepare(&self, facts: &Facts<'_>) -> Ahead {
        let _ = facts;
        Ahead::default()
    }

    /// Whether the switch `name` is on for `scope`.
    fn is_on(&self, scope: &str, name: &str) -> bool;

    /// Remembers until `end` that `id` was used; whether this is the first time.
    /// Of all who share the store and ask at once, one alone is told so.
    fn first_use(&self, id: &str, end: i64, now: i64) -> Result<bool>;
}

/// What the claims are known by to whoever keeps the rules, once it is worked out
/// for all of them. A few need no allocation.
#[derive(Default)]
pub struct Ahead(pub(crate) Option<SmallVec<[u128; 4]>>);

/// What a rule of revocation may look at: never the token's text, so that a
/// respelt token stays revoked.
pub struct Facts<'a> {
    /// The name space of the rules.
    pub realm: &'a str,
    /// The kid of the key that verified: its own, not the header's.
    pub kid: Option<&'a str>,
    /// The RFC 7638 thumbprint of the key that verified.
    pub thumbprint: &'a str,
    /// The token's `iat`, rounded down, where it is a NumericDate.
    pub issued: Option<i64>,
    pub(crate) claims: &'a dyn Fn(&str) -> Option<Raw<'a>>,
}

impl<'a> Facts<'a> {
    /// The claim `name`: an outermost one, or what a JSON pointer leads to when it
    /// begins with "/".
    pub(crate) fn claim(&self, name: &str) -> Option<Raw<'a>> {
        (self.claims)(name)
    }
}
