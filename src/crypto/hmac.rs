//! HMAC (RFC 2104) over hash states that already hold the key.
//!
//! The construction is spelt out here rather than left to the back end's
//! `HMAC_CTX`: two plain states are copied per call, where a context would be
//! allocated and copied through EVP. It is the fastest way on either back end,
//! allocates nothing and needs no unsafe code.

use openssl::sha::{Sha256, Sha384, Sha512};
use zeroize::{Zeroize, Zeroizing};

use super::digest::Hash;

/// A secret, ready to be used with one hash. Wiped when dropped.
pub(crate) struct Secret {
    bytes: Zeroizing<Vec<u8>>,
    keyed: Keyed,
}

/// The inner and the outer state, each having taken in its padded key.
///
/// Boxed, so that what is wiped is the only copy that outlives a call.
enum Keyed {
    Sha256(Box<(Sha256, Sha256)>),
    Sha384(Box<(Sha384, Sha384)>),
    Sha512(Box<(Sha512, Sha512)>),
}

const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

/// The key as one block of `N` bytes, each of them combined with `pad`.
fn block<const N: usize>(key: &[u8], pad: u8) -> Zeroizing<[u8; N]> {
    let mut block = Zeroizing::new([pad; N]);
    for (byte, key) in block.iter_mut().zip(key) {
        *byte ^= key;
    }
    block
}

/// Declares one hash: how to key its two states, and how to run them.
macro_rules! keyed {
    ($state:ident, $block:literal, $key:ident, $run:ident) => {
        fn $key(key: &[u8]) -> Box<($state, $state)> {
            let mut states = Box::new(($state::new(), $state::new()));
            let mut digest = Zeroizing::new([0; $block]);
            // A key longer than a block is replaced by its hash.
            let key = if key.len() > $block {
                let mut state = $state::new();
                state.update(key);
                for (byte, hashed) in digest.iter_mut().zip(state.finish()) {
                    *byte = hashed;
                }
                digest.as_slice()
            } else {
                key
            };
            states.0.update(&*block::<$block>(key, INNER));
            states.1.update(&*block::<$block>(key, OUTER));
            states
        }

        fn $run<R>(states: &($state, $state), message: &[u8], then: impl FnOnce(&[u8]) -> R) -> R {
            let mut inner = states.0.clone();
            inner.update(message);
            let mut outer = states.1.clone();
            outer.update(&inner.finish());
            let mut mac = outer.finish();
            let result = then(&mac);
            mac.zeroize();
            result
        }
    };
}

keyed!(Sha256, 64, key_sha256, run_sha256);
keyed!(Sha384, 128, key_sha384, run_sha384);
keyed!(Sha512, 128, key_sha512, run_sha512);

impl Secret {
    /// Prepares `bytes` for HMAC with `hash`; their length is the caller's to judge.
    pub(crate) fn new(hash: Hash, bytes: Zeroizing<Vec<u8>>) -> Self {
        let keyed = match hash {
            Hash::Sha256 => Keyed::Sha256(key_sha256(&bytes)),
            Hash::Sha384 => Keyed::Sha384(key_sha384(&bytes)),
            Hash::Sha512 => Keyed::Sha512(key_sha512(&bytes)),
        };
        Self { bytes, keyed }
    }

    /// The secret itself, for its owner's export.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether `mac` is the message's, compared in constant time.
    pub(crate) fn verify(&self, message: &[u8], mac: &[u8]) -> bool {
        self.run(message, |computed| super::equal(computed, mac))
    }

    /// The message's authentication code.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.run(message, <[u8]>::to_vec)
    }

    fn run<R>(&self, message: &[u8], then: impl FnOnce(&[u8]) -> R) -> R {
        match &self.keyed {
            Keyed::Sha256(states) => run_sha256(states, message, then),
            Keyed::Sha384(states) => run_sha384(states, message, then),
            Keyed::Sha512(states) => run_sha512(states, message, then),
        }
    }
}

impl Drop for Keyed {
    fn drop(&mut self) {
        // A state that has taken in the key is as good as the key. The black
        // box keeps the compiler from leaving the overwriting out.
        match self {
            Self::Sha256(states) => {
                **states = (Sha256::new(), Sha256::new());
                std::hint::black_box(states);
            }
            Self::Sha384(states) => {
                **states = (Sha384::new(), Sha384::new());
                std::hint::black_box(states);
            }
            Self::Sha512(states) => {
                **states = (Sha512::new(), Sha512::new());
                std::hint::black_box(states);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use openssl::hash::MessageDigest;
    use openssl::pkey::PKey;
    use openssl::sign::Signer;

    #[test]
    fn it_is_the_back_ends_hmac_for_keys_of_every_length() {
        let hashes = [
            (Hash::Sha256, MessageDigest::sha256()),
            (Hash::Sha384, MessageDigest::sha384()),
            (Hash::Sha512, MessageDigest::sha512()),
        ];
        for (hash, digest) in hashes {
            for length in [1, 31, 32, 63, 64, 65, 127, 128, 129, 300] {
                let key: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
                let message = vec![7; length * 3];
                let secret = Secret::new(hash, Zeroizing::new(key.clone()));
                let pkey = PKey::hmac(&key).unwrap();
                let mut signer = Signer::new(digest, &pkey).unwrap();
                signer.update(&message).unwrap();
                let expected = signer.sign_to_vec().unwrap();
                assert_eq!(secret.sign(&message), expected, "{hash:?} {length}");
                assert!(secret.verify(&message, &expected));
            }
        }
    }

    #[test]
    fn rfc_4231_case_2_holds() {
        let secret = Secret::new(Hash::Sha256, Zeroizing::new(b"Jefe".to_vec()));
        let mac = secret.sign(b"what do ya want for nothing?");
        let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_mac_of_another_length_is_refused() {
        let secret = Secret::new(Hash::Sha256, Zeroizing::new(vec![1; 32]));
        let mac = secret.sign(b"message");
        let shorter = mac.split_last().unwrap().1;
        let longer = [&mac[..], &[0]].concat();
        for wrong in [&[][..], shorter, &longer] {
            assert!(!secret.verify(b"message", wrong));
        }
        assert!(secret.verify(b"message", &mac));
    }
}
