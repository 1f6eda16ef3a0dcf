//! A verifier's options, written out again: every check that is in force is
//! said, and what reads the result comes to the same options.
//!
//! Written from the compiled form, not from the document: what is shown is
//! what is checked.

use serde_json::{Map, Value, json};

use super::deny::Deny;
use super::entry::{Entry, Issuers};
use super::options::{Limits, VerifierOptions};

impl VerifierOptions {
    /// The options as a document with the defaults filled in, as JSON. It reads
    /// back as the same options. Left out is only what hangs on something
    /// else: `algorithms` on the keys, `require` on revocations being attached.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut document = Map::new();
        match self.entries.as_slice() {
            [entry] if entry.keys == 0 => document = entry_json(entry),
            entries => {
                let trust = entries.iter().map(|entry| {
                    let mut own = entry_json(entry);
                    own.insert("keys".into(), entry.keys.into());
                    Value::Object(own)
                });
                document.insert("trust".into(), trust.collect());
            }
        }
        if let Some(proof) = self.proof {
            document.insert("proof".into(), json!(proof));
        }
        let Limits { bytes, depth, kid } = self.limits;
        for (name, value) in [
            ("leeway", json!(self.leeway)),
            ("age", json!(self.age)),
            ("report", json!(self.report)),
            ("revocable", json!(self.revocable)),
            (
                "limits",
                json!({ "bytes": bytes, "depth": depth, "kid": kid }),
            ),
        ] {
            document.insert(name.into(), value);
        }
        Value::Object(document).to_string()
    }

    /// What bounds a token.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }
}

fn entry_json(entry: &Entry) -> Map<String, Value> {
    let mut own = Map::new();
    let issuers = match &entry.issuers {
        Issuers::Any => Value::Null,
        Issuers::These(these) => json!(these),
        Issuers::Under(under) => json!({ "under": under }),
    };
    own.insert("issuer".into(), issuers);
    own.insert("audience".into(), json!(entry.audiences));
    if let Some(list) = &entry.algorithms {
        let names = list.iter().map(|algorithm| algorithm.name());
        own.insert("algorithms".into(), names.collect());
    }
    let types = match entry.types.as_deref() {
        Some([Some(one)]) => json!(one),
        types => json!(types),
    };
    own.insert("type".into(), types);
    if let Some(require) = &entry.require {
        own.insert("require".into(), json!(require));
    }
    own.insert("iat".into(), json!(entry.issued));
    own.insert("exp".into(), json!(entry.expiry));
    own.insert("lifetime".into(), json!(entry.lifetime));
    own.insert("claims".into(), entry.claims.to_json());
    let deny = entry.deny.iter().map(Deny::to_json);
    own.insert("deny".into(), deny.collect());
    own.insert("realm".into(), json!(entry.realm));
    own
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        VerifierOptions::read(text.as_bytes()).unwrap().to_json()
    }

    #[test]
    fn what_is_shown_says_the_defaults() {
        assert_eq!(
            shown(r#"{"audience": null, "issuer": "a"}"#),
            r#"{"issuer":["a"],"audience":null,"type":null,"iat":"number","exp":"exclusive","lifetime":null,"claims":{},"deny":[],"realm":null,"leeway":0,"age":null,"report":[],"revocable":false,"limits":{"bytes":16384,"depth":32,"kid":256}}"#
        );
    }

    #[test]
    fn what_is_shown_reads_as_the_same_options() {
        for text in [
            r#"{"issuer": null, "audience": ["a", "b"], "algorithms": ["EdDSA", "ES256"], "type": "at+jwt",
                "leeway": 5, "age": 60, "lifetime": 60, "realm": "r", "report": ["sub"], "require": [],
                "limits": {"bytes": 100, "depth": 3, "kid": 9}}"#,
            r#"{"issuer": "a", "audience": null, "claims": {
                "a": ["x", 1, null, true], "b": {"contains": "x"}, "c": {"not": {"type": "object"}},
                "d": {"present": false}},
                "deny": [{"name": "n", "when": {"a": ["", {"not": {"type": "string"}}]}, "switch": "s"},
                         {"name": "m", "when": {"a": 1}}]}"#,
            r#"{"trust": [{"issuer": "a", "audience": "x", "keys": 1}], "type": "JWT"}"#,
            r#"{"issuer": "a", "audience": "x", "type": ["JWT", null]}"#,
            r#"{"issuer": {"under": ["https://a/", "https://b/"]}, "audience": null, "iat": "text", "exp": "inclusive",
                "revocable": true, "claims": {"/a/b": {"type": "digits"}, "c": {"ends": "x"}, "d": {"below": 7}}}"#,
            r#"{"trust": [{"issuer": null, "audience": null, "iat": null, "realm": "r"}, {"issuer": "b", "audience": "x",
                "keys": 1, "exp": "inclusive", "realm": null}], "realm": "s"}"#,
            r#"{"issuer": null, "audience": null, "algorithms": ["ES256"], "type": "dpop+jwt", "require": [], "leeway": 5,
                "proof": {"window": 60, "replay": false}}"#,
            r#"{"trust": [{"issuer": "a", "audience": "x", "lifetime": null}, {"issuer": ["b", "c"], "audience": null, "keys": 1,
                "algorithms": ["RS256"], "claims": {"x": 1}}], "lifetime": 60, "algorithms": ["ES256"], "require": ["sub"]}"#,
        ] {
            let once = shown(text);
            assert_eq!(once, shown(&once));
            let read =
                |text: &str| format!("{:?}", VerifierOptions::read(text.as_bytes()).unwrap());
            assert_eq!(read(text), read(&once));
        }
    }
}
