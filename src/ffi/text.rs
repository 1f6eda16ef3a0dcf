//! Text that jeton makes for its caller.

use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use super::boundary::{Out, preset, wanted};
use crate::error::{Error, ErrorKind, Result};

/// Where new text goes.
pub(super) struct OutText<'a> {
    text: Out<'a, c_char>,
    len: Option<&'a mut MaybeUninit<usize>>,
}

impl<'a> OutText<'a> {
    pub(super) fn new(
        text: Option<&'a mut MaybeUninit<*mut c_char>>,
        len: Option<&'a mut MaybeUninit<usize>>,
    ) -> Self {
        Self {
            text: Out::new(text),
            len: preset(len, 0),
        }
    }

    /// Fails before the work is done where there is no place for its result.
    pub(super) fn check(&self) -> Result<()> {
        wanted(self.is_wanted().then_some(()))
    }

    fn is_wanted(&self) -> bool {
        self.text.is_wanted()
    }

    /// Runs `make` where there is a place for its text, and hands the text over.
    pub(super) fn fill<T: AsRef<[u8]>>(self, make: impl FnOnce() -> Result<T>) -> Result<()> {
        let place = self.text.wanted()?;
        let text = make()?;
        place.set_pointer(copied(text.as_ref())?);
        if let Some(len) = self.len {
            len.write(text.as_ref().len());
        }
        Ok(())
    }

    /// As [`OutText::fill`], for a text that the caller may not want.
    pub(super) fn fill_if_wanted(self, make: impl FnOnce() -> Result<String>) -> Result<()> {
        if self.is_wanted() {
            self.fill(make)
        } else {
            make().map(drop)
        }
    }
}

/// A copy of `text` with a NUL behind it, for [`jeton_string_free`].
fn copied(text: &[u8]) -> Result<*mut c_char> {
    // SAFETY: any size may be asked for; the answer is checked.
    let copy = unsafe { libc::malloc(text.len() + 1) }.cast::<u8>();
    if copy.is_null() {
        return Err(Error::new(ErrorKind::Internal, "out of memory"));
    }
    // SAFETY: `copy` has room for the text and the NUL, and is new.
    unsafe {
        ptr::copy_nonoverlapping(text.as_ptr(), copy, text.len());
        copy.add(text.len()).write(0);
    }
    Ok(copy.cast())
}

/// Frees text that a function of this library made. NULL is fine.
///
/// Not for what an object lends: that lives and goes with its object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_string_free(text: *mut c_char) {
    // SAFETY: NULL, or from `copied`, by the header's contract.
    unsafe { libc::free(text.cast::<c_void>()) }
}
