//! Numbers: their grammar, and that a double holds them.

use super::scan::{Fault, byte, fault};

/// The most digits of a whole number that no double is too small for.
const SAFE_DIGITS: usize = 308;

#[inline]
pub(super) fn number_end(text: &[u8], start: usize) -> Result<usize, Fault> {
    let mut at = start + usize::from(byte(text, start) == b'-');
    at = match byte(text, at) {
        b'0' => at + 1,
        _ => digits_end(text, at)?,
    };
    let is_long = at - start > SAFE_DIGITS;
    if byte(text, at) == b'.' {
        at = digits_end(text, at + 1)?;
    }
    let has_exponent = matches!(byte(text, at), b'e' | b'E');
    if has_exponent {
        at += 1;
        at += usize::from(matches!(byte(text, at), b'+' | b'-'));
        at = digits_end(text, at)?;
    }
    match is_long || has_exponent {
        true => in_range(text, start, at),
        false => Ok(at),
    }
}

/// Refuses a number beyond the largest double: what reads the claims later would
/// make of it an infinity here and an error there (RFC 8259 section 6).
#[cold]
fn in_range(text: &[u8], start: usize, end: usize) -> Result<usize, Fault> {
    let number = text
        .get(start..end)
        .and_then(|number| str::from_utf8(number).ok());
    match number.map(str::parse::<f64>) {
        Some(Ok(number)) if number.is_finite() => Ok(end),
        _ => Err(fault("a number is out of range", start)),
    }
}

/// Passes over one digit or more.
#[inline]
fn digits_end(text: &[u8], mut at: usize) -> Result<usize, Fault> {
    if !byte(text, at).is_ascii_digit() {
        return Err(fault("a digit was expected in a JSON number", at));
    }
    while byte(text, at).is_ascii_digit() {
        at += 1;
    }
    Ok(at)
}
