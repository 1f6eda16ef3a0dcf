//! The vectors of `tests/vectors` hold, and cover what they must.
//! `JETON_BLESS=1 cargo test --test vectors` makes the tokens that are missing.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::sync::Once;

use jeton::{Bearer, ErrorKind, KeyOptions, MinterOptions, Revocations, VerifierOptions};
use serde_json::Value;
use support::vectors::{self, File, accepts, kind, members, name, status};
use support::{bless, run};

/// The files, blessed first where that is asked for.
fn files() -> Vec<File> {
    static BLESSED: Once = Once::new();
    BLESSED.call_once(|| {
        if env::var_os("JETON_BLESS").is_some() {
            bless::write();
        }
    });
    vectors::all()
}

fn assert_none(faults: &[String]) {
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn every_vector_holds() {
    let files = files();
    let mut faults = Vec::new();
    let mut ran = 0;
    for file in &files {
        for vector in file
            .vectors()
            .iter()
            .filter(|vector| !run::is_skipped(vector))
        {
            faults.extend(run::check(file, vector).err());
            ran += 1;
        }
    }
    assert_none(&faults);
    assert!(ran > 1000, "only {ran} vectors ran");
}

#[test]
fn every_token_is_what_its_make_says() {
    let signers = vectors::signers();
    let files = files();
    let all = files.iter().flat_map(File::vectors);
    assert_none(
        &all.filter_map(|vector| bless::hold(&signers, vector).err())
            .collect::<Vec<_>>(),
    );
}

#[test]
fn names_are_unique_and_every_refusal_has_an_accepted_twin() {
    let files = files();
    let mut faults = Vec::new();
    let mut all: BTreeMap<&str, &Value> = BTreeMap::new();
    for vector in files.iter().flat_map(File::vectors) {
        if all.insert(name(vector), vector).is_some() {
            faults.push(format!("{}: the name stands there twice", name(vector)));
        }
    }
    for vector in all.values() {
        if !vector["why"].as_str().is_some_and(|why| why.ends_with('.')) {
            faults.push(format!("{}: \"why\" isn't a sentence", name(vector)));
        }
        match vector.get("twin").and_then(Value::as_str) {
            None if accepts(vector) => {}
            None => faults.push(format!("{}: refused, and without a twin", name(vector))),
            Some(twin) => match all.get(twin) {
                None => faults.push(format!("{}: there is no twin {twin}", name(vector))),
                Some(twin) if !accepts(twin) => {
                    faults.push(format!(
                        "{}: the twin {} is refused too",
                        name(vector),
                        name(twin)
                    ));
                }
                Some(twin) if kind(twin) != kind(vector) && kind(vector) != "inspect" => {
                    faults.push(format!("{}: the twin is of another kind", name(vector)));
                }
                Some(_) => {}
            },
        }
    }
    assert_none(&faults);
}

/// The kinds that no vector can show.
const WITHOUT: &[ErrorKind] = &[
    // A bug, which nobody can order.
    ErrorKind::Internal,
    // What only sources, external signers and stores on disk bring about.
    ErrorKind::KeyPending,
    ErrorKind::KeysUnavailable,
    ErrorKind::Signer,
    ErrorKind::RevocationsUnavailable,
    ErrorKind::RevocationsStale,
    ErrorKind::Storage,
    ErrorKind::Timeout,
];

#[test]
fn every_status_has_a_vector() {
    let files = files();
    let mut shown: BTreeSet<&str> = BTreeSet::new();
    for vector in files.iter().flat_map(File::vectors) {
        shown.insert(status(vector));
        shown.extend(vector["expect"].get("rejection").and_then(Value::as_str));
    }
    for kind in ErrorKind::ALL {
        assert_eq!(
            !WITHOUT.contains(kind),
            shown.contains(kind.name()),
            "{}",
            kind.name()
        );
    }
}

/// The fields of a document: those that the error about an unknown one lists.
fn known(message: &str) -> Vec<String> {
    let (_, known) = message
        .split_once("known here: ")
        .unwrap_or_else(|| panic!("{message}"));
    known.split(", ").map(Into::into).collect()
}

#[test]
fn every_option_has_an_accepting_and_a_rejecting_vector() {
    const UNKNOWN: &str = r#"{"xyzzyxyzzyxyzzy": 1}"#;
    let of = |document: &str, error: jeton::Error| {
        let names = known(error.message()).into_iter();
        names
            .map(|name| format!("{document}.{name}"))
            .collect::<Vec<_>>()
    };
    let trust = r#"{"trust": [{"xyzzyxyzzyxyzzy": 1}]}"#;
    let mut options = of(
        "verifier",
        VerifierOptions::read(UNKNOWN.as_bytes()).unwrap_err(),
    );
    options.extend(of(
        "trust",
        VerifierOptions::read(trust.as_bytes()).unwrap_err(),
    ));
    options.extend(of(
        "minter",
        MinterOptions::read(UNKNOWN.as_bytes()).unwrap_err(),
    ));
    options.extend(of(
        "revocations",
        Revocations::open("memory:", UNKNOWN).map(drop).unwrap_err(),
    ));
    let bearer = Bearer::new(UNKNOWN.as_bytes(), b"", None)
        .map(drop)
        .unwrap_err();
    options.extend(of("bearer", bearer));
    options.extend(["bytes", "depth", "kid"].map(|name| format!("limits.{name}")));
    let keys = members(&serde_json::json!({ "algorithm": 0, "kid": 0, "weak": 0 })).clone();
    assert!(serde_json::from_str::<KeyOptions>(UNKNOWN).is_err());
    options.extend(keys.keys().map(|name| format!("keys.{name}")));

    let files = files();
    let mut shown: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for vector in files.iter().flat_map(File::vectors) {
        if let Some(option) = vector.get("shows").and_then(Value::as_str) {
            shown.entry(option).or_default()[usize::from(accepts(vector))] += 1;
        }
    }
    let lacking = options.iter().filter(|option| {
        let counts = shown.get(option.as_str());
        counts.is_none_or(|counts| counts.contains(&0))
    });
    assert_none(
        &lacking
            .map(|option| format!("{option}: lacks an accepting or a rejecting vector"))
            .collect::<Vec<_>>(),
    );
    let unknown = shown
        .keys()
        .filter(|name| !options.iter().any(|option| option == **name));
    assert_none(
        &unknown
            .map(|name| format!("{name} is no option"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn files_are_laid_out_as_the_generator_writes_them() {
    for file in files() {
        let text = std::fs::read_to_string(&file.path).unwrap();
        assert!(
            text == support::layout::text(&file.value),
            "{}: JETON_BLESS=1 lays it out anew",
            file.name()
        );
    }
}
