//! What every exported function does: read C's arguments, keep panics in, and
//! turn an outcome into a status and an error object.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use super::error::jeton_error;
use super::status::jeton_status;
use crate::error::{Error, ErrorKind, Result};

/// Runs `body`, and turns what it came to into a status and an error object.
///
/// A panic becomes `JETON_INTERNAL`: a bug here must not take the host down, and
/// since every handle is immutable or swapped whole, none is left half changed.
pub(super) fn guard(
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
    body: impl FnOnce() -> Result<()>,
) -> jeton_status {
    let outcome = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
        // Only a text is sure to drop without a second panic; the rest is leaked.
        if !payload.is::<&str>() && !payload.is::<String>() {
            std::mem::forget(payload);
        }
        Err(Error::new(
            ErrorKind::Internal,
            "jeton panicked; please report it",
        ))
    });
    let status = status_of(&outcome);
    if let Some(slot) = error {
        slot.write(outcome.err().map_or(ptr::null_mut(), jeton_error::boxed));
    }
    status
}

/// The status of an outcome.
pub(super) fn status_of<T>(outcome: &Result<T>) -> jeton_status {
    outcome
        .as_ref()
        .map_or_else(|cause| cause.kind().into(), |_| jeton_status::JETON_OK)
}

/// Runs a getter; `fallback` is its answer should it panic.
pub(super) fn shield<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
        if !payload.is::<&str>() && !payload.is::<String>() {
            std::mem::forget(payload);
        }
        fallback
    })
}

/// Writes to a place before the work begins: what a failed call leaves there.
pub(super) fn preset<T>(
    mut slot: Option<&mut MaybeUninit<T>>,
    value: T,
) -> Option<&mut MaybeUninit<T>> {
    if let Some(slot) = &mut slot {
        slot.write(value);
    }
    slot
}

/// Where a result goes: NULL until [`Out::set`], so that a failed call leaves NULL.
pub(super) struct Out<'a, T>(Option<&'a mut MaybeUninit<*mut T>>);

impl<'a, T> Out<'a, T> {
    pub(super) fn new(slot: Option<&'a mut MaybeUninit<*mut T>>) -> Self {
        Self(preset(slot, ptr::null_mut()))
    }

    /// Whether the caller gave a place for the result.
    pub(super) fn is_wanted(&self) -> bool {
        self.0.is_some()
    }

    /// Fails before the work is done where there is no place for its result.
    pub(super) fn wanted(self) -> Result<Wanted<'a, T>> {
        wanted(self.0).map(Wanted)
    }
}

/// The place for a result that nobody calls without wanting it.
pub(super) fn wanted<T>(slot: Option<T>) -> Result<T> {
    slot.ok_or_else(|| Error::new(ErrorKind::Misuse, "the place for the result is NULL"))
}

/// A place for a result that is there.
pub(super) struct Wanted<'a, T>(&'a mut MaybeUninit<*mut T>);

impl<T> Wanted<'_, T> {
    pub(super) fn set(self, value: T) {
        self.0.write(Box::into_raw(Box::new(value)));
    }

    pub(super) fn set_pointer(self, pointer: *mut T) {
        self.0.write(pointer);
    }
}

/// A handle that must be given.
pub(super) fn given<'a, T>(name: &'static str, handle: Option<&'a T>) -> Result<&'a T> {
    handle.ok_or_else(|| Error::new(ErrorKind::Misuse, format!("{name} is NULL")))
}

/// The bytes at `data`, which may be NULL only when there are none.
///
/// # Safety
///
/// `data` points to `len` readable bytes that outlive `'a`.
pub(super) unsafe fn bytes<'a>(
    name: &'static str,
    data: *const c_char,
    len: usize,
) -> Result<&'a [u8]> {
    if data.is_null() {
        return match len {
            0 => Ok(&[]),
            _ => Err(Error::new(ErrorKind::Misuse, format!("{name} is NULL"))),
        };
    }
    if isize::try_from(len).is_err() {
        return Err(Error::new(ErrorKind::Misuse, format!("{name} is too long")));
    }
    // SAFETY: not NULL, not over isize::MAX, and readable by this function's contract.
    Ok(unsafe { std::slice::from_raw_parts(data.cast::<u8>(), len) })
}

/// The text at `data`, which may be NULL only when it is empty.
///
/// # Safety
///
/// As for [`bytes`].
pub(super) unsafe fn text<'a>(
    name: &'static str,
    data: *const c_char,
    len: usize,
) -> Result<&'a str> {
    // SAFETY: this function's contract is the same.
    let bytes = unsafe { bytes(name, data, len) }?;
    str::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Misuse, format!("{name} isn't UTF-8")))
}

/// Lends `text`: its length goes to `len`, its place is returned.
pub(super) fn lend(text: Option<&str>, len: Option<&mut MaybeUninit<usize>>) -> *const c_char {
    if let Some(len) = len {
        len.write(text.map_or(0, str::len));
    }
    text.map_or(ptr::null(), |text| text.as_ptr().cast())
}

/// The claim's or field's name at `data`; none for what can't be one.
///
/// # Safety
///
/// As for [`bytes`].
pub(super) unsafe fn name<'a>(data: *const c_char, len: usize) -> Option<&'a str> {
    // SAFETY: this function's contract is the same.
    unsafe { text("name", data, len) }.ok()
}
