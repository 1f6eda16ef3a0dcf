//! Big numbers that wipe themselves, and their bytes.

use openssl::bn::{BigNum, BigNumRef};
use zeroize::Zeroizing;

use super::failed;
use crate::error::Result;

/// A secret number, overwritten when dropped: OpenSSL's own free leaves the digits.
pub(super) struct SecretNumber(BigNum);

impl SecretNumber {
    pub(super) fn new(bytes: &[u8]) -> Result<Self> {
        number(bytes).map(Self)
    }
}

impl std::ops::Deref for SecretNumber {
    type Target = BigNumRef;

    fn deref(&self) -> &BigNumRef {
        &self.0
    }
}

impl Drop for SecretNumber {
    fn drop(&mut self) {
        self.0.clear();
    }
}

/// A public number from its big-endian bytes.
pub(super) fn number(bytes: &[u8]) -> Result<BigNum> {
    BigNum::from_slice(bytes).map_err(|_| failed())
}

/// The big-endian bytes of a public number, `length` of them.
pub(super) fn padded(number: &BigNumRef, length: usize) -> Result<Vec<u8>> {
    let length = i32::try_from(length).map_err(|_| failed())?;
    number.to_vec_padded(length).map_err(|_| failed())
}

/// The same of a secret one.
pub(super) fn secret_padded(number: &BigNumRef, length: usize) -> Result<Zeroizing<Vec<u8>>> {
    padded(number, length).map(Zeroizing::new)
}
