#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

fn verdict(text: &[u8]) -> std::result::Result<(), &'static str> {
    check(text, 32, &mut Members::new())
        .map(drop)
        .map_err(|fault| fault.what)
}

#[test]
fn the_grammar_is_that_of_rfc_8259() {
    for good in [
        "{}",
        "[]",
        "0",
        "-0",
        "1.5e+3",
        "\"\"",
        "null",
        " { \"a\" : [ 1 , { } , [ ] ] } ",
        r#""\u00e9\ud83d\ude00\n\/""#,
        "[true,false,null]",
        "1E308",
        "1E-400",
    ] {
        assert_eq!(verdict(good.as_bytes()), Ok(()), "{good}");
    }
    for bad in [
        "",
        " ",
        "{",
        "}",
        "[",
        "]",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "{'a':1}",
        "01",
        "1.",
        ".5",
        "+1",
        "-",
        "1e",
        "nul",
        "truefalse",
        "NaN",
        "Infinity",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"a\nb\"",
        "{} {}",
        "[1 2]",
        "{\"a\":1 \"b\":2}",
        "[}",
        "{]",
        "//",
        "\u{feff}{}",
        "{\"a\":}",
        "[,1]",
        "\"\\",
        "\"\\ud800",
        "\"\\ud800\\u",
        "]1",
        "1]",
    ] {
        assert!(verdict(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn a_number_that_no_double_holds_is_refused_however_it_is_written() {
    let nines = "9".repeat(308);
    for good in [&*nines, "1.7976931348623157e308", "-1e+308", "0e999"] {
        assert_eq!(verdict(good.as_bytes()), Ok(()), "{good}");
    }
    let (longer, fraction) = (format!("1{nines}0"), format!("-1{nines}0.5"));
    for bad in [&*longer, &*fraction, "1e309", "-1E400", "[0,{\"a\":2e308}]"] {
        let fault = verdict(bad.as_bytes()).unwrap_err();
        assert_eq!(fault, "a number is out of range", "{bad}");
    }
}

#[test]
fn what_is_respelt_means_the_same() {
    for (given, least, html) in [
        (" [ ] ", "[]", "[]"),
        (
            "{\"a b\" : -1.50 ,\n\"c\":true}",
            "{\"a b\":-1.50,\"c\":true}",
            "{\"a b\":-1.50,\"c\":true}",
        ),
        (
            r#""\u0041\/\\\"\t\u0001""#,
            r#""A/\\\"\t\u0001""#,
            r#""A/\\\"\t\u0001""#,
        ),
        (
            r#""<\u003e&\u2028""#,
            "\"<>&\u{2028}\"",
            r#""\u003c\u003e\u0026\u2028""#,
        ),
    ] {
        for (html, wanted) in [(false, least), (true, html)] {
            let mut written = String::new();
            super::respell(given, html, &mut written);
            assert_eq!(written, wanted, "{given}");
        }
    }
}

#[test]
fn names_are_compared_by_what_they_mean_at_every_depth() {
    for repeated in [
        r#"{"a":1,"a":2}"#,
        r#"{"exp":1,"\u0065xp":2}"#,
        r#"{"x":[{"a":1,"b":{"c":1,"c":1}}]}"#,
        r#"{"":1,"":2}"#,
        r#"{"\ud83d\ude00":1,"😀":2}"#,
    ] {
        assert_eq!(
            verdict(repeated.as_bytes()),
            Err("a JSON member name is repeated"),
            "{repeated}"
        );
    }
    let mut many: Vec<_> = (0..40).map(|n| format!("\"n{n}\":{n}")).collect();
    assert_eq!(
        verdict(format!("{{{}}}", many.join(",")).as_bytes()),
        Ok(())
    );
    many.push("\"n7\":0".into());
    assert!(verdict(format!("{{{}}}", many.join(",")).as_bytes()).is_err());
    assert_eq!(
        verdict(br#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#),
        Ok(())
    );
}

#[test]
fn surrogates_stand_in_pairs_only() {
    for lone in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\u0041""#,
        r#""\ud800x""#,
        r#""\udc00\ud800""#,
    ] {
        assert_eq!(
            verdict(lone.as_bytes()),
            Err("a lone surrogate in a JSON string"),
            "{lone}"
        );
    }
}

#[test]
fn only_utf_8_is_read() {
    for bad in [
        &b"\"\xff\""[..],
        b"\"\xc0\x80\"",
        b"\"\xed\xa0\x80\"",
        b"\xff\xfe{\0}\0",
    ] {
        assert_eq!(verdict(bad), Err("JSON isn't UTF-8"));
    }
    assert!(verdict(b"{\0}").is_err());
}

#[test]
fn depth_is_bounded_without_recursion() {
    let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    assert_eq!(verdict(&nested(32)), Ok(()));
    assert_eq!(verdict(&nested(33)), Err("JSON is nested too deep"));
    assert_eq!(
        verdict(&vec![b'['; 1_000_000]),
        Err("JSON is nested too deep")
    );
}

#[test]
fn a_fault_in_a_document_is_located() {
    let error = parse(b"{\n  \"a\": 1,\n  \"a\": 2\n}", 32).unwrap_err();
    assert_eq!(
        error.message(),
        "a JSON member name is repeated (\"a\") at line 3 column 3"
    );
}

#[test]
fn values_are_read_where_they_stand() {
    let text = r#" { "a" : [ 1, "x,]\"}" , {"b":[true]} ] , "\u0062" : "\u0041\ud83d\ude00" , "n":-3.5e1 } "#;
    let mut members = Members::new();
    let text = check(text.as_bytes(), 32, &mut members).unwrap();
    let all = Raw::checked(text);
    assert_eq!(members.iter(text).count(), 3);
    assert_eq!(members.get(text, "b").unwrap().string().unwrap(), "A😀");
    assert_eq!(members.get(text, "n").unwrap().number(), Some(-35.0));
    assert_eq!(members.get(text, "n").unwrap().integer(), None);
    assert_eq!(all.pointed("/a/0").unwrap().integer(), Some(1));
    assert_eq!(all.pointed("/a/1").unwrap().string().unwrap(), "x,]\"}");
    assert_eq!(all.pointed("/a/2/b/0").unwrap().boolean(), Some(true));
    assert_eq!(all.pointed("").unwrap().kind(), Kind::Object);
    for nowhere in ["/a/3", "/a/00", "/a/-", "/c", "a", "/a/0/x"] {
        assert!(all.pointed(nowhere).is_none(), "{nowhere}");
    }
}

fn any_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..20)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_writes_is_accepted_and_read_alike(value in any_value()) {
        let text = serde_json::to_string_pretty(&value).unwrap();
        let mut members = Members::new();
        let text = check(text.as_bytes(), 64, &mut members).unwrap();
        if let Some(object) = value.as_object() {
            prop_assert_eq!(members.iter(text).count(), object.len());
            for (name, value) in object {
                let raw = members.get(text, name).unwrap();
                prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(raw.text()).unwrap(), value);
                prop_assert_eq!(raw.text(), Raw::checked(text).get(name).unwrap().text());
            }
        }
    }

    #[test]
    fn whatever_passes_is_json_for_serde_too(text in r#"[{}\[\]",:0-9a-c\\u.eE+ -]{0,24}"#) {
        if verdict(text.as_bytes()).is_ok() {
            let read = serde_json::from_str::<serde_json::Value>(&text);
            let out_of_range = read.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
            prop_assert!(read.is_ok() || out_of_range);
        }
    }

    #[test]
    fn any_bytes_get_a_verdict(bytes: Vec<u8>) {
        let _ = verdict(&bytes);
    }
}

/// Texts of 16 characters that take the hash from `state` to one and the same
/// next state: it has no key, so that anybody can look for them.
fn interchangeable(state: u64, count: usize) -> (Vec<String>, u64) {
    let [one, other] = [*b"aaaaaaaa", *b"bbbbbbbb"].map(u64::from_le_bytes);
    let middle = members::mix(state, one);
    let next = members::mix(middle, other);
    let texts = (0_u32..).filter_map(|counter| {
        let first = format!("{:08x}", counter.wrapping_mul(0x9e37_79b9));
        let word = u64::from_le_bytes(first.as_bytes().try_into().unwrap());
        let undone = members::mix(state, word).rotate_left(23) ^ middle.rotate_left(23) ^ other;
        let plain = |byte: &u8| byte.is_ascii_graphic() && !b"\"\\".contains(byte);
        let second = undone.to_le_bytes();
        let second = second
            .iter()
            .all(plain)
            .then(|| String::from_utf8(second.into()))?;
        Some(first + &second.unwrap())
    });
    (texts.take(count).collect(), next)
}

/// Pair by pair, these names would take minutes.
#[test]
fn names_made_to_have_one_hash_cost_no_square() {
    let mut names = vec![String::new()];
    let mut state = 3 * 16;
    for _ in 0..3 {
        let (texts, next) = interchangeable(state, 32);
        state = next;
        names = names
            .iter()
            .flat_map(|name| texts.iter().map(move |text| format!("{name}{text}")))
            .collect();
    }
    let hashes: std::collections::BTreeSet<_> = names
        .iter()
        .map(|name| members::key(name.as_bytes()))
        .collect();
    assert_eq!((names.len(), hashes.len()), (32 * 32 * 32, 1));
    let object = |names: &[String]| format!("{{\"{}\":0}}", names.join("\":0,\""));
    assert_eq!(verdict(object(&names).as_bytes()), Ok(()));
    names.push(names.first().unwrap().replacen('0', "\\u0030", 1));
    assert_eq!(
        verdict(object(&names).as_bytes()),
        Err("a JSON member name is repeated")
    );
}
