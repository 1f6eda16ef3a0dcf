//! Keys.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::boundary::{Out, bytes, given, guard};
use super::error::jeton_error;
use super::fork;
use super::status::jeton_status;
use super::text::OutText;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::{GenerateOptions, KeyOptions, KeySet, Ring, Select};
use crate::sources::Source;
use crate::systems::Derived;

/// A set of keys, each bound to exactly one algorithm.
///
/// Any number of threads may share it. It is swapped whole by
/// jeton_keys_replace, and whatever was made with it sees the new set at once.
///
/// A JWK may have dates, and each call heeds them at its own time. A key signs
/// from its "nbf" on; it signs, verifies and is published until its "exp". It
/// verifies before its nbf, too: until then it is announced. Of several keys
/// the newest signs: that with the latest nbf, of these the last; where none
/// has an nbf, the first.
pub struct jeton_keys(pub(super) Held);

/// Whose set it is.
pub(super) enum Held {
    Own(Arc<Ring>),
    Live(Arc<Source>),
    Derived(Arc<Derived>),
}

impl jeton_keys {
    /// The keys as they are now; none of those that are derived on demand.
    pub(super) fn ring(&self) -> Result<&Arc<Ring>> {
        match &self.0 {
            Held::Own(ring) => Ok(ring),
            Held::Live(source) => Ok(source.ring()),
            Held::Derived(derived) => derived.ring(),
        }
    }

    /// The set as a document: whole, or what of it is published.
    fn document(&self, private: bool) -> Result<Zeroizing<String>> {
        if let Held::Derived(derived) = &self.0 {
            return derived.to_json(private);
        }
        let keys = self.ring()?.load();
        let text = if private {
            keys.to_json(true)
        } else {
            keys.published(0).to_json(false)
        };
        text.map(Zeroizing::new)
    }

    /// What verification asks, with all that a source adds to its keys.
    pub(super) fn select(&self) -> Arc<dyn Select> {
        match &self.0 {
            Held::Own(ring) => Arc::clone(ring) as Arc<dyn Select>,
            Held::Live(source) => Arc::clone(source) as Arc<dyn Select>,
            Held::Derived(derived) => derived.select(),
        }
    }
}

/// Hands over what `make` reads, under the options document at `options`.
///
/// # Safety
///
/// `options` points to `options_len` readable bytes.
unsafe fn open(
    options: *const c_char,
    options_len: usize,
    keys: Out<'_, jeton_keys>,
    make: impl FnOnce(&[u8]) -> Result<KeySet>,
) -> Result<()> {
    let place = keys.wanted()?;
    // SAFETY: this function's contract is the same.
    let options = unsafe { bytes("options", options, options_len) }?;
    let options = if options.is_empty() { b"{}" } else { options };
    place.set(jeton_keys(Held::Own(Arc::new(Ring::new(make(options)?)))));
    Ok(())
}

/// Reads keys: a JWK, a JWK Set (RFC 7517), PEM (SPKI, PKCS#8, PKCS#1, SEC1, an
/// X.509 certificate; one or several), or DER of one of these.
///
/// Options: {"algorithm": for keys that name none, such as RSA keys in PEM,
/// "kid": for a key that has none, "weak": true to accept HMAC keys shorter
/// than their hash}. NULL, or an empty text, is {}.
///
/// JETON_KEY or JETON_WEAK_KEY names the key by its index and kid. Keys that
/// can't be used here (for encryption, of an unknown kind, without an
/// algorithm) are skipped, and jeton_keys_status says which and why. Raw HMAC
/// secrets have jeton_keys_secret; no PEM, DER or asymmetric JWK ever becomes one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_keys_new(
    document: *const c_char,
    document_len: usize,
    options: *const c_char,
    options_len: usize,
    keys: Option<&mut MaybeUninit<*mut jeton_keys>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let keys = Out::new(keys);
    guard(error, || {
        // SAFETY: readable by the header's contract.
        unsafe {
            let document = bytes("document", document, document_len)?;
            open(options, options_len, keys, |options| {
                KeySet::from_document(document, &KeyOptions::read(options)?)
            })
        }
    })
}

/// Makes one HMAC key of raw bytes, which are never decoded.
///
/// Options: as for jeton_keys_new, and "algorithm" must be said: "HS256",
/// "HS384" or "HS512". A secret shorter than the hash is JETON_WEAK_KEY unless
/// the options say "weak": true. What looks like a key file is refused.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_keys_secret(
    secret: *const c_char,
    secret_len: usize,
    options: *const c_char,
    options_len: usize,
    keys: Option<&mut MaybeUninit<*mut jeton_keys>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let keys = Out::new(keys);
    guard(error, || {
        // SAFETY: readable by the header's contract.
        unsafe {
            let secret = bytes("secret", secret, secret_len)?;
            open(options, options_len, keys, |options| {
                KeySet::from_secret(secret, &KeyOptions::read(options)?)
            })
        }
    })
}

/// Generates one private key.
///
/// Options: {"algorithm": such as "ES256", "kid": its thumbprint by default,
/// "bits": for RSA (2048 to 4096) and HMAC}.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_keys_generate(
    options: *const c_char,
    options_len: usize,
    keys: Option<&mut MaybeUninit<*mut jeton_keys>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let keys = Out::new(keys);
    guard(error, || {
        fork::prepare();
        // SAFETY: readable by the header's contract.
        unsafe {
            open(options, options_len, keys, |options| {
                KeySet::generate_with(&GenerateOptions::read(options)?)
            })
        }
    })
}

/// Derives a system's keys from its secret: of the system "stack-auth" those of
/// each audience, of "pylon" and "porter" the HMAC keys, which may be short.
///
/// Options: {"system": …}, the same document that the verifier or the minter
/// has (include/options.schema.json). `old_secret`, which may be NULL and empty,
/// is the one that is being rotated out: its keys verify, and don't sign.
///
/// The keys of "stack-auth" are each for one audience: they verify and sign
/// only tokens for it, and are no use to jeton_sign and jeton_verify_signature.
/// With "project": null they are derived when a token asks for them, and at most
/// 1024 are kept; jeton_keys_status then says how many were "derived" so far.
/// The parameters "include" and "short" decide what jeton_keys_public writes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_keys_derive(
    options: *const c_char,
    options_len: usize,
    secret: *const c_char,
    secret_len: usize,
    old_secret: *const c_char,
    old_secret_len: usize,
    keys: Option<&mut MaybeUninit<*mut jeton_keys>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let keys = Out::new(keys);
    guard(error, || {
        // SAFETY: readable by the header's contract.
        let (options, secret, old) = unsafe {
            (
                bytes("options", options, options_len)?,
                bytes("secret", secret, secret_len)?,
                bytes("old_secret", old_secret, old_secret_len)?,
            )
        };
        let place = keys.wanted()?;
        let derived = Derived::read(options, secret, old)?;
        place.set(jeton_keys(Held::Derived(Arc::new(derived))));
        Ok(())
    })
}

/// Writes the public halves as a JWK Set, which can be served to anybody: it
/// never holds a private member, and leaves out HMAC keys and, by the clock,
/// those past their exp.
///
/// Free the text with jeton_string_free.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_keys_public(
    keys: Option<&jeton_keys>,
    text: Option<&mut MaybeUninit<*mut c_char>>,
    len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let text = OutText::new(text, len);
    guard(error, || {
        let keys = given("keys", keys)?;
        text.fill(|| keys.document(false))
    })
}

/// Writes the whole set, private members and secrets included, as a JWK Set:
/// for storing what jeton_keys_generate made.
///
/// Free the text with jeton_string_free.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_keys_private(
    keys: Option<&jeton_keys>,
    text: Option<&mut MaybeUninit<*mut c_char>>,
    len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let text = OutText::new(text, len);
    guard(error, || {
        let keys = given("keys", keys)?;
        text.fill(|| keys.document(true))
    })
}

/// Describes the set, without key material: {"keys": [{"kid", "algorithm",
/// "thumbprint", "private", "weak", "iat", "nbf", "exp"}], "skipped": [{"index",
/// "kid", "reason"}]}.
///
/// Free the text with jeton_string_free.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_keys_status(
    keys: Option<&jeton_keys>,
    text: Option<&mut MaybeUninit<*mut c_char>>,
    len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let text = OutText::new(text, len);
    guard(error, || {
        let keys = given("keys", keys)?;
        text.fill(|| match &keys.0 {
            Held::Derived(derived) => derived.status_json(),
            Held::Own(_) | Held::Live(_) => keys.ring()?.load().status_json(),
        })
    })
}

/// Replaces the whole set by what `document` holds, in one step: calls under
/// way finish with the old set, those that begin later use the new one. When
/// the document can't be read, the old set stays.
///
/// Document and options are as for jeton_keys_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_keys_replace(
    keys: Option<&jeton_keys>,
    document: *const c_char,
    document_len: usize,
    options: *const c_char,
    options_len: usize,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    guard(error, || {
        let Held::Own(ring) = &given("keys", keys)?.0 else {
            return Err(Error::new(
                ErrorKind::Misuse,
                "the keys are a source's, which replaces them by itself, or derived",
            ));
        };
        // SAFETY: readable by the header's contract.
        let (document, options) = unsafe {
            (
                bytes("document", document, document_len)?,
                bytes("options", options, options_len)?,
            )
        };
        let options = if options.is_empty() { b"{}" } else { options };
        let options = KeyOptions::read(options)?;
        ring.replace(KeySet::from_document(document, &options)?);
        Ok(())
    })
}

/// Frees keys. NULL is fine, and so is freeing them before what was made with them.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_keys_free(keys: Option<Box<jeton_keys>>) {
    super::boundary::shield((), || drop(keys));
}
