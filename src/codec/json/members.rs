//! The outermost members of a checked object: where each stands, and how one is
//! found by its name.

use std::cmp::Ordering;
use std::ops::Deref;

use smallvec::SmallVec;

use super::raw::{Raw, unescaped};
use super::scan::after_plain;

/// A member's name: where it stands between its quotes, and the key of what it means.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Name {
    pub(super) key: u64,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Name {
    /// The name as written, escapes and all.
    pub(super) fn written<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }
}

/// Where one of the outermost members stands in its text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Member {
    pub(super) name: Name,
    pub(super) value: (u32, u32),
}

impl Member {
    fn value<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.value.0 as usize..self.value.1 as usize)
            .unwrap_or_default()
    }
}

/// The outermost members of a checked object, in their order. How they are
/// listed differs: noted on the stack, lent, or kept for as long as the text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Members<L = SmallVec<[Member; 32]>> {
    pub(super) list: L,
    /// Whether there is an escape anywhere in the text.
    pub(super) escaped: bool,
}

impl Members {
    pub(crate) fn new() -> Self {
        Self::default()
    }
}

impl<L: Deref<Target = [Member]>> Members<L> {
    pub(crate) fn lent(&self) -> Members<&[Member]> {
        Members {
            list: &self.list,
            escaped: self.escaped,
        }
    }

    pub(crate) fn kept(&self) -> Members<Box<[Member]>> {
        Members {
            list: (*self.list).into(),
            escaped: self.escaped,
        }
    }

    /// Every name, as written, with its value.
    pub(crate) fn iter<'t>(&self, text: &'t str) -> impl Iterator<Item = (&'t str, Raw<'t>)> {
        let value = |member: &Member| Raw::bare(member.value(text), !self.escaped);
        self.list
            .iter()
            .map(move |member| (member.name.written(text), value(member)))
    }

    /// The value of the member `name`.
    #[inline]
    pub(crate) fn get<'t>(&self, text: &'t str, name: &str) -> Option<Raw<'t>> {
        // Inlined for the key: that of a name in the source is a constant.
        self.lent().find(text, name, key(name.as_bytes()))
    }
}

impl Members<&[Member]> {
    fn find<'t>(self, text: &'t str, name: &str, key: u64) -> Option<Raw<'t>> {
        let is_meant = |member: &&Member| {
            let written = member.name.written(text);
            match self.escaped {
                _ if name.len() <= SHORT => true,
                true => same_name(written, name),
                false => written == name,
            }
        };
        let mut alike = self.list.iter().filter(|member| member.name.key == key);
        let member = alike.find(is_meant)?;
        Some(Raw::bare(member.value(text), !self.escaped))
    }
}

/// The longest name that its key holds whole.
pub(super) const SHORT: usize = 7;

/// What a name is found by: a short one's bytes and length, a longer one's hash,
/// where a collision costs a comparison and nothing else.
#[inline]
pub(super) fn key(name: &[u8]) -> u64 {
    let (words, tail) = name.as_chunks();
    let tail = tail
        .iter()
        .rev()
        .fold(0, |tail, byte| tail << 8 | u64::from(*byte));
    if name.len() <= SHORT {
        return short_key(tail, name.len());
    }
    let start = name.len() as u64;
    let hash = words
        .iter()
        .fold(start, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    short_key(mix(hash, tail) >> 8, 0xff)
}

#[inline(always)]
pub(super) fn short_key(bytes: u64, len: usize) -> u64 {
    bytes | (len as u64) << 56
}

/// Takes in one more word of a name.
pub(super) const fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Whether the member name or string `written`, escapes and all, means `name`.
pub(super) fn same_name(written: &str, name: &str) -> bool {
    // What holds an escape is longer than what it means.
    match written.len().cmp(&name.len()) {
        Ordering::Less => false,
        Ordering::Equal => written == name && !has_escape(written),
        Ordering::Greater => unescaped(written).eq(name.chars()),
    }
}

/// Whether a string of a checked text holds an escape; of any other text,
/// whether it must be written with one.
pub(super) fn has_escape(written: &str) -> bool {
    after_plain(written.as_bytes(), 0) < written.len()
}
