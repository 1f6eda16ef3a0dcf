//! What may change from one call to the next.

use crate::clock;

/// What a caller says along with a token. [`Call::default`] says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Call<'a> {
    /// Seconds since 1970 in place of the clock; 0 asks the clock.
    pub now: i64,
    /// The scope that switches are looked up in: a project, a tenant. Empty is
    /// "none"; absent is a mistake where a rule hangs on a switch.
    pub scope: Option<&'a str>,
    /// The value that the claim `nonce` must have.
    pub nonce: Option<&'a str>,
    /// The method of the request that a proof came with; a mistake where the
    /// options ask for no proof, as are the three below.
    pub method: Option<&'a str>,
    /// Its whole URI.
    pub uri: Option<&'a str>,
    /// The access token that came with it. Empty is "none"; absent is a mistake
    /// where the options ask for a proof.
    pub access_token: Option<&'a str>,
    /// The thumbprint that the proof's key must have: that which the access token
    /// is bound to, its `cnf.jkt`. Absent is a mistake where there is an access token.
    pub jkt: Option<&'a str>,
}

impl Call<'_> {
    /// A call at `now`.
    #[must_use]
    pub fn at(now: i64) -> Self {
        Self {
            now,
            ..Self::default()
        }
    }

    /// The time of this call.
    pub(crate) fn time(&self) -> i64 {
        clock::at(self.now)
    }
}
