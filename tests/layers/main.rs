//! The house's rules on its own sources: layers point downwards only, `unsafe`
//! and the crypto library stay where they belong, no file grows past reading.
//!
//! Read as text and not through a parser: what is looked for is a handful of
//! words, and a macro or an inactive feature must not hide them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod words;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use words::{Word, words};

/// A layer may use those before it, and itself.
const LAYERS: [&str; 16] = [
    "error",
    "clock",
    "memory",
    "fork",
    "thread",
    "events",
    "codec",
    "crypto",
    "keys",
    "policy",
    "token",
    "sources",
    "revocation",
    "systems",
    "bearer",
    "ffi",
];

/// Longer than this, a file does more than one thing.
const LONGEST: usize = 500;

/// The crates that only src/crypto may name.
const CRYPTO_CRATES: [&str; 3] = ["openssl", "openssl_sys", "foreign_types"];

#[test]
fn the_sources_keep_to_the_rules() {
    let mut sources = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    collect(&root.join("src"), "", &mut sources);
    assert!(
        sources.len() > 2,
        "no sources found below {}",
        root.display()
    );

    let broken = violations(&sources);
    let mut report = String::new();
    for violation in &broken {
        _ = writeln!(report, "    {violation}");
    }
    assert!(
        broken.is_empty(),
        "{} broken rules:\n{report}",
        broken.len()
    );
}

/// One source file: its path below src, and its text.
struct Source {
    path: String,
    text: String,
}

fn collect(folder: &Path, below: &str, sources: &mut Vec<Source>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{path}/"), sources);
        } else if path.ends_with(".rs") {
            let text = fs::read_to_string(entry.path()).unwrap();
            sources.push(Source { path, text });
        }
    }
}

fn violations(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    let mut unsafe_in_crypto = Vec::new();
    for Source { path, text } in sources {
        let lines = text.lines().count();
        if lines > LONGEST {
            found.push(format!("src/{path}: {lines} lines; {LONGEST} are the most"));
        }
        let words = words(text);
        let place = Place::of(path);
        match place {
            Place::Stranger => found.push(format!("src/{path}: belongs to no layer")),
            Place::Layer(layer) => {
                for used in uses(&words, depth(path)) {
                    found.extend(misuse(path, layer, &used));
                }
            }
            Place::Root | Place::Command => {}
        }
        // Tests may make their keys and files with the library directly.
        if place != Place::Layer("crypto") && !path.contains("/tests/") {
            for name in CRYPTO_CRATES {
                if let Some(word) = words.iter().find(|word| word.text == name) {
                    found.push(format!(
                        "src/{path}:{}: names {name}; only src/crypto may",
                        word.line
                    ));
                }
            }
        }
        if let Some(word) = words.iter().find(|word| word.text == "unsafe") {
            match place {
                // A hint to the processor, and pages: neither has a safe form.
                Place::Layer("ffi" | "memory") => {}
                Place::Layer("crypto") => unsafe_in_crypto.push(path.as_str()),
                _ => found.push(format!(
                    "src/{path}:{}: unsafe; only src/ffi, src/memory.rs and one file of src/crypto may",
                    word.line
                )),
            }
        }
    }
    if unsafe_in_crypto.len() > 1 {
        found.push(format!(
            "unsafe in several files of src/crypto: {}; keep it in one",
            unsafe_in_crypto.join(", ")
        ));
    }
    found
}

/// What a file is to the rules.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// lib.rs, which names every layer.
    Root,
    /// The command, another crate: it sees `jeton::` and nothing else.
    Command,
    Layer(&'static str),
    Stranger,
}

impl Place {
    fn of(path: &str) -> Self {
        let first = path.split('/').next().unwrap_or(path);
        if first == "bin" {
            return Self::Command;
        }
        if path == "lib.rs" {
            return Self::Root;
        }
        let module = first.strip_suffix(".rs").unwrap_or(first);
        LAYERS
            .into_iter()
            .find(|layer| *layer == module)
            .map_or(Self::Stranger, Self::Layer)
    }
}

/// How many `super` lead from a file to the crate's root.
fn depth(path: &str) -> usize {
    let parts = path.split('/').count();
    if path.ends_with("/mod.rs") {
        parts - 1
    } else {
        parts
    }
}

/// Something of the crate's root that a file names.
struct Use {
    name: String,
    line: usize,
    /// By `crate::`, where every name counts; by `super::`s only a layer's does,
    /// since inside a nested module they don't lead to the root.
    absolute: bool,
}

fn misuse(path: &str, layer: &str, used: &Use) -> Option<String> {
    let rank = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    let Use {
        name,
        line,
        absolute,
    } = used;
    match (rank(name), rank(layer)) {
        (Some(theirs), Some(own)) if theirs > own => Some(format!(
            "src/{path}:{line}: {layer} uses {name}, which stands below it"
        )),
        (None, _) if *absolute => Some(format!(
            "src/{path}:{line}: crate::{name} is no layer; name the module that has it"
        )),
        _ => None,
    }
}

/// Every name of the crate's root that `words` mention, in groups too.
fn uses(words: &[Word<'_>], depth: usize) -> Vec<Use> {
    let mut found = Vec::new();
    let text = |at: usize| words.get(at).map_or("", |word| word.text);
    let mut at = 0;
    while at < words.len() {
        let absolute = text(at) == "crate";
        let mut next = at;
        if absolute {
            next += 1;
        } else if text(at) == "super" {
            let mut climbed = 1;
            next += 1;
            while climbed < depth && text(next) == "::" && text(next + 1) == "super" {
                climbed += 1;
                next += 2;
            }
            if climbed < depth {
                at = next;
                continue;
            }
        }
        if next > at && text(next) == "::" {
            for head in heads(words, next + 1) {
                if let Some(word) = words.get(head) {
                    found.push(Use {
                        name: word.text.to_owned(),
                        line: word.line,
                        absolute,
                    });
                }
            }
        }
        at = next.max(at + 1);
    }
    found
}

/// The first word of each path of the use tree that begins at `start`.
fn heads(words: &[Word<'_>], start: usize) -> Vec<usize> {
    if words.get(start).is_none_or(|word| word.text != "{") {
        return vec![start];
    }
    let mut heads = Vec::new();
    let mut open = 1;
    let mut expected = true;
    let mut at = start + 1;
    while let Some(word) = words.get(at) {
        match word.text {
            "{" => open += 1,
            "}" => open -= 1,
            "," if open == 1 => expected = true,
            _ if expected => {
                heads.push(at);
                expected = false;
            }
            _ => {}
        }
        if open == 0 {
            break;
        }
        at += 1;
    }
    heads
}

mod the_checker_sees {
    use super::*;

    fn broken(path: &str, text: &str) -> Vec<String> {
        violations(&[Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }])
    }

    #[track_caller]
    fn refuses(path: &str, text: &str, message: &str) {
        let found = broken(path, text);
        assert!(
            found.iter().any(|violation| violation.contains(message)),
            "{path}: {text}: {found:?}"
        );
    }

    #[track_caller]
    fn accepts(path: &str, text: &str) {
        assert_eq!(broken(path, text), Vec::<String>::new(), "{path}: {text}");
    }

    #[test]
    fn a_layer_that_uses_what_stands_below_it() {
        let refused = "keys uses token";
        refuses("keys/jwk.rs", "use crate::token::mint;", refused);
        refuses(
            "keys/jwk.rs",
            "fn f() { crate::token::mint::new() }",
            refused,
        );
        refuses("keys.rs", "use crate :: token;", refused);
        refuses(
            "keys/jwk.rs",
            "use crate::{error::Error, token::{mint, verify}};",
            refused,
        );
        refuses(
            "keys/jwk.rs",
            "use crate::{codec::{json, text}, token};",
            refused,
        );
        refuses("keys/jwk.rs", "pub use super::super::token::mint;", refused);
        refuses("keys/mod.rs", "use super::token;", refused);
        refuses(
            "keys/jwk.rs",
            "fn f(a: &'a str) { let c = '\"'; crate::token::f() }",
            refused,
        );
        accepts(
            "token/mint.rs",
            "use crate::keys::jwk; use crate::{error::Error, token::inspect};",
        );
        accepts(
            "keys/jwk.rs",
            "use super::token; use self::token::x; use token::crate_;",
        );
        accepts("keys/jwk.rs", "mod tests { use super::super::select; }");
    }

    #[test]
    fn the_line_of_what_it_refuses() {
        let text = "/* one\ntwo */\nconst A: &str = \"three\nfour\";\nuse crate::ffi::x;\n";
        refuses("keys/jwk.rs", text, "src/keys/jwk.rs:5:");
    }

    #[test]
    fn a_name_that_hides_its_layer() {
        refuses(
            "keys/jwk.rs",
            "use crate::Error;",
            "crate::Error is no layer",
        );
        refuses("keys/jwk.rs", "use crate::*;", "crate::* is no layer");
        refuses("helpers.rs", "", "belongs to no layer");
        refuses("util/mod.rs", "", "belongs to no layer");
    }

    #[test]
    fn only_code() {
        accepts(
            "keys/jwk.rs",
            "//! As [`crate::token::mint`].\n/// crate::token::x\nfn f() {}",
        );
        accepts(
            "keys/jwk.rs",
            "/* crate::token /* unsafe */ openssl */ fn f() {}",
        );
        accepts(
            "keys/jwk.rs",
            r##"const A: &str = "\"unsafe"; const B: &str = r#"a"openssl"#;"##,
        );
        accepts(
            "keys/jwk.rs",
            "const A: u8 = b'\\''; const B: char = '\"'; const C: char = '\\u{41}';",
        );
    }

    #[test]
    fn what_the_root_and_the_command_may() {
        accepts("lib.rs", "mod ffi; pub use crate::token::mint;");
        accepts(
            "bin/jeton/main.rs",
            "use crate::arguments::Arguments; use jeton::Error;",
        );
        refuses("lib.rs", "unsafe {}", "unsafe");
        refuses("bin/jeton/main.rs", "use openssl::sha;", "names openssl");
    }

    #[test]
    fn unsafe_out_of_its_place() {
        accepts("ffi/keys.rs", "unsafe {}");
        accepts("crypto/raw.rs", "unsafe {}");
        refuses(
            "keys/jwk.rs",
            "fn f() { unsafe { g() } }",
            "src/keys/jwk.rs:1: unsafe",
        );
        let source = |path: &str| Source {
            path: path.to_owned(),
            text: "unsafe {}".to_owned(),
        };
        let found = violations(&[source("crypto/raw.rs"), source("crypto/rsa.rs")]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn the_crypto_library_out_of_its_place() {
        accepts(
            "crypto/rsa.rs",
            "use openssl::rsa::Rsa; use foreign_types::ForeignType;",
        );
        refuses("token/mint.rs", "use openssl::rsa::Rsa;", "names openssl;");
        refuses(
            "ffi/mod.rs",
            "fn f(e: openssl_sys::EVP_PKEY) {}",
            "names openssl_sys;",
        );
    }

    #[test]
    fn a_file_that_is_too_long() {
        accepts("keys/jwk.rs", &"\n".repeat(LONGEST));
        refuses("keys/jwk.rs", &"\n".repeat(LONGEST + 1), "501 lines");
    }
}
