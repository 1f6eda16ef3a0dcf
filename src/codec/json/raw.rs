//! A value inside a checked JSON text, read where it stands.

use std::borrow::Cow;

use super::members::{has_escape, same_name};
use super::scan::kind_of;

/// The type of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Boolean,
    Null,
    Array,
    Object,
}

/// The text of one value, without space around it. Only made from checked text,
/// so reading it needs no second check.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw<'t> {
    text: &'t str,
    /// Whether it is known to hold no escape.
    plain: bool,
}

impl<'t> Raw<'t> {
    /// `text` is one whole value out of a text that the scanner has passed.
    pub(crate) fn checked(text: &'t str) -> Self {
        Self::bare(text.trim_ascii(), false)
    }

    /// The same, of a value without space around it.
    pub(super) fn bare(text: &'t str, plain: bool) -> Self {
        Self { text, plain }
    }

    /// The value as written.
    pub(crate) fn text(self) -> &'t str {
        self.text
    }

    pub(crate) fn kind(self) -> Kind {
        kind_of(self.text.bytes().next().unwrap_or(0))
    }

    /// What stands between the quotes of a string, escapes and all.
    pub(crate) fn quoted(self) -> Option<&'t str> {
        self.text.strip_prefix('"')?.strip_suffix('"')
    }

    /// The value of a string, where it is written without escapes.
    pub(crate) fn plain(self) -> Option<&'t str> {
        self.quoted()
            .filter(|written| self.plain || !has_escape(written))
    }

    /// The value of a string. Borrowed unless it holds escapes.
    pub(crate) fn string(self) -> Option<Cow<'t, str>> {
        self.plain()
            .map(Cow::Borrowed)
            .or_else(|| self.quoted().map(super::unescape))
    }

    /// Whether this is the string `text`.
    pub(crate) fn is_string(self, text: &str) -> bool {
        match self.plain() {
            Some(plain) => plain == text,
            None => self
                .quoted()
                .is_some_and(|written| same_name(written, text)),
        }
    }

    pub(crate) fn boolean(self) -> Option<bool> {
        match self.text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// A number as written: no fraction, no exponent, within 64 bits.
    pub(crate) fn integer(self) -> Option<i64> {
        match self.kind() {
            Kind::Number => self.text.parse().ok(),
            Kind::Text | Kind::Boolean | Kind::Null | Kind::Array | Kind::Object => None,
        }
    }

    /// A number, as the nearest double.
    pub(crate) fn number(self) -> Option<f64> {
        match self.kind() {
            Kind::Number => self.text.parse().ok(),
            Kind::Text | Kind::Boolean | Kind::Null | Kind::Array | Kind::Object => None,
        }
    }

    /// The elements of an array; none for anything else.
    pub(crate) fn items(self) -> impl Iterator<Item = Raw<'t>> {
        let inside = match self.kind() {
            Kind::Array => self.inside(),
            Kind::Text | Kind::Number | Kind::Boolean | Kind::Null | Kind::Object => "",
        };
        Parts(inside).map(Raw::checked)
    }

    /// The members of an object, names as written; none for anything else.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'t str, Raw<'t>)> {
        let inside = match self.kind() {
            Kind::Object => self.inside(),
            Kind::Text | Kind::Number | Kind::Boolean | Kind::Null | Kind::Array => "",
        };
        Parts(inside).filter_map(|member| {
            let member = member.trim_ascii_start();
            let (name, rest) = member.split_at_checked(string_len(member))?;
            let value = rest.trim_ascii_start().strip_prefix(':')?;
            Some((Raw::bare(name, false).quoted()?, Raw::checked(value)))
        })
    }

    /// The value of the member `name` of an object.
    pub(crate) fn get(self, name: &str) -> Option<Raw<'t>> {
        self.members()
            .find(|(written, _)| same_name(written, name))
            .map(|(_, value)| value)
    }

    /// What an RFC 6901 pointer (`/a/0/b`) leads to.
    pub(crate) fn pointed(self, pointer: &str) -> Option<Raw<'t>> {
        let Some(steps) = pointer.strip_prefix('/') else {
            return pointer.is_empty().then_some(self);
        };
        steps.split('/').try_fold(self, |value, step| {
            let step = step.replace("~1", "/").replace("~0", "~");
            match value.kind() {
                Kind::Object => value.get(&step),
                Kind::Array => value.items().nth(array_index(&step)?),
                Kind::Text | Kind::Number | Kind::Boolean | Kind::Null => None,
            }
        })
    }

    fn inside(self) -> &'t str {
        self.text
            .get(1..self.text.len().saturating_sub(1))
            .unwrap_or_default()
    }
}

/// RFC 6901 section 4: digits without a leading zero.
fn array_index(step: &str) -> Option<usize> {
    let plain = step == "0" || !step.starts_with(['0', '+']);
    plain.then(|| step.parse().ok()).flatten()
}

/// The parts of a checked array or object, cut at its own commas.
struct Parts<'t>(&'t str);

impl<'t> Iterator for Parts<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        if self.0.trim_ascii_start().is_empty() {
            return None;
        }
        let mut depth = 0_usize;
        let mut at = 0;
        loop {
            let rest = self.0.get(at..).unwrap_or_default();
            match rest.bytes().next() {
                Some(b'"') => at += string_len(rest),
                Some(b',') if depth == 0 => break,
                None => break,
                Some(byte) => {
                    match byte {
                        b'[' | b'{' => depth += 1,
                        b']' | b'}' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    at += 1;
                }
            }
        }
        let part = self.0.get(..at)?;
        self.0 = self.0.get(at + 1..).unwrap_or_default();
        Some(part)
    }
}

/// The length of the string that `text` begins with, quotes included.
pub(super) fn string_len(text: &str) -> usize {
    let mut escaped = false;
    text.bytes()
        .skip(1)
        .position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })
        .map_or(text.len(), |end| end + 2)
}

/// Strings unescaped, each with the place of what stands between its quotes, in
/// the order of their places.
pub(crate) type EscapedStrings = Box<[(usize, Box<str>)]>;

/// Every string of a checked text that holds escapes.
pub(crate) fn escaped_strings(text: &str) -> EscapedStrings {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(quote) = text.get(at..).and_then(|rest| rest.find('"')) {
        let start = at + quote;
        let string = text.get(start..).unwrap_or_default();
        let length = string_len(string);
        let written = string.get(1..length - 1).unwrap_or_default();
        if written.contains('\\') {
            found.push((start + 1, unescaped(written).collect()));
        }
        at = start + length;
    }
    found.into_boxed_slice()
}

/// The characters that a checked string means.
pub(super) fn unescaped(written: &str) -> impl Iterator<Item = char> {
    let mut rest = written.chars();
    std::iter::from_fn(move || {
        let character = rest.next()?;
        if character != '\\' {
            return Some(character);
        }
        Some(match rest.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let mut unit =
                    || (0..4).try_fold(0, |unit, _| Some(unit * 16 + rest.next()?.to_digit(16)?));
                let first = unit()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(first);
                }
                rest.next();
                rest.next();
                let mut unit =
                    || (0..4).try_fold(0, |unit, _| Some(unit * 16 + rest.next()?.to_digit(16)?));
                let second: u32 = unit()?;
                return char::from_u32(
                    0x1_0000 + ((first - 0xd800) << 10) + second.checked_sub(0xdc00)?,
                );
            }
            same => same,
        })
    })
}
