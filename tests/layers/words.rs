//! The words of a Rust source. Comments and texts are left out, so that what a
//! comment merely mentions doesn't count as used.

/// A name, `::`, or one character of punctuation.
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

/// The words of a source, without comments, texts and characters.
pub(crate) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut at = 0;
    let mut line = 1;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let skipped = comment(rest)
            .or_else(|| raw_text(rest))
            .or_else(|| quoted_text(rest))
            .or_else(|| character(rest));
        let length = skipped.unwrap_or_else(|| {
            let length = word(rest);
            let word = &rest[..length];
            if !word.trim().is_empty() {
                words.push(Word { text: word, line });
            }
            length
        });
        line += rest[..length].matches('\n').count();
        at += length;
    }
    words
}

fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    rest.strip_prefix("/*")?;
    let mut open = 0;
    let mut at = 0;
    loop {
        let tail = &rest[at..];
        if tail.starts_with("/*") {
            open += 1;
            at += 2;
        } else if tail.starts_with("*/") {
            open -= 1;
            at += 2;
        } else {
            match tail.chars().next() {
                Some(character) => at += character.len_utf8(),
                None => return Some(at),
            }
        }
        if open == 0 {
            return Some(at);
        }
    }
}

fn raw_text(rest: &str) -> Option<usize> {
    let body = ["br", "cr", "r"]
        .into_iter()
        .find_map(|prefix| rest.strip_prefix(prefix))?;
    let hashes = body.len() - body.trim_start_matches('#').len();
    let inside = body[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
    Some(rest.len() - inside.len() + length)
}

fn quoted_text(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('"')?;
    let mut escaped = false;
    for (at, character) in inside.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 2),
            _ => {}
        }
    }
    Some(rest.len())
}

/// A character, which a lifetime only resembles.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    if inside.starts_with('\\') {
        let escape = inside.chars().nth(1).map_or(0, char::len_utf8);
        return inside[1 + escape..]
            .find('\'')
            .map(|at| 1 + 1 + escape + at + 1);
    }
    let length = inside.chars().next()?.len_utf8();
    inside[length..].starts_with('\'').then_some(length + 2)
}

/// How long the word is that `rest` begins with.
fn word(rest: &str) -> usize {
    let name = rest
        .find(|character: char| !character.is_alphanumeric() && character != '_')
        .unwrap_or(rest.len());
    if name > 0 {
        return name;
    }
    if rest.starts_with("::") {
        return 2;
    }
    rest.chars().next().map_or(0, char::len_utf8)
}
