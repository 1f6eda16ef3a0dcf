//! include/options.schema.json describes what the engine really reads: the same
//! fields, and the same verdict on every value that a field might be given.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeSet;
use std::sync::Arc;

use jeton::{
    Algorithm, Bearer, Call, Derived, ErrorKind, GenerateOptions, JwsOptions, KeyOptions, KeySet,
    ListOptions, Minter, MinterOptions, Named, Result, Revocations, Ring, SourceOptions, Verifier,
    VerifierOptions,
};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

const NOW: i64 = 1_700_000_000;

/// A document that the schema defines, how the engine reads it, and the least
/// that makes one whole.
struct Document {
    name: &'static str,
    read: fn(&str) -> Result<()>,
    least: fn() -> Value,
}

const DOCUMENTS: &[Document] = &[
    Document {
        name: "verifier",
        read: |text| VerifierOptions::read(text.as_bytes()).map(drop),
        least: || json!({"issuer": null, "audience": null}),
    },
    Document {
        name: "minter",
        read: |text| MinterOptions::read(text.as_bytes()).map(drop),
        least: || json!({"lifetime": 60}),
    },
    Document {
        name: "keys",
        read: |text| KeyOptions::read(text.as_bytes()).map(drop),
        least: || json!({}),
    },
    Document {
        name: "generate",
        read: |text| GenerateOptions::read(text.as_bytes()).map(drop),
        least: || json!({"algorithm": "ES256"}),
    },
    Document {
        name: "source",
        read: |text| SourceOptions::read(text.as_bytes()).map(drop),
        least: || json!({"url": "https://a", "stale": null}),
    },
    Document {
        name: "list",
        read: |text| ListOptions::read(text.as_bytes()).map(drop),
        least: || json!({"uri": "https://a", "issuer": null, "stale": null}),
    },
    Document {
        name: "status_list",
        read: |text| {
            let keys = KeySet::generate(Named::One(Algorithm::Ed25519), None, None)?;
            let options = br#"{"lifetime": 60, "type": "statuslist+jwt"}"#;
            let minter = Minter::new(Arc::new(Ring::new(keys)), MinterOptions::read(options)?)?;
            Revocations::open("memory:", "")?
                .status_list(&minter, text, &Call::at(NOW))
                .map(drop)
        },
        least: || json!({"uri": "https://a", "realm": "r", "size": 8}),
    },
    Document {
        name: "jws",
        read: |text| JwsOptions::read(text.as_bytes()).map(drop),
        least: || json!({}),
    },
    Document {
        name: "memory",
        read: |text| Revocations::open("memory:", text).map(drop),
        least: || json!({}),
    },
    #[cfg(feature = "sqlite")]
    Document {
        name: "sqlite",
        read: |text| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("revocations.db");
            Revocations::open(&format!("sqlite:{}", path.display()), text).map(drop)
        },
        least: || json!({"stale": null}),
    },
    #[cfg(feature = "redis")]
    Document {
        name: "redis",
        // Nobody listens there: what gets so far has passed as options.
        read: |text| match Revocations::open("rediss://127.0.0.1:1", text) {
            Err(error) if error.kind() == ErrorKind::RevocationsUnavailable => Ok(()),
            Err(error) if error.message().contains("No such file") => Ok(()),
            outcome => outcome.map(drop),
        },
        least: || json!({"stale": null}),
    },
    Document {
        name: "rule",
        read: |text| {
            Revocations::open("memory:", "")?
                .revoke(text, NOW)
                .map(drop)
        },
        least: || json!({"realm": "r", "claim": "jti", "value": "x", "until": null}),
    },
    Document {
        name: "revoke_claims",
        read: |text| {
            Revocations::open("memory:", "")?
                .revoke_claims(&claims(), text.as_bytes(), NOW)
                .map(drop)
        },
        least: || json!({}),
    },
    Document {
        name: "revoke_logout",
        read: |text| {
            Revocations::open("memory:", "")?
                .revoke_logout(&claims(), text.as_bytes(), NOW)
                .map(drop)
        },
        least: || json!({"lifetime": 60}),
    },
    Document {
        name: "bearer",
        read: |text| Bearer::new(text.as_bytes(), b"", None).map(drop),
        least: || json!({}),
    },
    Document {
        name: "derive",
        read: |text| Derived::read(text.as_bytes(), b"abcd", b"").map(drop),
        least: || json!({"system": {"name": "porter"}}),
    },
    // The parameters of each system, as one that needs all of them reads them.
    Document {
        name: "stack-auth",
        read: |text| VerifierOptions::read(system(text).as_bytes()).map(drop),
        least: || json!({"name": "stack-auth", "project": "internal"}),
    },
    Document {
        name: "pylon",
        read: |text| MinterOptions::read(system(text).as_bytes()).map(drop),
        least: || json!({"name": "pylon", "issuer": "i"}),
    },
    Document {
        name: "porter",
        read: |text| VerifierOptions::read(system(text).as_bytes()).map(drop),
        least: || json!({"name": "porter"}),
    },
    Document {
        name: "protekt",
        read: |text| VerifierOptions::read(system(text).as_bytes()).map(drop),
        least: || json!({"name": "protekt", "project": "p", "issuer": "i"}),
    },
    Document {
        name: "at+jwt",
        read: |text| VerifierOptions::read(system(text).as_bytes()).map(drop),
        least: || json!({"name": "at+jwt", "issuer": "i", "audience": "a"}),
    },
    Document {
        name: "id_token",
        read: |text| VerifierOptions::read(system(text).as_bytes()).map(drop),
        least: || json!({"name": "id_token", "issuer": "i", "client": "c"}),
    },
    Document {
        name: "logout+jwt",
        read: |text| VerifierOptions::read(system(text).as_bytes()).map(drop),
        least: || json!({"name": "logout+jwt", "issuer": "i", "client": "c"}),
    },
    Document {
        name: "dpop",
        read: |text| VerifierOptions::read(system(text).as_bytes()).map(drop),
        least: || json!({"name": "dpop"}),
    },
];

/// A document with a system and nothing else.
fn system(parameters: &str) -> String {
    format!(r#"{{"system": {parameters}}}"#)
}

/// Verified claims of a token that is a logout token, too.
fn claims() -> jeton::Claims {
    let keys = Arc::new(Ring::new(
        KeySet::generate(Named::One(Algorithm::Ed25519), None, None).unwrap(),
    ));
    let minter = Minter::new(
        keys.clone(),
        MinterOptions::read(br#"{"lifetime": 600, "issuer": "i"}"#).unwrap(),
    )
    .unwrap();
    let claims = br#"{"sub": "s", "sid": "x", "events": {"http://schemas.openid.net/event/backchannel-logout": {}}}"#;
    let token = minter.mint(claims, &Call::at(NOW)).unwrap();
    let options = VerifierOptions::read(br#"{"issuer": "i", "audience": null}"#).unwrap();
    Verifier::new(vec![keys], None, options)
        .unwrap()
        .verify(token.as_bytes(), &Call::at(NOW))
        .unwrap()
}

fn schema() -> Value {
    serde_json::from_str(include_str!("../include/options.schema.json")).unwrap()
}

fn validator(name: &str) -> Validator {
    let mut schema = schema();
    schema["$ref"] = json!(format!("#/$defs/{name}"));
    jsonschema::validator_for(&schema).unwrap()
}

fn properties(definition: &Value) -> BTreeSet<String> {
    // Fields that are another document's own are named, and no more.
    if let Some(names) = definition["propertyNames"]["enum"].as_array() {
        let names = names.iter().map(|name| name.as_str().unwrap().to_owned());
        return names.collect();
    }
    let properties = definition["properties"].as_object().unwrap();
    properties.keys().cloned().collect()
}

/// The fields that the engine lists when it meets one that is nothing like any.
fn known_fields(document: &Document) -> BTreeSet<String> {
    let mut whole = (document.least)();
    whole["?????????????????"] = json!(1);
    let error = (document.read)(&whole.to_string()).unwrap_err();
    let (_, known) = error.message().split_once("known here: ").unwrap();
    known.split(", ").map(str::to_owned).collect()
}

/// Values of every type and near every bound that a field might be given.
fn probes() -> Vec<Value> {
    let mut probes = vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(17),
        json!(64),
        json!(65),
        json!(600),
        json!(601),
        json!(1024),
        json!(1025),
        json!(1 << 20),
        json!((1 << 20) + 1),
        json!(31_556_952_000_i64),
        json!(31_556_952_001_i64),
        json!(""),
        json!("x"),
        json!("ES256"),
        json!("uuid"),
        json!("EdDSA"),
        json!("https://a"),
        json!("http://a"),
        json!([]),
        json!([""]),
        json!(["x"]),
        json!(["ES256"]),
        json!(["ES256", "x"]),
        json!([1]),
        json!([null]),
        json!(["JWT", null]),
        json!(["admin"]),
        json!(["admin", "admin"]),
        json!(["jwt", "session"]),
        json!({}),
        json!({"x": 1}),
        json!({"iss": "x"}),
        json!({"sub": "x"}),
        json!({"bytes": 0}),
        json!({"bytes": 1}),
        json!({"bytes": 1024}),
        json!({"keys": 10_001}),
        json!({"bytes": 1_048_577}),
        json!({"unpacked": 0}),
        json!({"unpacked": (1 << 26) + 1}),
        json!(["suspended", 3, 255]),
        json!([2]),
        json!([256]),
        json!({"depth": 65}),
        json!({"kid": 1025}),
        json!({"size": 1}),
        json!([{"name": "n", "when": {"a": 1}}]),
        json!([{"name": "", "when": {"a": 1}}]),
        json!([{"name": "n", "when": {}}]),
        json!([{"name": "n", "when": {"a": 1}, "switch": ""}]),
        json!([{"name": "n", "when": {"a": 1}, "switch": "s"}]),
        json!([{"name": "n"}]),
        json!([{"prefix": "pk.", "kind": "k"}]),
        json!([{"prefix": "", "kind": "k"}]),
        json!([{"prefix": "pk.", "kind": "jwt"}]),
        json!([{"prefix": "pk.", "kind": "k", "shape": "a{3}"}]),
        json!("number"),
        json!("text"),
        json!("inclusive"),
        json!("cookie"),
        json!("misconfigured"),
        json!("project_id"),
        json!("kid"),
        json!("project_abcdef"),
        json!("a:b"),
        json!(["restricted"]),
        json!(["https://a"]),
        json!({"under": "x"}),
        json!({"under": []}),
        json!({"under": ["x"], "over": 1}),
        json!({"claim": "x", "except": ["y"]}),
        json!({"claim": "x"}),
        json!([{"when": {}}]),
        json!([{"when": {"a": 1}, "issuer": "i", "audience": ["x"], "check": {"b": {"ends": "x"}}}]),
        json!([{"when": {}, "issuer": ""}]),
        json!([{"issuer": "i"}]),
        json!([{"kind": "k", "when": {}}]),
        json!([{"kind": "none", "when": {}}]),
        json!([{"issuer": "i", "audience": null}]),
        json!([{"issuer": "i", "audience": "x", "keys": 2}]),
        json!([{"issuer": "i", "audience": "x", "keys": 0}]),
        json!([{"issuer": "i"}]),
        json!(["HS256"]),
        json!({"window": 60}),
        json!({"name": "porter"}),
        json!({"name": "porter", "strict": 1}),
        json!({"name": "pylon"}),
        json!({"nam": "pylon"}),
    ];
    for matcher in [
        json!(null),
        json!([]),
        json!(["a", 1]),
        json!({"contains": 1}),
        json!({"contains": []}),
        json!({"not": {"present": true}}),
        json!({"type": "string"}),
        json!({"type": "text"}),
        json!({"present": 1}),
        json!({"type": "digits"}),
        json!({"ends": ":x"}),
        json!({"ends": ""}),
        json!({"below": 7}),
        json!({"below": "7"}),
        json!({"regexp": "a"}),
        json!({"not": 1, "present": true}),
        json!([[{"not": []}]]),
    ] {
        probes.push(json!({ "claim": matcher }));
    }
    probes
}

#[test]
fn the_schema_lists_the_fields_that_the_engine_reads() {
    let schema = schema();
    for document in DOCUMENTS {
        let definition = &schema["$defs"][document.name];
        assert_eq!(
            properties(definition),
            known_fields(document),
            "{}",
            document.name
        );
    }
}

#[test]
fn the_schema_and_the_engine_agree_on_every_value() {
    for document in DOCUMENTS {
        let validator = validator(document.name);
        for field in known_fields(document) {
            for probe in probes() {
                let mut whole = (document.least)();
                whole[&field] = probe;
                if document.name == "rule" && field == "key" {
                    let fields = whole.as_object_mut().unwrap();
                    fields.retain(|name, _| name != "claim" && name != "value");
                }
                if document.name == "source" || document.name == "list" {
                    // What hangs together there is tested with the sources.
                    match field.as_str() {
                        "minimum" => whole["maximum"] = json!(31_536_000),
                        "maximum" => whole["minimum"] = json!(1),
                        "file" | "issuer" => drop(whole.as_object_mut().unwrap().remove("url")),
                        _ => {}
                    }
                }
                let refusal = (document.read)(&whole.to_string()).err();
                // What depends on more than the document itself (the clock, the
                // claims, the build) is no matter of the schema.
                let message = refusal
                    .as_ref()
                    .map(|error| error.message().to_owned())
                    .unwrap_or_default();
                let beyond =
                    message.contains("must lie after now") || message.contains("is missing");
                if !beyond {
                    assert_eq!(
                        validator.is_valid(&whole),
                        refusal.is_none(),
                        "{}: {whole}: {message}",
                        document.name
                    );
                }
            }
        }
    }
}

#[test]
fn what_must_be_said_cant_be_left_out() {
    for document in DOCUMENTS {
        let validator = validator(document.name);
        let whole = (document.least)();
        for field in whole.as_object().unwrap().keys() {
            let rest: Map<_, _> = whole
                .as_object()
                .unwrap()
                .clone()
                .into_iter()
                .filter(|(name, _)| name != field)
                .collect();
            let error = (document.read)(&Value::Object(rest.clone()).to_string()).unwrap_err();
            assert_eq!(
                error.kind(),
                ErrorKind::Options,
                "{}.{field}",
                document.name
            );
            // That claim and value go together is said in words.
            if !(document.name == "rule" && matches!(field.as_str(), "claim" | "value")) {
                assert!(
                    !validator.is_valid(&Value::Object(rest)),
                    "{}.{field}",
                    document.name
                );
            }
        }
    }
}

#[test]
fn every_worked_example_is_accepted_by_both() {
    let schema = schema();
    for document in DOCUMENTS {
        let examples = schema["$defs"][document.name]["examples"]
            .as_array()
            .unwrap();
        assert!(!examples.is_empty(), "{}", document.name);
        for example in examples {
            assert!(validator(document.name).is_valid(example), "{example}");
            (document.read)(&example.to_string()).unwrap();
        }
    }
}

#[test]
fn a_misspelt_field_is_named_with_the_one_meant() {
    for document in DOCUMENTS {
        for field in known_fields(document) {
            let mut whole = (document.least)();
            whole[format!("{field}x")] = json!(1);
            let error = (document.read)(&whole.to_string()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Options);
            let meant = format!("unknown field \"{field}x\"; did you mean \"{field}\"?");
            assert!(
                error.message().ends_with(&meant),
                "{}: {}",
                document.name,
                error.message()
            );
        }
    }
}

#[test]
fn entries_of_trust_are_held_against_the_schema_too() {
    let schema = schema();
    let validator = validator("verifier");
    for field in properties(&schema["$defs"]["trust"]) {
        for probe in probes() {
            let mut entry = json!({"issuer": "i", "audience": "a"});
            entry[&field] = probe;
            let whole = json!({ "trust": [entry] });
            let read = VerifierOptions::read(whole.to_string().as_bytes());
            assert_eq!(
                validator.is_valid(&whole),
                read.is_ok(),
                "{whole}: {:?}",
                read.err()
            );
        }
    }
}
