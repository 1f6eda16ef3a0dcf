//! No language lags: each binding calls every exported function, names every
//! status and types every option, or says here what it lacks and why.
//!
//! Bindings are read as text, all files of a kind together, so that it doesn't
//! matter how they are laid out. What a document of options holds, and that it
//! behaves, is for the tests that each binding has in its own language.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use jeton::ErrorKind;
use serde_json::Value;

struct Language {
    name: &'static str,
    /// Files, and folders with all that is below them.
    places: &'static [&'static str],
    /// The ends of the names of the files that call jeton.h.
    native: &'static [&'static str],
    /// The ends of the names of the files that say which options and statuses there are.
    typed: &'static [&'static str],
    /// What stands before and behind the name of an option that is declared.
    option: &'static [(&'static str, &'static str)],
    /// The same for a status, which is in capitals behind "JETON_".
    status: (&'static str, &'static str),
    /// A function, a document of options or one option, and why it isn't there.
    lacks: &'static [(&'static str, &'static str)],
}

/// All of them: an entry here is what adds a language.
const LANGUAGES: &[Language] = &[
    Language {
        name: "C",
        places: &["tests/c", "include/jeton.h"],
        native: &[".c"],
        typed: &["jeton.h"],
        option: &[],
        status: ("JETON_", " ="),
        lacks: &[(ALL_OPTIONS, "options are JSON text")],
    },
    Language {
        name: "C++",
        places: &["include"],
        native: &[".hpp"],
        typed: &["jeton.h"],
        option: &[],
        status: ("JETON_", " ="),
        lacks: &[(ALL_OPTIONS, "options are JSON text")],
    },
    Language {
        name: "Python",
        places: &["bindings/python"],
        native: &[".c", ".h"],
        typed: &[".py", ".pyi"],
        option: &[("\n    ", ":"), ("\n        \"", "\":")],
        status: ("status = \"", "\""),
        lacks: &[],
    },
    Language {
        name: "Node",
        places: &["bindings/node"],
        native: &[".c", ".h"],
        typed: &[".d.ts"],
        option: &[(" ", ":"), (" ", "?:")],
        status: ("| '", "'"),
        lacks: &[
            (
                "jeton_claims_boolean",
                "a member of the payload, parsed once",
            ),
            (
                "jeton_claims_fresh",
                "answered from the numbers that came with the verdict",
            ),
            ("jeton_claims_has", "a member of the payload, parsed once"),
            ("jeton_claims_value", "a member of the payload, parsed once"),
        ],
    },
    Language {
        name: "Go",
        places: &["bindings/go"],
        native: &[".go", "shim.h", "signer.c"],
        typed: &[".go"],
        option: &[
            ("`json:\"", ",omitzero\"`"),
            ("`json:\"", "\"`"),
            ("map[string]any{\"", "\":"),
        ],
        status: ("C.JETON_", ""),
        lacks: &[
            ("jeton_claims_boolean", "the payload is read in Go"),
            ("jeton_claims_has", "the payload is read in Go"),
            ("jeton_claims_integer", "the payload is read in Go"),
            ("jeton_claims_text", "the payload is read in Go"),
            ("jeton_claims_value", "the payload is read in Go"),
            ("redis", "all stores share a struct, held by drift_test.go"),
        ],
    },
];

const ALL_OPTIONS: &str = "*";

/// Folders of what is built, of other people's code, and of tests.
const SKIPPED: &[&str] = &[
    "node_modules",
    "build",
    "dist",
    "target",
    "test",
    "tests",
    "bench",
    "benches",
    "examples",
];

impl Language {
    fn text(&self, ends: &[&str]) -> String {
        let mut text = String::new();
        for place in self.places {
            gather(&root().join(place), ends, &mut text);
        }
        assert!(!text.is_empty(), "{}: no files {ends:?}", self.name);
        text
    }

    fn lacks(&self, what: &str) -> bool {
        self.lacks.iter().any(|(lacking, _)| *lacking == what)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Appends the files at and below `place` whose names end so.
fn gather(place: &Path, ends: &[&str], text: &mut String) {
    if place.is_dir() {
        let entries = fs::read_dir(place)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        for entry in entries {
            let name = entry.file_name().unwrap().to_str().unwrap();
            if !SKIPPED.contains(&name) && !name.starts_with('.') {
                gather(&entry, ends, text);
            }
        }
    } else if ends
        .iter()
        .any(|end| place.to_str().unwrap().ends_with(end))
        && !place.to_str().unwrap().ends_with("_test.go")
    {
        *text += &fs::read_to_string(place).unwrap();
    }
}

/// How often a name stands in a text between these two; where they are empty, as
/// a word of its own.
fn count(text: &str, before: &str, name: &str, after: &str) -> usize {
    let whole = format!("{before}{name}{after}");
    let of_a_word = |letter: Option<char>| {
        letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    };
    text.match_indices(&whole)
        .filter(|(index, _)| {
            let previous = text[..*index].chars().next_back();
            let next = text[index + whole.len()..].chars().next();
            !(before.is_empty() && of_a_word(previous) || after.is_empty() && of_a_word(next))
        })
        .count()
}

/// C without its comments, which may speak of what the code doesn't do. Not for
/// Go, where comments hold the C of cgo.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        code += before;
        rest = after.split_once("*/").map_or("", |(_, behind)| behind);
    }
    code += rest;
    let lines = code.lines().map(|line| {
        let comment = line
            .match_indices("//")
            .find(|(at, _)| !line[..*at].ends_with(':'));
        comment.map_or(line, |(at, _)| &line[..at])
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Fails with everything that is missing, language by language.
fn hold(check: impl Fn(&Language) -> Vec<String>) {
    let missing: Vec<String> = LANGUAGES
        .iter()
        .flat_map(|language| {
            let missing = check(language).into_iter();
            missing.map(|what| format!("    {}: {what}", language.name))
        })
        .collect();
    assert!(missing.is_empty(), "\n{}\n", missing.join("\n"));
}

fn symbols() -> Vec<String> {
    let text = fs::read_to_string(root().join("tests/abi/symbols.txt")).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Each option, with the documents that have one of this name.
fn options() -> BTreeMap<String, Vec<String>> {
    fn collect(document: &str, definition: &Value, into: &mut BTreeMap<String, Vec<String>>) {
        let properties = definition["properties"].as_object();
        for (name, property) in properties.into_iter().flatten() {
            into.entry(name.clone())
                .or_default()
                .push(document.to_owned());
            collect(document, property, into);
            collect(document, &property["items"], into);
        }
    }
    let schema: Value =
        serde_json::from_str(include_str!("../include/options.schema.json")).unwrap();
    let mut options = BTreeMap::new();
    for (document, definition) in schema["$defs"].as_object().unwrap() {
        collect(document, definition, &mut options);
    }
    options
}

#[test]
fn every_language_calls_every_exported_function() {
    let symbols = symbols();
    assert!(symbols.len() > 60);
    hold(|language| {
        let mut text = language.text(language.native);
        if !language.native.contains(&".go") {
            text = code(&text);
        }
        let lacking = symbols.iter().filter(|symbol| {
            let called = count(&text, "", symbol, "") > 0;
            called == language.lacks(symbol)
        });
        lacking.cloned().collect()
    });
}

#[test]
fn every_language_names_every_status() {
    hold(|language| {
        let text = language.text(language.typed);
        let (before, after) = language.status;
        let missing = ErrorKind::ALL.iter().filter(|kind| {
            let name = if before.ends_with("JETON_") {
                kind.name().to_uppercase().replace('-', "_")
            } else {
                kind.name().to_owned()
            };
            count(&text, before, &name, after) == 0
        });
        missing.map(|kind| kind.name().to_owned()).collect()
    });
}

/// As often as there are documents with an option of this name, so that one that
/// several documents have isn't taken for that of another.
#[test]
fn every_language_types_every_option() {
    let options = options();
    assert!(options.len() > 50);
    hold(|language| {
        let text = language.text(language.typed);
        let mut missing = Vec::new();
        let mut lacks: BTreeSet<&str> = language.lacks.iter().map(|(what, _)| *what).collect();
        for (name, documents) in &options {
            let forms = language.option.iter();
            let found: usize = forms
                .map(|(before, after)| count(&text, before, name, after))
                .sum();
            let (lacking, expected): (Vec<_>, Vec<_>) = documents
                .iter()
                .partition(|document| language.lacks(document) || language.lacks(ALL_OPTIONS));
            if found < expected.len() {
                missing.push(format!(
                    "{name}, of {expected:?}, is declared {found} times"
                ));
            } else if found < documents.len() {
                lacks.remove(ALL_OPTIONS);
                lacks.retain(|what| lacking.iter().all(|document| document != what));
            }
        }
        lacks.retain(|what| !what.starts_with("jeton_"));
        missing.extend(lacks.iter().map(|what| format!("{what} isn't lacking")));
        missing
    });
}

#[test]
fn every_binding_there_is_is_listed() {
    let Ok(folders) = fs::read_dir(root().join("bindings")) else {
        return;
    };
    for folder in folders {
        let place = format!("bindings/{}", folder.unwrap().file_name().to_str().unwrap());
        let listed = LANGUAGES
            .iter()
            .any(|language| language.places.contains(&place.as_str()));
        assert!(listed, "{place} is in no line of LANGUAGES");
    }
}
