//! JSON for people: indented, and safe to show on a terminal.
//!
//! Works on the text, since a number must be shown as it was written. Control
//! and direction characters come out as escapes: the text may be a stranger's,
//! and must not move the cursor or hide what follows.

/// Indents `json`, which must be valid. A value keeps its spelling.
pub(crate) fn pretty(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        if quoted {
            push_safe(&mut out, character);
            quoted = escaped || character != '"';
            escaped = !escaped && character == '\\';
            continue;
        }
        match character {
            '{' | '[' => {
                while characters
                    .next_if(|next| next.is_ascii_whitespace())
                    .is_some()
                {}
                out.push(character);
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    break_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                break_line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                break_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ if character.is_ascii_whitespace() => {}
            _ => {
                quoted = character == '"';
                out.push(character);
            }
        }
    }
    out
}

fn break_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn push_safe(out: &mut String, character: char) {
    let unsafe_to_show = matches!(
        character,
        '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    );
    if unsafe_to_show {
        out.push_str(&format!("\\u{:04x}", u32::from(character)));
    } else {
        out.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_indented_and_keep_their_spelling() {
        assert_eq!(
            pretty("{\"a\":[1.50,{ }, [\n]],\r\n\"b\" : \"x, \\\"{y\\\\\",\"c\":1e400}"),
            "{\n  \"a\": [\n    1.50,\n    {},\n    []\n  ],\n  \"b\": \"x, \\\"{y\\\\\",\n  \"c\": 1e400\n}"
        );
        assert_eq!(pretty("{}"), "{}");
    }

    #[test]
    fn what_could_disturb_a_terminal_is_escaped() {
        assert_eq!(
            pretty("[\"\u{9b}31m\u{202e}é漢\"]"),
            "[\n  \"\\u009b31m\\u202eé漢\"\n]"
        );
    }
}
