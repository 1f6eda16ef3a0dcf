mod documents;
mod lists;
#[cfg(feature = "sqlite")]
mod sqlite;
mod threads;
mod used;

use serde_json::json;

use super::*;
use crate::error::ErrorKind;

const A: &str = "https://a.test";
const B: &str = "https://b.test";

fn memory() -> Revocations {
    Revocations::open("memory:", "").unwrap()
}

fn jti(id: &str) -> String {
    json!({"realm": A, "claim": "jti", "value": id, "until": null}).to_string()
}

fn is_revoked(store: &Revocations, id: &str, now: i64) -> bool {
    store.hit(A, "jti", Value::Text(id), Some(0), now)
}

fn names(store: &Revocations) -> Vec<String> {
    store.names().iter().map(ToString::to_string).collect()
}

#[track_caller]
fn assert_options<T>(outcome: Result<T>, place: &str) {
    let error = outcome.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Options, "{error}");
    assert!(error.message().contains(place), "{error}");
}

#[test]
fn a_revoked_token_is_refused_on_the_next_call_and_only_it() {
    let store = memory();
    assert!(store.is_empty());
    assert!(!is_revoked(&store, "1", 5));
    store.revoke(&jti("1"), 5).unwrap();
    assert!(!store.is_empty());
    assert!(is_revoked(&store, "1", 5));
    assert!(!is_revoked(&store, "2", 5));
    assert!(!store.hit(A, "sid", Value::Text("1"), Some(0), 5));
    assert!(!store.hit(A, "jti", Value::Integer(1), Some(0), 5));
}

#[test]
fn realms_are_apart() {
    let store = memory();
    store.revoke(&jti("1"), 5).unwrap();
    assert!(!store.hit(B, "jti", Value::Text("1"), Some(0), 5));
    assert!(!store.hit("https://a.test/", "jti", Value::Text("1"), Some(0), 5));
    assert!(!store.hit("", "jti", Value::Text("1"), Some(0), 5));
}

#[test]
fn text_and_number_are_different_values() {
    let store = memory();
    let rule = json!({"realm": A, "claim": "jti", "value": 7, "until": null});
    store.revoke(&rule.to_string(), 5).unwrap();
    assert!(store.hit(A, "jti", Value::Integer(7), None, 5));
    assert!(!store.hit(A, "jti", Value::Text("7"), None, 5));
    let float = json!(7.0);
    assert_eq!(Value::of(&float), Some(Value::Integer(7)));
    for other in [
        json!(7.5),
        json!(9_007_199_254_740_992_u64),
        json!(1e300),
        json!([7]),
        json!(null),
    ] {
        assert_eq!(Value::of(&other), None, "{other}");
    }
}

#[test]
fn a_rule_ends_by_itself() {
    let store = memory();
    let rule = json!({"realm": A, "claim": "jti", "value": "1", "until": 100});
    store.revoke(&rule.to_string(), 5).unwrap();
    assert!(is_revoked(&store, "1", 99));
    assert!(!is_revoked(&store, "1", 100));
    assert_eq!(store.compact(99).unwrap(), 0);
    assert_eq!(store.compact(100).unwrap(), 1);
    assert!(store.is_empty());
    assert!(store.names().is_empty());
}

#[test]
fn a_cut_off_refuses_what_was_issued_at_it_or_before_or_at_no_time() {
    let store = memory();
    let rule = json!({"realm": A, "claim": "sub", "value": "u", "until": null});
    let entry = store.revoke(&rule.to_string(), 50).unwrap();
    assert_eq!(
        (entry.rule.before, entry.rule.until, entry.at),
        (Some(50), None, 50)
    );
    let hit = |issued| store.hit(A, "sub", Value::Text("u"), issued, 60);
    assert!(hit(Some(49)));
    assert!(hit(Some(50)));
    assert!(!hit(Some(51)));
    assert!(hit(None));
}

#[test]
fn a_cut_off_is_now_for_sub_and_ever_for_all_else_unless_said() {
    let store = memory();
    let before = |claim: &str, said: serde_json::Value| {
        let mut rule = json!({"realm": A, "claim": claim, "value": claim, "until": null});
        if said != "absent" {
            rule["before"] = said;
        }
        let entry = store.revoke(&rule.to_string(), 50).unwrap();
        store
            .restore(
                &json!({"realm": A, "claim": claim, "value": claim}).to_string(),
                50,
            )
            .unwrap();
        entry.rule.before
    };
    assert_eq!(before("sub", json!("absent")), Some(50));
    assert_eq!(before("sub", json!(null)), None);
    assert_eq!(before("sub", json!(7)), Some(7));
    assert_eq!(before("sid", json!("absent")), None);
    assert_eq!(before("sid", json!(7)), Some(7));
    let key = json!({"realm": A, "key": "sub", "until": null});
    assert_eq!(
        store.revoke(&key.to_string(), 50).unwrap().rule.before,
        None
    );
}

#[test]
fn a_second_rule_only_widens_the_first() {
    for options in ["{}", r#"{"log": false}"#] {
        let store = Revocations::open("memory:", options).unwrap();
        let revoke = |before: Option<i64>, until: Option<i64>, now| {
            let rule =
                json!({"realm": A, "claim": "sub", "value": "u", "before": before, "until": until});
            let rule = store.revoke(&rule.to_string(), now).unwrap().rule;
            (rule.before, rule.until)
        };
        assert_eq!(revoke(Some(50), Some(100), 1), (Some(50), Some(100)));
        assert_eq!(revoke(Some(40), Some(90), 2), (Some(50), Some(100)));
        assert_eq!(revoke(Some(60), Some(90), 2), (Some(60), Some(100)));
        assert_eq!(revoke(None, Some(20), 2), (None, Some(100)));
        // An ended rule is no longer there to be widened.
        assert_eq!(revoke(Some(10), Some(200), 100), (Some(10), Some(200)));
        assert_eq!(revoke(Some(10), None, 100), (Some(10), None));
        assert!(store.hit(A, "sub", Value::Text("u"), Some(10), 5000));
        assert!(!store.hit(A, "sub", Value::Text("u"), Some(11), 5000));
    }
}

#[test]
fn a_key_is_revoked_by_its_own_kid_or_thumbprint() {
    let store = memory();
    store.revoke(&jti("k1"), 5).unwrap();
    assert!(!store.key_hit(A, Some("k1"), "t1", Some(0), 5));
    let key = |name: &str| json!({"realm": A, "key": name, "until": 100}).to_string();
    store.revoke(&key("k1"), 5).unwrap();
    store.revoke(&key("t2"), 5).unwrap();
    assert!(store.key_hit(A, Some("k1"), "t1", Some(0), 99));
    assert!(store.key_hit(A, Some("k2"), "t2", Some(0), 99));
    assert!(store.key_hit(A, None, "t2", None, 99));
    assert!(!store.key_hit(A, Some("k3"), "t3", Some(0), 99));
    assert!(!store.key_hit(B, Some("k1"), "t2", Some(0), 99));
    assert!(!store.key_hit(A, Some("k1"), "t2", Some(0), 100));
    store.compact(100).unwrap();
    assert!(!store.key_hit(A, Some("k1"), "t2", Some(0), 50));
}

#[test]
fn restoring_takes_a_rule_back_once() {
    let store = memory();
    store.revoke(&jti("1"), 5).unwrap();
    store.revoke(&jti("2"), 5).unwrap();
    let target = json!({"realm": A, "claim": "jti", "value": "1"}).to_string();
    assert!(store.restore(&target, 6).unwrap());
    assert!(!store.restore(&target, 6).unwrap());
    assert!(!is_revoked(&store, "1", 6));
    assert!(is_revoked(&store, "2", 6));
    assert!(!store.list_json(6).unwrap().contains("\"1\""));
    store.revoke(&jti("1"), 7).unwrap();
    assert!(is_revoked(&store, "1", 7));
    assert_options(store.restore(&jti("1"), 6), "until");
}

#[test]
fn a_rule_says_all_it_must_and_nothing_else() {
    let store = memory();
    let long = "x".repeat(5000);
    let base = json!({"realm": A, "claim": "jti", "value": "v", "until": 100});
    let with = |field: &str, value: serde_json::Value| {
        let mut rule = base.clone();
        rule[field] = value;
        rule.to_string()
    };
    let without = |field: &str| {
        let mut rule = base.clone();
        rule.as_object_mut().unwrap().shift_remove(field);
        rule.to_string()
    };
    for (rule, place) in [
        (without("realm"), "realm"),
        (without("until"), "say until: seconds, or null for ever"),
        (without("value"), "value"),
        (without("claim"), "claim"),
        (with("until", json!(5)), "until"),
        (with("until", json!(1_i64 << 53)), "until"),
        (with("until", json!("soon")), "until"),
        (with("before", json!(1.5)), "before"),
        (with("before", json!(-1_i64 << 53)), "before"),
        (with("realm", json!("")), "realm"),
        (with("realm", json!(&long[..2049])), "realm"),
        (with("claim", json!("")), "claim"),
        (with("claim", json!(&long[..129])), "claim"),
        (with("value", json!(&long[..4097])), "value"),
        (with("value", json!(1_i64 << 53)), "value"),
        (with("value", json!(1.5)), "value"),
        (with("value", json!(["v"])), "value"),
        (with("value", json!(true)), "value"),
        (with("note", json!(&long[..201])), "note"),
        (with("key", json!("k")), "key"),
        (with("untill", json!(7)), "did you mean \"until\""),
        (base.to_string().replace("{", r#"{"realm":"x","#), "realm"),
        ("[]".into(), "rule"),
        (String::new(), "rule"),
        ("{".repeat(1000), "rule"),
    ] {
        assert_options(store.revoke(&rule, 5), place);
    }
    assert!(store.is_empty());
    assert!(store.names().is_empty());
    for rule in [
        base.to_string(),
        with("until", json!(6)),
        with("realm", json!(&long[..2048])),
        with("claim", json!(&long[..128])),
        with("value", json!(&long[..4096])),
        with("value", json!("")),
        with("value", json!((1_i64 << 53) - 1)),
        with("note", json!(&long[..200])),
    ] {
        store.revoke(&rule, 5).unwrap();
    }
}

#[test]
fn a_message_never_holds_the_claims_value() {
    let store = memory();
    let rule = json!({"realm": A, "claim": "sub", "value": ["secret"], "until": null});
    let error = store.revoke(&rule.to_string(), 5).unwrap_err();
    assert!(!error.message().contains("secret"), "{error}");
}

#[test]
fn the_names_in_use_are_capped() {
    let store = Revocations::open("memory:", r#"{"names": 2}"#).unwrap();
    let rule = |claim: &str, until: Option<i64>| {
        json!({"realm": A, "claim": claim, "value": "1", "until": until}).to_string()
    };
    store.revoke(&rule("jti", None), 5).unwrap();
    store.revoke(&rule("sid", Some(100)), 5).unwrap();
    assert_options(store.revoke(&rule("sub", None), 5), "option names");
    assert!(!store.hit(A, "sub", Value::Text("1"), None, 5));
    store.revoke(&rule("jti", Some(9)), 5).unwrap();
    let key = json!({"realm": A, "key": "k", "until": null}).to_string();
    store.revoke(&key, 5).unwrap();
    assert_eq!(names(&store), ["jti", "sid"]);

    // A name is free again once the last of its rules has ended.
    store.revoke(&rule("sub", None), 100).unwrap();
    assert_eq!(names(&store), ["jti", "sub"]);
    assert_options(store.revoke(&rule("sid", None), 100), "option names");

    // Or has been taken back, and the store compacted.
    let target = json!({"realm": A, "claim": "jti", "value": "1"}).to_string();
    assert!(store.restore(&target, 100).unwrap());
    store.compact(100).unwrap();
    store.revoke(&rule("sid", None), 100).unwrap();
    assert_eq!(names(&store), ["sub", "sid"]);
    assert!(store.key_hit(A, Some("k"), "t", None, 100));
}

#[test]
fn options_and_locations_are_strict() {
    for location in ["redis://h", "rediss://h", "sqlite:file"] {
        let error = Revocations::open(location, "").err().unwrap();
        let built = match location {
            "sqlite:file" => cfg!(feature = "sqlite"),
            _ => cfg!(feature = "redis"),
        };
        let kind = if built {
            ErrorKind::Options
        } else {
            ErrorKind::Unsupported
        };
        assert_eq!(error.kind(), kind, "{location}");
    }
    for location in ["", "memory", "memory:x", "/tmp/x", "Memory:", "mysql://h"] {
        assert_options(Revocations::open(location, ""), "location");
    }
    for (options, place) in [
        (r#"{"names": 0}"#, "names"),
        (r#"{"names": 65}"#, "names"),
        (r#"{"naems": 5}"#, "did you mean \"names\""),
        (r#"{"log": null}"#, "log"),
        (r#"{"stale": "x"}"#, "stale"),
        (r#"{"timeout": 5}"#, "timeout"),
        ("null", "options"),
    ] {
        assert_options(Revocations::open("memory:", options), place);
    }
    for options in [
        "",
        "{}",
        r#"{"names": 64, "log": false, "stale": null}"#,
        r#"{"stale": 5}"#,
    ] {
        Revocations::open("memory:", options).unwrap();
    }
}

#[test]
fn a_switch_is_off_until_it_is_turned_on_and_only_in_its_scope() {
    let store = memory();
    assert!(!store.is_on("p1", "strict").unwrap());
    store.switch("p1", "strict", true).unwrap();
    assert!(store.is_on("p1", "strict").unwrap());
    assert!(!store.is_on("p2", "strict").unwrap());
    assert!(!store.is_on("p1", "other").unwrap());
    assert!(!store.is_on("p1s", "trict").unwrap());
    store.switch("p1", "strict", false).unwrap();
    assert!(!store.is_on("p1", "strict").unwrap());
    assert_options(store.switch("", "strict", true), "scope");
    assert_options(store.switch("p1", "", true), "name");
}

#[test]
fn without_a_log_rules_hold_but_cannot_be_read() {
    let store = Revocations::open("memory:", r#"{"log": false}"#).unwrap();
    let entry = store.revoke(&jti("1"), 5).unwrap();
    assert_eq!(entry.at, 5);
    assert!(is_revoked(&store, "1", 5));
    let unread = [store.list_json(5), store.export_json(5)];
    for outcome in unread {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Misconfigured);
    }
    let export = memory().export_json(5).unwrap();
    let error = store.import_json(&export, 5).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    let target = json!({"realm": A, "claim": "jti", "value": "1"}).to_string();
    assert!(store.restore(&target, 5).unwrap());
    assert!(store.is_empty());
}
