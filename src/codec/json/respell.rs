//! Checked JSON, written anew.

use super::raw::string_len;
use super::{escape, unescape};

/// Appends `text` to `to` without white space, its names and strings with the
/// escapes that JSON needs and no others; with `html` also for the characters
/// that HTML and JavaScript mark, as encoders do whose text may end up in a page.
pub(crate) fn respell(text: &str, html: bool, to: &mut String) {
    let mut rest = text;
    while let Some(quote) = rest.find('"') {
        let (between, string) = rest.split_at(quote);
        let (string, after) = string.split_at(string_len(string));
        to.extend(between.split_ascii_whitespace());
        let inside = string.get(1..string.len() - 1).unwrap_or_default();
        let meant = unescape(inside);
        let written = escape(&meant);
        to.push('"');
        if html {
            written.chars().for_each(|one| push_marked(one, to));
        } else {
            to.push_str(&written);
        }
        to.push('"');
        rest = after;
    }
    to.extend(rest.split_ascii_whitespace());
}

fn push_marked(one: char, to: &mut String) {
    match one {
        '<' => to.push_str("\\u003c"),
        '>' => to.push_str("\\u003e"),
        '&' => to.push_str("\\u0026"),
        '\u{2028}' => to.push_str("\\u2028"),
        '\u{2029}' => to.push_str("\\u2029"),
        _ => to.push(one),
    }
}
