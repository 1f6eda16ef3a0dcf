//! Documents that people write (options, rules, claims): strict JSON into a
//! type, and an error that names the field and, where it can, the one meant.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

use super::json;
use crate::error::{Error, ErrorKind, Result};

/// Reads the JSON object `text` into `T`; `name` is what errors call the document.
///
/// Fails with [`ErrorKind::Options`] for JSON that isn't strict, for an unknown
/// or missing field and for a value of the wrong type.
pub(crate) fn read<T: DeserializeOwned>(name: &str, text: &[u8]) -> Result<T> {
    let text = json::checked(text, json::DOCUMENT_DEPTH)
        .map_err(|error| error.into_kind(ErrorKind::Options).at(name))?;
    if !text.trim_ascii_start().starts_with('{') {
        return Err(Error::new(
            ErrorKind::Options,
            format!("{name}: a JSON object was expected"),
        ));
    }
    let mut source = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut source).map_err(|error| {
        let path = error.path().to_string();
        let place = match path.as_str() {
            "." => name.to_owned(),
            path => format!("{name}.{path}"),
        };
        Error::new(
            ErrorKind::Options,
            format!("{place}: {}", explained(&error.inner().to_string())),
        )
    })
}

/// serde's message without its position and without any value, in the words of
/// people, with a suggestion for a misspelt field.
fn explained(message: &str) -> String {
    let message = message
        .rsplit_once(" at line ")
        .map_or(message, |(message, _)| message);
    if let Some((found, expected)) = message
        .strip_prefix("invalid ")
        .and_then(|rest| rest.split_once(": ")?.1.rsplit_once(", expected "))
    {
        let found = found
            .split(['`', '"'])
            .next()
            .unwrap_or_default()
            .trim_end();
        return format!("{} was expected, not {}", plain(expected), plain(found));
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let (Some(unknown), true) = (quoted.next(), message.starts_with("unknown")) else {
        return message.replace('`', "\"");
    };
    let known: Vec<_> = quoted.collect();
    let what = if message.starts_with("unknown variant") {
        "value"
    } else {
        "field"
    };
    format!(
        "unknown {what} \"{unknown}\"{}",
        suggestion(unknown, &known)
    )
}

/// A JSON type as people call it, for the names that Rust and serde have.
fn plain(name: &str) -> &str {
    match name {
        "u32" | "u64" | "usize" => "a whole number of 0 or more",
        "i64" => "a whole number",
        "a boolean" => "true or false",
        "a sequence" | "sequence" => "a list",
        "a map" | "map" => "an object",
        "string" => "a string",
        "integer" | "floating point" => "this number",
        "boolean" => "a boolean",
        other => other.strip_prefix("struct ").map_or(other, |_| "an object"),
    }
}

/// What to say about the misspelt `unknown`: the one of `known` that was meant, or all.
pub(crate) fn suggestion(unknown: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(unknown, known), known))
        .filter(|(distance, known)| *distance <= 2.max(known.len() / 3))
        .min_by_key(|(distance, _)| *distance);
    match near {
        Some((_, meant)) => format!("; did you mean \"{meant}\"?"),
        None => format!("; known here: {}", known.join(", ")),
    }
}

/// A structure that is written as an object and not, as serde would also have
/// it, as a list of its fields' values.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> std::result::Result<Self, D::Error> {
        struct OfMembers<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OfMembers<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                members: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members)).map(Object)
            }
        }

        source.deserialize_map(OfMembers(PhantomData))
    }
}

/// For `Option<T>` fields where null is no value: absent is `None`, and null an error.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    source: D,
) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(source).map(Some)
}

/// For fields where absent, null and a value differ: `None`, `Some(None)`, `Some(Some(_))`.
pub(crate) fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    source: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::deserialize(source).map(Some)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[allow(dead_code)]
        audience: String,
    }

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(default, deserialize_with = "given")]
        leeway: Option<u64>,
        #[serde(default, deserialize_with = "said")]
        issuer: Option<Option<String>>,
        #[serde(default)]
        #[allow(dead_code)]
        trust: Vec<Object<Inner>>,
        #[serde(default)]
        #[allow(dead_code)]
        word: Option<Word>,
    }

    #[derive(serde::Deserialize, Debug)]
    #[serde(rename_all = "lowercase")]
    enum Word {
        Number,
        Text,
    }

    fn refused(text: &str) -> String {
        let error = read::<Outer>("options", text.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Options);
        error.message().to_owned()
    }

    #[test]
    fn an_error_names_the_field_and_the_one_meant() {
        assert_eq!(
            refused(r#"{"trust":[{"audiance":"a"}]}"#),
            "options.trust[0].audiance: unknown field \"audiance\"; did you mean \"audience\"?"
        );
        assert_eq!(
            refused(r#"{"trust":[["a"]]}"#),
            "options.trust[0]: an object was expected, not a list"
        );
        assert_eq!(
            refused(r#"{"zzz":1}"#),
            "options.zzz: unknown field \"zzz\"; known here: leeway, issuer, trust, word"
        );
        assert_eq!(
            refused(r#"{"word":"txet"}"#),
            "options.word: unknown value \"txet\"; did you mean \"text\"?"
        );
        assert_eq!(
            refused(r#"{"trust":[{}]}"#),
            "options.trust[0]: missing field \"audience\""
        );
        assert_eq!(
            refused(r#"{"leeway":"x"}"#),
            "options.leeway: a whole number of 0 or more was expected, not a string"
        );
        assert_eq!(refused("[]"), "options: a JSON object was expected");
        assert_eq!(
            refused(r#"{"leeway":1,"leeway":2}"#),
            "options: a JSON member name is repeated (\"leeway\") at line 1 column 13"
        );
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        let issuer = |text: &str| read::<Outer>("options", text.as_bytes()).unwrap().issuer;
        assert_eq!(issuer("{}"), None);
        assert_eq!(issuer(r#"{"issuer":null}"#), Some(None));
        assert_eq!(issuer(r#"{"issuer":"a"}"#), Some(Some("a".into())));
        assert!(refused(r#"{"leeway":null}"#).ends_with("was expected, not null"));
        assert_eq!(
            read::<Outer>("options", b"{\"leeway\":5}").unwrap().leeway,
            Some(5)
        );
    }
}
