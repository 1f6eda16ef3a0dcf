//! The generator: `make` becomes a token, once. What is there already is a
//! fixed literal, and only held against its `make`.

use std::fs;

use serde_json::Value;

use super::forge::{encode, sign, signed_part};
use super::vectors::{self, File, key_set, kind, members, name};
use super::{layout, run};

/// Writes what is missing in every file.
pub fn write() {
    let signers = vectors::signers();
    for mut file in vectors::all() {
        let before = fs::read_to_string(&file.path).unwrap();
        let count = file.vectors().len();
        for index in 0..count {
            let vector = &file.vectors()[index];
            let missing = match kind(vector) {
                "mint" => starts(vector),
                _ => made(&signers, vector),
            };
            let vector = file.value["vectors"][index].as_object_mut().unwrap();
            if let Some((member, text)) = missing {
                match member {
                    "starts" => vector["expect"][member] = text.into(),
                    _ => {
                        vector.insert(member.into(), text.into());
                        // For people: the expectation comes last.
                        let expect = vector.shift_remove("expect").unwrap();
                        vector.insert("expect".into(), expect);
                    }
                }
            }
        }
        let after = layout::text(&file.value);
        if after != before {
            fs::write(&file.path, after).unwrap();
        }
    }
}

/// The token of a vector that has a `make` and no token yet.
fn made(signers: &File, vector: &Value) -> Option<(&'static str, String)> {
    let make = vector.get("make")?;
    let none = ["token", "authorization", "cookie"]
        .iter()
        .all(|name| vector.get(*name).is_none());
    none.then(|| {
        let token = token(signers, make);
        match make.get("as").and_then(Value::as_str) {
            Some("authorization") => ("authorization", format!("Bearer {token}")),
            Some("cookie") => ("cookie", token),
            _ => ("token", token),
        }
    })
}

fn starts(vector: &Value) -> Option<(&'static str, String)> {
    let expect = &vector["expect"];
    let (header, payload) = (
        expect.get("header")?.as_str()?,
        expect.get("payload")?.as_str()?,
    );
    expect
        .get("starts")
        .is_none()
        .then(|| ("starts", format!("{}.", signed_part(header, payload))))
}

fn text<'v>(make: &'v Value, name: &str) -> Option<&'v str> {
    make.get(name).map(|text| {
        text.as_str()
            .unwrap_or_else(|| panic!("make.{name}: {make}"))
    })
}

/// The first two parts that `make` describes, before any edit.
fn signed(make: &Value) -> String {
    let part = |name: &str| match text(make, &format!("{name}_base64url")) {
        Some(spelt) => spelt.to_owned(),
        None => encode(text(make, name).unwrap_or_else(|| panic!("make without {name}: {make}"))),
    };
    format!("{}.{}", part("header"), part("payload"))
}

fn token(signers: &File, make: &Value) -> String {
    let signed = signed(make);
    let signature = match text(make, "signature") {
        Some(signature) => signature.to_owned(),
        None => {
            let key = key_set(signers.key(&make["key"])).unwrap();
            encode(sign(&key, text(make, "over").unwrap_or(&signed).as_bytes()))
        }
    };
    let token = format!("{signed}.{signature}");
    let Some(edits) = make.get("edit") else {
        return token;
    };
    edits.as_array().unwrap().iter().fold(token, |token, edit| {
        let (from, to) = (edit[0].as_str().unwrap(), edit[1].as_str().unwrap());
        assert!(
            token.contains(from),
            "make.edit: no {from:?} in the token of {make}"
        );
        token.replacen(from, to, 1)
    })
}

/// Fails where the literal of `vector` isn't what its `make` says.
pub fn hold(signers: &File, vector: &Value) -> Result<(), String> {
    let Some(make) = vector.get("make") else {
        return Ok(());
    };
    let of = |member: &str| vector.get(member).and_then(Value::as_str);
    let literal = of("token")
        .or_else(|| of("authorization").and_then(|text| text.strip_prefix("Bearer ")))
        .or_else(|| of("cookie"))
        .ok_or_else(|| format!("{}: no token yet; JETON_BLESS=1 makes it", name(vector)))?;
    let unknown = members(make).keys().find(|name| {
        ![
            "key",
            "header",
            "header_base64url",
            "payload",
            "payload_base64url",
            "signature",
            "over",
            "edit",
            "as",
        ]
        .contains(&name.as_str())
    });
    if let Some(unknown) = unknown {
        return Err(format!("{}: make.{unknown} means nothing", name(vector)));
    }
    let fixed = make.get("signature").is_some()
        || ["HS", "RS", "Ed"]
            .iter()
            .any(|family| run::algorithm_of(signers, make).starts_with(family));
    let holds = if fixed {
        token(signers, make) == literal
    } else {
        make.get("edit").is_some() || literal.starts_with(&format!("{}.", signed(make)))
    };
    holds
        .then_some(())
        .ok_or_else(|| format!("{}: the token isn't what \"make\" says", name(vector)))
}
