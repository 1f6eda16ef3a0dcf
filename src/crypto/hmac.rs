//! HMAC (RFC 2104) with keys that are prepared once.

use zeroize::Zeroizing;

use super::digest::Hash;
use super::raw::Keyed;
use crate::error::Result;

/// A secret, ready to be used with one hash. Wiped when dropped.
pub(crate) struct Secret {
    bytes: Zeroizing<Vec<u8>>,
    keyed: Keyed,
}

impl Secret {
    /// Prepares `bytes` for HMAC with `hash`; their length is the caller's to judge.
    pub(crate) fn new(hash: Hash, bytes: Zeroizing<Vec<u8>>) -> Result<Self> {
        let keyed = Keyed::new(hash, &bytes)?;
        Ok(Self { bytes, keyed })
    }

    /// The secret itself, for its owner's export.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether `mac` is the message's, compared in constant time.
    pub(crate) fn verify(&self, message: &[u8], mac: &[u8]) -> bool {
        self.keyed
            .run(message, |computed| super::equal(computed, mac))
            .unwrap_or(false)
    }

    /// The message's authentication code.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        self.keyed.run(message, <[u8]>::to_vec)
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
                let secret = Secret::new(hash, Zeroizing::new(key.clone())).unwrap();
                let pkey = PKey::hmac(&key).unwrap();
                let mut signer = Signer::new(digest, &pkey).unwrap();
                signer.update(&message).unwrap();
                let expected = signer.sign_to_vec().unwrap();
                assert_eq!(
                    secret.sign(&message).unwrap(),
                    expected,
                    "{hash:?} {length}"
                );
                assert!(secret.verify(&message, &expected));
            }
        }
    }

    #[test]
    fn rfc_4231_case_2_holds() {
        let secret = Secret::new(Hash::Sha256, Zeroizing::new(b"Jefe".to_vec())).unwrap();
        let mac = secret.sign(b"what do ya want for nothing?").unwrap();
        let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_mac_of_another_length_is_refused() {
        let secret = Secret::new(Hash::Sha256, Zeroizing::new(vec![1; 32])).unwrap();
        let mac = secret.sign(b"message").unwrap();
        let shorter = mac.split_last().unwrap().1;
        let longer = [&mac[..], &[0]].concat();
        for wrong in [&[][..], shorter, &longer] {
            assert!(!secret.verify(b"message", wrong));
        }
        assert!(secret.verify(b"message", &mac));
    }
}
