//! README.md quotes the examples, the schema and the header: `JETON_BLESS=1
//! cargo test --test readme` writes the quotations anew.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;
use std::{env, fs};

use serde_json::Value;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// What stands between `<!-- begin NAME -->` and `<!-- end -->`.
fn quotation(name: &str) -> String {
    match name.split_once(' ') {
        Some(("options", document)) => options(document),
        _ if name == "statuses" => statuses(),
        _ => {
            let language = name.rsplit('.').next().unwrap();
            format!("```{language}\n{}```\n", read(name))
        }
    }
}

/// A definition of the schema as a table.
fn options(document: &str) -> String {
    let schema: Value = serde_json::from_str(&read("include/options.schema.json")).unwrap();
    let definition = &schema["$defs"][document];
    let mut table = String::from("| option | meaning |\n| --- | --- |\n");
    for (name, property) in definition["properties"].as_object().unwrap() {
        let meaning = property["description"].as_str().map_or_else(
            || {
                let definition = property["$ref"]
                    .as_str()
                    .unwrap()
                    .rsplit('/')
                    .next()
                    .unwrap();
                schema["$defs"][definition]["description"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            },
            str::to_owned,
        );
        let default = match &property["default"] {
            Value::Null => String::new(),
            default => format!(" Default: {default}."),
        };
        table += &format!("| `{name}` | {}{default} |\n", meaning.replace('|', "\\|"));
    }
    table
}

/// The statuses of the header as a table, without JETON_OK.
fn statuses() -> String {
    let header = read("include/jeton.h");
    let (_, body) = header.split_once("enum jeton_status").unwrap();
    let (body, _) = body.split_once("};").unwrap();
    let mut table = String::from("| number | name | meaning |\n| --- | --- | --- |\n");
    let mut comment = String::new();
    for line in body.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("* ") {
            comment = format!("{comment} {text}");
        } else if let Some((name, number)) = line.trim_end_matches(',').split_once(" = ") {
            let name = name
                .trim_start_matches("JETON_")
                .to_lowercase()
                .replace('_', "-");
            if number != "0" {
                table += &format!("| {number} | `{name}` | {} |\n", comment.trim());
            }
            comment.clear();
        }
    }
    table
}

#[test]
fn what_the_readme_quotes_is_what_there_is() {
    let readme = read("README.md");
    let mut made = String::new();
    let mut rest = readme.as_str();
    while let Some((before, after)) = rest.split_once("<!-- begin ") {
        let (name, after) = after.split_once(" -->\n").unwrap();
        let (_, after) = after.split_once("<!-- end -->").unwrap();
        made += &format!(
            "{before}<!-- begin {name} -->\n{}<!-- end -->",
            quotation(name)
        );
        rest = after;
    }
    made += rest;
    if env::var_os("JETON_BLESS").is_some() {
        fs::write(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"),
            &made,
        )
        .unwrap();
    }
    assert!(
        made == read("README.md"),
        "README.md is out of date: JETON_BLESS=1 cargo test --test readme"
    );
}
