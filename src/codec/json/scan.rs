//! The one pass over a JSON text: grammar, UTF-8, repeated names, depth.

use smallvec::SmallVec;

use super::members::{Member, Members, Name, SHORT, key, mix, short_key};
use super::number::number_end;
use super::raw::{Kind, unescaped};

/// The deepest nesting that a caller may ask for.
pub(crate) const DEEPEST: usize = 64;

/// What is wrong with a text, and where. Costs no allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) what: &'static str,
    pub(crate) at: usize,
}

pub(crate) const TOO_DEEP: &str = "JSON is nested too deep";
const REPEATED: &str = "a JSON member name is repeated";

impl Fault {
    /// The name that is repeated, where that is the fault.
    pub(super) fn name(self, text: &[u8]) -> Option<&str> {
        let text = str::from_utf8(text.get(self.at..)?).ok()?;
        let inner = (self.what == REPEATED).then_some(text)?.strip_prefix('"')?;
        inner.get(..inner.find('"')?)
    }
}

/// Checks `text`, notes its outermost members, and returns it as a `str`.
///
/// `members` stays empty where the text isn't an object.
pub(crate) fn check<'t>(
    text: &'t [u8],
    depth: usize,
    members: &mut Members,
) -> Result<&'t str, Fault> {
    let whole =
        str::from_utf8(text).map_err(|error| fault("JSON isn't UTF-8", error.valid_up_to()))?;
    if u32::try_from(text.len()).is_err() {
        return Err(fault("JSON is over 4 GiB", 0));
    }
    let mut scan = Scan {
        text: whole,
        depth: depth.min(DEEPEST),
        open: 0,
        objects: 0,
        first_names: [0; DEEPEST],
        names: SmallVec::new(),
        members,
    };
    scan.run().map(|()| whole)
}

struct Scan<'t, 'm> {
    text: &'t str,
    depth: usize,
    /// How many arrays and objects are open.
    open: usize,
    /// Which of those are objects: a bit each, the innermost lowest.
    objects: u64,
    /// Where the names of each begin among those noted.
    first_names: [u32; DEEPEST],
    /// The names so far of all objects that are open, but for the outermost.
    names: SmallVec<[Name; 64]>,
    members: &'m mut Members,
}

impl Scan<'_, '_> {
    // How far the scan has come is handed from one function to the next by
    // value, so that it stays in a register: this loop runs for every token.
    fn run(&mut self) -> Result<(), Fault> {
        let text = self.text.as_bytes();
        let mut member = Member::default();
        let mut at = 0;
        // Each turn begins with a value: an object's has its name before it.
        loop {
            at = after_space(text, at);
            if self.in_object() {
                let (name, next) = self.name(at)?;
                at = next;
                match self.open {
                    1 => member.name = name,
                    _ => self.names.push(name),
                }
            }
            if self.open == 1 {
                member.value.0 = at as u32;
            }
            at = match byte(text, at) {
                b'"' => {
                    let (end, escaped) = string_end(text, at + 1)?;
                    self.members.escaped |= escaped;
                    end + 1
                }
                b'-' | b'0'..=b'9' => number_end(text, at)?,
                b't' => word_end(text, at, b"true")?,
                b'f' => word_end(text, at, b"false")?,
                b'n' => word_end(text, at, b"null")?,
                open @ (b'{' | b'[') => {
                    self.enter(open == b'{', at)?;
                    at = after_space(text, at + 1);
                    if byte(text, at) != open + 2 {
                        continue;
                    }
                    self.leave()?;
                    at + 1
                }
                _ => return Err(fault("a JSON value was expected", at)),
            };
            // Its end may be the end of what it stands in, and so on outwards.
            loop {
                if self.open == 1 && self.in_object() {
                    member.value.1 = at as u32;
                    self.members.list.push(member);
                }
                at = after_space(text, at);
                if self.open == 0 {
                    return match at == text.len() {
                        true => Ok(()),
                        false => Err(fault("something follows the JSON value", at)),
                    };
                }
                match (byte(text, at), self.in_object()) {
                    (b',', _) => break,
                    (b'}', true) | (b']', false) => self.leave()?,
                    _ => {
                        let what = "a comma or a closing bracket was expected in JSON";
                        return Err(fault(what, at));
                    }
                }
                at += 1;
            }
            at += 1;
        }
    }

    /// Whether the innermost of what is open is an object.
    #[inline]
    fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    fn enter(&mut self, object: bool, at: usize) -> Result<(), Fault> {
        if self.open >= self.depth {
            return Err(fault(TOO_DEEP, at));
        }
        if let Some(first) = self.first_names.get_mut(self.open) {
            *first = self.names.len() as u32;
        }
        self.objects = self.objects << 1 | u64::from(object);
        self.open += 1;
        Ok(())
    }

    fn leave(&mut self) -> Result<(), Fault> {
        self.open -= 1;
        if self.in_object() {
            let first = self.first_names.get(self.open).copied().unwrap_or(0) as usize;
            let twice = if self.open == 0 {
                repeated(
                    self.text,
                    self.members.list.iter().map(|member| member.name),
                )
            } else {
                let names = self.names.get(first..).unwrap_or_default();
                repeated(self.text, names.iter().copied())
            };
            if let Some(at) = twice {
                return Err(fault(REPEATED, at));
            }
            self.names.truncate(first);
        }
        self.objects >>= 1;
        Ok(())
    }

    /// The name of a member, by what it means and not by how it's written, and
    /// where its value begins.
    #[inline(always)]
    fn name(&mut self, at: usize) -> Result<(Name, usize), Fault> {
        let text = self.text.as_bytes();
        if byte(text, at) != b'"' {
            return Err(fault("a JSON member name was expected", at));
        }
        let start = at + 1;
        // Most names end within a word, and so are short.
        let (plain, first) =
            word(text, start).map_or((8, 0), |word| (first_byte(stops(word)), word));
        let (key, end) = if plain <= SHORT && byte(text, start + plain) == b'"' {
            let rest = u64::MAX << (8 * plain);
            (short_key(first & !rest, plain), start + plain)
        } else {
            self.long_name(start)?
        };
        let name = Name {
            key,
            start: start as u32, // check() refuses texts that don't fit.
            end: end as u32,
        };
        let at = after_space(text, end + 1);
        if byte(text, at) != b':' {
            return Err(fault("a colon was expected in JSON", at));
        }
        Ok((name, after_space(text, at + 1)))
    }

    /// The key and the end of a name that is long or holds escapes.
    #[inline(never)]
    fn long_name(&mut self, start: usize) -> Result<(u64, usize), Fault> {
        let (end, escaped) = string_end(self.text.as_bytes(), start)?;
        let written = self.text.get(start..end).unwrap_or_default();
        if !escaped {
            return Ok((key(written.as_bytes()), end));
        }
        self.members.escaped = true;
        let mut buffer = [0; 4];
        let mut meant = SmallVec::<[u8; 256]>::new();
        for character in unescaped(written) {
            meant.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
        }
        Ok((key(&meant), end))
    }
}

/// Where the later of two equal names begins, if there are two.
fn repeated(text: &str, names: impl Iterator<Item = Name> + Clone) -> Option<usize> {
    // A filter in which each name is noted at three places: where few are, each
    // mostly has a place of its own, and no two can be equal.
    let (mut seen, mut alike) = ([0_u64; 3], false);
    for name in names.clone() {
        let mixed = mix(0, name.key) >> 32;
        let mut is_new = false;
        for (part, seen) in seen.iter_mut().enumerate() {
            let bit = 1 << (mixed >> (6 * part) & 63);
            is_new |= *seen & bit == 0;
            *seen |= bit;
        }
        alike |= !is_new;
    }
    if !alike {
        return None;
    }
    // By what they mean where keys are equal, which has no secret: an object
    // made of collisions must not cost a square.
    let meaning = |name: &Name| unescaped(name.written(text));
    let mut sorted: SmallVec<[Name; 64]> = names.collect();
    sorted.sort_unstable_by(|one, other| {
        let by_key = one.key.cmp(&other.key);
        by_key.then_with(|| meaning(one).cmp(meaning(other)))
    });
    sorted.windows(2).find_map(|pair| match pair {
        [one, other] if one.key == other.key && meaning(one).eq(meaning(other)) => {
            Some(one.start.max(other.start) as usize - 1)
        }
        _ => None,
    })
}

pub(super) fn fault(what: &'static str, at: usize) -> Fault {
    Fault { what, at }
}

/// The byte here; 0 at the end, which no JSON text holds outside a fault.
#[inline(always)]
pub(super) fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

#[inline(always)]
fn after_space(text: &[u8], mut at: usize) -> usize {
    while matches!(byte(text, at), b' ' | b'\t' | b'\n' | b'\r') {
        at += 1;
    }
    at
}

/// Where a string's closing quote stands, and whether it holds escapes. `at` is
/// behind the opening one.
#[inline(always)]
fn string_end(text: &[u8], at: usize) -> Result<(usize, bool), Fault> {
    let at = after_plain(text, at);
    if byte(text, at) == b'"' {
        return Ok((at, false));
    }
    escaped_end(text, at).map(|at| (at, true))
}

/// The same from a string's first escape on.
#[inline(never)]
fn escaped_end(text: &[u8], mut at: usize) -> Result<usize, Fault> {
    loop {
        at = match byte(text, at) {
            b'"' => return Ok(at),
            b'\\' => escape_end(text, at + 1)?,
            _ if at >= text.len() => return Err(fault("a JSON string doesn't end", at)),
            _ => return Err(fault("a control character in a JSON string", at)),
        };
        at = after_plain(text, at);
    }
}

/// Passes over what needs no second look: no quote, backslash or control.
#[inline(always)]
pub(super) fn after_plain(text: &[u8], mut at: usize) -> usize {
    while let Some(word) = word(text, at) {
        let stops = stops(word);
        if stops != 0 {
            return at + first_byte(stops);
        }
        at += 8;
    }
    let plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..=0x1f);
    while text.get(at).is_some_and(plain) {
        at += 1;
    }
    at
}

/// The eight bytes from `at` on, the first of them lowest.
#[inline(always)]
fn word(text: &[u8], at: usize) -> Option<u64> {
    let bytes = text.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*bytes))
}

/// Flags the first of a word's bytes that is a quote, a backslash or a control,
/// and maybe some behind it; 0 where none is.
#[inline(always)]
fn stops(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    // A quote or a control is below 0x21 once its second bit is turned over.
    // The borrow of a byte that is flagged spoils those above it alone.
    let quote_or_control = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
    (quote_or_control | backslash) & !word & (ONES << 7)
}

/// Which byte is the first that is flagged; 8 where none is.
#[inline(always)]
fn first_byte(flags: u64) -> usize {
    (flags.trailing_zeros() / 8) as usize
}

/// Passes over an escape, from behind its backslash.
fn escape_end(text: &[u8], at: usize) -> Result<usize, Fault> {
    let lone = |at| Err(fault("a lone surrogate in a JSON string", at));
    match byte(text, at) {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(at + 1),
        b'u' => {
            let (unit, next) = four_digits(text, at + 1)?;
            let paired = byte(text, next) == b'\\' && byte(text, next + 1) == b'u';
            match unit {
                0xd800..=0xdbff if paired => match four_digits(text, next + 2)? {
                    (0xdc00..=0xdfff, end) => Ok(end),
                    _ => lone(next),
                },
                0xd800..=0xdfff => lone(next),
                _ => Ok(next),
            }
        }
        _ => Err(fault("an unknown escape in a JSON string", at)),
    }
}

fn four_digits(text: &[u8], at: usize) -> Result<(u32, usize), Fault> {
    let digits = text.get(at..).and_then(<[u8]>::first_chunk::<4>);
    let value = digits.and_then(|digits| {
        digits.iter().try_fold(0, |value, digit| {
            Some(value * 16 + char::from(*digit).to_digit(16)?)
        })
    });
    let what = "four hexadecimal digits were expected in a JSON string";
    value
        .map(|value| (value, at + 4))
        .ok_or_else(|| fault(what, at))
}

fn word_end(text: &[u8], at: usize, word: &[u8]) -> Result<usize, Fault> {
    match text.get(at..).is_some_and(|rest| rest.starts_with(word)) {
        true => Ok(at + word.len()),
        false => Err(fault("a JSON value was expected", at)),
    }
}

/// The kind of the value that begins with `byte`.
pub(super) fn kind_of(byte: u8) -> Kind {
    match byte {
        b'"' => Kind::Text,
        b'{' => Kind::Object,
        b'[' => Kind::Array,
        b't' | b'f' => Kind::Boolean,
        b'n' => Kind::Null,
        _ => Kind::Number,
    }
}
