//! The one pass over a JSON text: grammar, UTF-8, repeated names, depth.

use smallvec::SmallVec;

use super::raw::{Kind, Raw, unescaped};

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

/// Where one of the outermost members stands in its text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    /// Between the quotes, escapes and all.
    name: (u32, u32),
    value: (u32, u32),
}

impl Member {
    fn name<'t>(&self, text: &'t str) -> Option<&'t str> {
        text.get(self.name.0 as usize..self.name.1 as usize)
    }

    fn value<'t>(&self, text: &'t str) -> Option<Raw<'t>> {
        text.get(self.value.0 as usize..self.value.1 as usize)
            .map(Raw::checked)
    }
}

/// The outermost members of a checked object, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    list: SmallVec<[Member; 32]>,
    /// Whether a name among them is written with escapes.
    escaped: bool,
}

impl Members {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Every name, as written, with its value.
    pub(crate) fn iter<'t>(&self, text: &'t str) -> impl Iterator<Item = (&'t str, Raw<'t>)> {
        self.list
            .iter()
            .filter_map(move |member| Some((member.name(text)?, member.value(text)?)))
    }

    /// The value of the member `name`.
    pub(crate) fn get<'t>(&self, text: &'t str, name: &str) -> Option<Raw<'t>> {
        let found = if self.escaped {
            self.list.iter().find(|member| {
                member
                    .name(text)
                    .is_some_and(|written| same_name(written, name))
            })
        } else {
            self.list.iter().find(|member| {
                (member.name.1 - member.name.0) as usize == name.len()
                    && member.name(text) == Some(name)
            })
        };
        found?.value(text)
    }
}

/// Whether the member name `written`, escapes and all, means `name`.
pub(super) fn same_name(written: &str, name: &str) -> bool {
    if written.contains('\\') {
        unescaped(written).eq(name.chars())
    } else {
        written == name
    }
}

/// One open array or object.
#[derive(Clone, Copy, Default)]
struct Level {
    object: bool,
    /// The first of its names among those noted.
    first_name: u32,
}

/// A name seen in a level that is still open, as a hash and a place.
#[derive(Clone, Copy)]
struct Name {
    hash: u64,
    start: u32,
    end: u32,
}

impl Name {
    /// Its characters, however they are written.
    fn meant<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = char> + use<'t> {
        let written = text.get(self.start as usize..self.end as usize);
        unescaped(
            written
                .and_then(|name| str::from_utf8(name).ok())
                .unwrap_or_default(),
        )
    }
}

/// A string that was passed over: what stands between its quotes.
#[derive(Clone, Copy)]
struct Quoted {
    start: u32,
    end: u32,
    escaped: bool,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    ValueOrEnd,
    Name,
    NameOrEnd,
    CommaOrEnd,
}

/// Checks `text`, notes its outermost members, and returns it as a `str`.
///
/// `members` stays empty where the text isn't an object.
pub(crate) fn check<'t>(
    text: &'t [u8],
    depth: usize,
    members: &mut Members,
) -> std::result::Result<&'t str, Fault> {
    let whole = str::from_utf8(text).map_err(|error| Fault {
        what: "JSON isn't UTF-8",
        at: error.valid_up_to(),
    })?;
    if u32::try_from(text.len()).is_err() {
        return Err(Fault {
            what: "JSON is over 4 GiB",
            at: 0,
        });
    }
    Scan {
        text,
        at: 0,
        depth: depth.min(DEEPEST),
        open: 0,
        levels: [Level::default(); DEEPEST],
        names: SmallVec::new(),
    }
    .run(members)?;
    Ok(whole)
}

struct Scan<'t> {
    text: &'t [u8],
    at: usize,
    depth: usize,
    open: usize,
    levels: [Level; DEEPEST],
    names: SmallVec<[Name; 64]>,
}

type Step = std::result::Result<(), Fault>;

impl Scan<'_> {
    fn run(&mut self, members: &mut Members) -> Step {
        let mut next = Next::Value;
        let mut member = Member {
            name: (0, 0),
            value: (0, 0),
        };
        loop {
            self.skip_space();
            let byte = self.peek();
            match next {
                Next::Value | Next::ValueOrEnd => {
                    if self.open == 1 {
                        member.value.0 = self.place();
                    }
                    match byte {
                        b'{' => {
                            self.enter(true)?;
                            next = Next::NameOrEnd;
                            continue;
                        }
                        b'[' => {
                            self.enter(false)?;
                            next = Next::ValueOrEnd;
                            continue;
                        }
                        b']' if next == Next::ValueOrEnd => self.leave()?,
                        b'"' => self.string().map(drop)?,
                        b't' => self.word(b"true")?,
                        b'f' => self.word(b"false")?,
                        b'n' => self.word(b"null")?,
                        b'-' | b'0'..=b'9' => self.number()?,
                        _ => return Err(self.fault("a JSON value was expected")),
                    }
                }
                Next::NameOrEnd if byte == b'}' => self.leave()?,
                Next::Name | Next::NameOrEnd => {
                    if byte != b'"' {
                        return Err(self.fault("a JSON member name was expected"));
                    }
                    let name = self.string()?;
                    self.note(name);
                    if self.open == 1 {
                        member.name = (name.start, name.end);
                        members.escaped |= name.escaped;
                    }
                    self.skip_space();
                    if self.peek() != b':' {
                        return Err(self.fault("a colon was expected in JSON"));
                    }
                    self.at += 1;
                    next = Next::Value;
                    continue;
                }
                Next::CommaOrEnd => {
                    let object = self.level().object;
                    match (byte, object) {
                        (b',', true) => next = Next::Name,
                        (b',', false) => next = Next::Value,
                        (b'}', true) | (b']', false) => {
                            self.leave()?;
                            next = self.after_value(&mut member, members)?;
                            if next == Next::Value {
                                return Ok(());
                            }
                            continue;
                        }
                        _ => {
                            return Err(
                                self.fault("a comma or a closing bracket was expected in JSON")
                            );
                        }
                    }
                    self.at += 1;
                    continue;
                }
            }
            next = self.after_value(&mut member, members)?;
            if next == Next::Value {
                return Ok(());
            }
        }
    }

    /// Notes an outermost member once its value is over. [`Next::Value`] means
    /// that the document is over too.
    #[inline]
    fn after_value(
        &mut self,
        member: &mut Member,
        members: &mut Members,
    ) -> std::result::Result<Next, Fault> {
        match self.open {
            0 => {
                self.skip_space();
                if self.at < self.text.len() {
                    return Err(self.fault("something follows the JSON value"));
                }
                Ok(Next::Value)
            }
            1 => {
                if self.level().object {
                    member.value.1 = self.place();
                    members.list.push(*member);
                }
                Ok(Next::CommaOrEnd)
            }
            _ => Ok(Next::CommaOrEnd),
        }
    }

    /// The byte here; 0 at the end, which no JSON text holds outside a fault.
    #[inline]
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    fn place(&self) -> u32 {
        // check() refuses texts that don't fit.
        self.at as u32
    }

    fn fault(&self, what: &'static str) -> Fault {
        Fault { what, at: self.at }
    }

    #[inline]
    fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    #[inline]
    fn level(&self) -> Level {
        self.levels
            .get(self.open.wrapping_sub(1))
            .copied()
            .unwrap_or_default()
    }

    fn enter(&mut self, object: bool) -> Step {
        let fault = self.fault(TOO_DEEP);
        if self.open >= self.depth {
            return Err(fault);
        }
        *self.levels.get_mut(self.open).ok_or(fault)? = Level {
            object,
            first_name: self.names.len() as u32,
        };
        self.open += 1;
        self.at += 1;
        Ok(())
    }

    fn leave(&mut self) -> Step {
        let level = self.level();
        if level.object {
            self.no_repeats(level.first_name as usize)?;
        }
        self.names.truncate(level.first_name as usize);
        self.open -= 1;
        self.at += 1;
        Ok(())
    }

    /// Notes a name of the innermost object, by what it means and not by how it's written.
    #[inline]
    fn note(
        &mut self,
        Quoted {
            start,
            end,
            escaped,
        }: Quoted,
    ) {
        let written = self
            .text
            .get(start as usize..end as usize)
            .unwrap_or_default();
        let hash = if escaped {
            let mut buffer = [0; 4];
            let mut meant = SmallVec::<[u8; 256]>::new();
            for character in unescaped(str::from_utf8(written).unwrap_or_default()) {
                meant.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
            }
            hash(&meant)
        } else {
            hash(written)
        };
        self.names.push(Name { hash, start, end });
    }

    /// Fails if two names from `first` on are the same. Few are compared pair by
    /// pair; many are sorted first, those of one hash by their characters: the
    /// hash has no key, and an object made of collisions must not cost a square.
    fn no_repeats(&mut self, first: usize) -> Step {
        let text = self.text;
        let Some(names) = self.names.get_mut(first..) else {
            return Ok(());
        };
        if names.len() > 12 {
            names.sort_unstable_by(|left, right| {
                let by_hash = left.hash.cmp(&right.hash);
                by_hash.then_with(|| left.meant(text).cmp(right.meant(text)))
            });
            for pair in names.windows(2) {
                repeated(text, pair)?;
            }
            return Ok(());
        }
        repeated(text, names)
    }

    /// Passes over a string.
    #[inline]
    fn string(&mut self) -> std::result::Result<Quoted, Fault> {
        self.at += 1;
        let start = self.place();
        let mut escaped = false;
        loop {
            self.at += plain_run(self.text.get(self.at..).unwrap_or_default());
            match self.peek() {
                b'"' => {
                    let end = self.place();
                    self.at += 1;
                    return Ok(Quoted {
                        start,
                        end,
                        escaped,
                    });
                }
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                _ if self.at >= self.text.len() => {
                    return Err(self.fault("a JSON string doesn't end"));
                }
                _ => return Err(self.fault("a control character in a JSON string")),
            }
        }
    }

    fn escape(&mut self) -> Step {
        self.at += 1;
        match self.peek() {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {
                self.at += 1;
                Ok(())
            }
            b'u' => {
                self.at += 1;
                let unit = self.four_digits()?;
                match unit {
                    0xd800..=0xdbff => {
                        let paired = self.text.get(self.at..self.at + 2) == Some(b"\\u");
                        self.at += 2;
                        if paired && matches!(self.four_digits(), Ok(0xdc00..=0xdfff)) {
                            return Ok(());
                        }
                        self.at = self.at.min(self.text.len());
                        Err(self.fault("a lone surrogate in a JSON string"))
                    }
                    0xdc00..=0xdfff => Err(self.fault("a lone surrogate in a JSON string")),
                    _ => Ok(()),
                }
            }
            _ => Err(self.fault("an unknown escape in a JSON string")),
        }
    }

    fn four_digits(&mut self) -> std::result::Result<u32, Fault> {
        let fault = self.fault("four hexadecimal digits were expected in a JSON string");
        let digits = self.text.get(self.at..self.at + 4).ok_or(fault)?;
        let value = digits.iter().try_fold(0, |value, digit| {
            Some(value * 16 + char::from(*digit).to_digit(16)?)
        });
        self.at += 4;
        value.ok_or(fault)
    }

    fn word(&mut self, word: &[u8]) -> Step {
        if !self
            .text
            .get(self.at..)
            .unwrap_or_default()
            .starts_with(word)
        {
            return Err(self.fault("a JSON value was expected"));
        }
        self.at += word.len();
        Ok(())
    }

    fn number(&mut self) -> Step {
        if self.peek() == b'-' {
            self.at += 1;
        }
        if self.peek() == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    /// One digit or more.
    fn digits(&mut self) -> Step {
        if !self.peek().is_ascii_digit() {
            return Err(self.fault("a digit was expected in a JSON number"));
        }
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        Ok(())
    }
}

/// How many bytes from the start need no second look: no quote, backslash or control.
#[inline]
fn plain_run(text: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    let mut run = 0;
    for chunk in text.chunks_exact(8) {
        let word = chunk.try_into().map_or(0, u64::from_le_bytes);
        let quote = word ^ (ONES * b'"' as u64);
        let backslash = word ^ (ONES * b'\\' as u64);
        // The lowest flag is exact, and only the lowest is used.
        let found = (word.wrapping_sub(ONES * 0x20) & !word)
            | (quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash);
        let found = found & HIGHS;
        if found != 0 {
            return run + (found.trailing_zeros() / 8) as usize;
        }
        run += 8;
    }
    run + text
        .get(run..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f))
        .count()
}

/// Takes in one more word of a name.
pub(super) const fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Mixes a name into 64 bits. A collision costs a comparison, nothing else.
#[inline]
pub(super) fn hash(name: &[u8]) -> u64 {
    let words = name.chunks_exact(8);
    let tail = words
        .remainder()
        .iter()
        .fold(0, |tail, byte| tail << 8 | u64::from(*byte));
    let hash = words.fold(name.len() as u64, |hash, word| {
        mix(hash, word.try_into().map_or(0, u64::from_le_bytes))
    });
    mix(hash, tail)
}

/// Fails at the later of two equal names.
fn repeated(text: &[u8], names: &[Name]) -> Step {
    for (index, left) in names.iter().enumerate() {
        for right in names.iter().skip(index + 1) {
            if left.hash == right.hash && left.meant(text).eq(right.meant(text)) {
                let at = left.start.max(right.start) as usize - 1;
                return Err(Fault { what: REPEATED, at });
            }
        }
    }
    Ok(())
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
