//! SHA-2, streaming, on the stack.
//!
//! The `openssl` crate's low-level states are used instead of EVP's: they need
//! no allocation and no look-up of a provider, and both back ends have them.

use std::io::{self, Write};

use openssl::sha::{Sha256, Sha384, Sha512};

/// The hash of a signature algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// The length of a digest in bytes.
    pub(crate) const fn len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Hands the digest of `message` to `then`, without an allocation.
    pub(super) fn of<R>(self, message: &[u8], then: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Self::Sha256 => {
                let mut state = Sha256::new();
                state.update(message);
                then(&state.finish())
            }
            Self::Sha384 => {
                let mut state = Sha384::new();
                state.update(message);
                then(&state.finish())
            }
            Self::Sha512 => {
                let mut state = Sha512::new();
                state.update(message);
                then(&state.finish())
            }
        }
    }
}

/// The SHA-256 of what is written to it, which needn't be gathered first.
pub(crate) struct Hashing(Sha256);

impl Hashing {
    pub(crate) fn new() -> Self {
        Self(Sha256::new())
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finish()
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A message's digest in its DigestInfo, which is what RSASSA-PKCS1-v1_5 pads and
/// signs (RFC 8017 section 9.2). Made for signers elsewhere; jeton's own pad by
/// themselves.
pub(crate) struct DigestInfo(Vec<u8>);

impl DigestInfo {
    /// The length of what stands before the digest, for all three hashes.
    const PREFIX: usize = 19;

    pub(crate) fn of(hash: Hash, message: &[u8]) -> Self {
        let mut info = Self::prefix(hash).to_vec();
        hash.of(message, |digest| info.extend_from_slice(digest));
        Self(info)
    }

    pub(crate) fn whole(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn digest(&self) -> &[u8] {
        self.0.get(Self::PREFIX..).unwrap_or_default()
    }

    /// As note 1 of the section lists them.
    const fn prefix(hash: Hash) -> [u8; Self::PREFIX] {
        let (rest, identifier, digest) = match hash {
            Hash::Sha256 => (0x31, 0x01, 0x20),
            Hash::Sha384 => (0x41, 0x02, 0x30),
            Hash::Sha512 => (0x51, 0x03, 0x40),
        };
        [
            0x30, rest, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            identifier, 0x05, 0x00, 0x04, digest,
        ]
    }
}

/// The SHA-256 of `bytes`.
#[must_use]
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut state = Sha256::new();
    state.update(bytes);
    state.finish()
}
