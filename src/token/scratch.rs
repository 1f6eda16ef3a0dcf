//! Decoding without allocation: a token's parts go into buffers on the stack,
//! since most hostile tokens end before anything of them is kept.

use std::mem::MaybeUninit;

use crate::codec::{base64url, compact};
use crate::error::Result;

/// A buffer for one decoded part, not yet written to.
pub(super) struct Scratch<const N: usize>([MaybeUninit<u8>; N]);

impl<const N: usize> Scratch<N> {
    pub(super) const fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; N])
    }

    /// Decodes a part, whose spelling is checked even where it is too long.
    pub(super) fn decode(&mut self, part: &[u8]) -> Result<&[u8]> {
        if !self.holds(part) {
            compact::check_spelling(part)?;
        }
        base64url::decode_into(part, &mut self.0)
    }

    /// Whether there is room for a part.
    pub(super) fn holds(&self, part: &[u8]) -> bool {
        base64url::decoded_len(part.len()) <= N
    }
}
