//! Keys that sign elsewhere: in a KMS, an HSM, an agent.
//!
//! jeton has the public half alone. What the signer answers is checked with it
//! before anybody gets it, so a signer that uses another key, another algorithm
//! or another encoding makes no bad token, but an error here and now.

use std::sync::Arc;

use super::key::Key;
use super::set::KeySet;
use super::signing::none_in_force;
use crate::crypto::{Algorithm, DigestInfo, Family, Named, Padding};
use crate::error::{Error, ErrorKind, Result};

/// The longest reason of a signer that a message repeats, in characters.
const LONGEST_REASON: usize = 512;

/// Signs with a key that jeton never sees.
pub trait Signer: Send + Sync {
    /// The signature: for ECDSA r and s as JOSE writes them, or in DER.
    ///
    /// Called once for each token, on the thread that mints it, with no lock
    /// held: it may block, and several threads may be in it at once.
    ///
    /// # Errors
    ///
    /// The text of an error becomes part of the message of [`ErrorKind::Signer`].
    fn sign(&self, signing: &Signing<'_>) -> Result<Vec<u8>, Box<dyn std::error::Error>>;
}

/// A closure will do.
impl<F> Signer for F
where
    F: Fn(&Signing<'_>) -> Result<Vec<u8>, Box<dyn std::error::Error>> + Send + Sync,
{
    fn sign(&self, signing: &Signing<'_>) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        self(signing)
    }
}

/// What a [`Signer`] is asked to sign, in every form that one may want.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Signing<'a> {
    /// The key's one algorithm.
    pub algorithm: Algorithm,
    /// What is signed: a token up to its second dot.
    pub message: &'a [u8],
    /// The message's digest; none for EdDSA, which signs the message itself.
    pub digest: Option<&'a [u8]>,
    /// The digest in its DigestInfo (RFC 8017 section 9.2), for signers that
    /// only pad; none but for RS256, RS384 and RS512.
    pub digest_info: Option<&'a [u8]>,
}

/// A public key, and who signs with the private one.
pub(crate) struct External {
    key: Arc<Key>,
    signer: Box<dyn Signer>,
}

impl External {
    /// The one key of `set`, which the given name and kid must fit, with `signer`.
    ///
    /// A private key is refused and not stripped: whoever has it here doesn't
    /// need another signer, or has it here by mistake.
    pub(crate) fn new(
        set: &KeySet,
        signer: Box<dyn Signer>,
        algorithm: Option<Named>,
        kid: Option<&str>,
    ) -> Result<Self> {
        let mut keys = set.keys();
        let (Some(key), None) = (keys.next(), keys.next()) else {
            return Err(misconfigured(format!(
                "an external signer has one key, and the set has {}: read its public key alone",
                set.len()
            )));
        };
        if matches!(key.algorithm().family(), Family::Hmac(_)) {
            return Err(misconfigured(
                "an HMAC secret has no public half to check an external signer's answer with: \
                 RSA, EC or EdDSA is needed",
            ));
        }
        if key.is_private() {
            return Err(misconfigured(
                "the key is a private one: an external signer needs its public half alone",
            ));
        }
        if kid.is_some_and(|kid| key.kid() != Some(kid)) {
            return Err(Error::new(
                ErrorKind::UnknownKey,
                "the external signer's key hasn't the kid to sign with",
            ));
        }
        if let Some(named) = algorithm.filter(|named| !named.fits(key.algorithm())) {
            return Err(misconfigured(format!(
                "the external signer's key is for {}, and not for {}",
                key.name(),
                named.name()
            )));
        }
        Ok(Self {
            key: Arc::clone(key),
            signer,
        })
    }

    /// The public half, unless its dates say that it isn't the time to sign.
    pub(crate) fn in_force(&self, now: i64) -> Result<&Key> {
        if self.key.times().in_force(now) {
            return Ok(&self.key);
        }
        Err(none_in_force([(0, &*self.key)], now))
    }

    /// The message's signature, as a token's third part holds it.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let algorithm = self.key.algorithm();
        let (hash, pads) = match algorithm.family() {
            Family::Rsa(padding, hash) => (Some(hash), padding == Padding::Pkcs1),
            Family::Ecdsa(_, hash) => (Some(hash), false),
            Family::Eddsa(_) | Family::Hmac(_) => (None, false),
        };
        let info = hash.map(|hash| DigestInfo::of(hash, message));
        let answer = self.signer.sign(&Signing {
            algorithm,
            message,
            digest: info.as_ref().map(DigestInfo::digest),
            digest_info: info.as_ref().filter(|_| pads).map(DigestInfo::whole),
        });
        let answer = answer.map_err(|reason| refused(&reason.to_string()))?;
        let length = answer.len();
        self.key.accept(message, answer).ok_or_else(|| {
            Error::new(
                ErrorKind::Signer,
                format!(
                    "the external signer's answer of {length} bytes is no signature for {} that \
                     the public key verifies: another key, another algorithm, or hashed twice?",
                    algorithm.name()
                ),
            )
        })
    }
}

/// The error for a signer that gives a reason instead of a signature.
fn refused(reason: &str) -> Error {
    // From elsewhere, perhaps from far away: a log's line must stay a line.
    let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
    let reason: String = reason.chars().take(LONGEST_REASON).map(plain).collect();
    let message = match reason.trim() {
        "" => "the external signer failed, and said no reason".into(),
        reason => format!("the external signer failed: {reason}"),
    };
    Error::new(ErrorKind::Signer, message)
}

fn misconfigured(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Misconfigured, message)
}
