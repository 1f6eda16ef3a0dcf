//! docs/systems.md says which test shows what: it must be there.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use support::vectors::{self, File, name};

/// The texts of all files below `folder` that tests may stand in.
fn sources(folder: &Path, into: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            sources(&path, into);
        } else if matches!(extension, Some("rs" | "c" | "cpp")) {
            into.push(fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_requirement_names_tests_that_there_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = vectors::all();
    let vectors: BTreeSet<&str> = files.iter().flat_map(File::vectors).map(name).collect();
    let mut texts = Vec::new();
    for folder in ["src", "tests"] {
        sources(&root.join(folder), &mut texts);
    }
    let is_test = |name: &str| {
        let call = format!(" {name}(");
        texts.iter().any(|text| text.contains(&call))
    };
    let page = fs::read_to_string(root.join("docs/systems.md")).unwrap();
    let (_, table) = page.split_once("## Requirements").unwrap();
    let rows: Vec<_> = table
        .lines()
        .filter(|line| line.starts_with("| P") || line.starts_with("| SA-"))
        .collect();
    assert!(rows.len() > 40, "{} rows", rows.len());
    for row in rows {
        let shows = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let names: Vec<_> = shows.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "{row}");
        for name in names {
            assert!(vectors.contains(name) || is_test(name), "{name}: {row}");
        }
    }
}
