//! Lists, exports and imports.

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn the_status_counts_what_holds_and_what_has_ended() {
    let store = memory();
    let until = |id: &str, until: i64| {
        json!({"realm": A, "claim": "jti", "value": id, "until": until}).to_string()
    };
    store.revoke(&until("1", 10), 5).unwrap();
    store.revoke(&until("2", 20), 5).unwrap();
    store.switch("p", "s", false).unwrap();
    let status: serde_json::Value = serde_json::from_str(&store.status_json(10).unwrap()).unwrap();
    let expected = json!({
        "location": "memory:", "log": true, "entries": 1, "expired": 1, "switches": 1, "names": ["jti"],
    });
    assert_eq!(status, expected);
}

#[test]
fn the_list_and_the_export_are_in_order_and_leave_out_what_has_ended() {
    let store = memory();
    store.revoke(&jti("b"), 5).unwrap();
    store.revoke(&jti("a"), 5).unwrap();
    let key = json!({"realm": A, "key": "k", "until": 7, "note": "stolen"}).to_string();
    store.revoke(&key, 6).unwrap();
    store.revoke(&jti("b"), 6).unwrap();
    store.switch("p", "s", true).unwrap();
    let export = r#"{"format":"jeton-revocations","version":1,"entries":[{"realm":"https://a.test","claim":"jti","value":"b","before":null,"until":null,"at":5},{"realm":"https://a.test","claim":"jti","value":"a","before":null,"until":null,"at":5},{"realm":"https://a.test","key":"k","before":null,"until":7,"at":6,"note":"stolen"}],"switches":[{"scope":"p","name":"s","on":true}]}"#;
    assert_eq!(store.export_json(6).unwrap(), export);
    let entry = store.revoke(&key, 6).unwrap().to_json().unwrap();
    assert!(export.contains(&entry), "{entry}");
    let list = r#"{"entries":[{"realm":"https://a.test","claim":"jti","value":"b","before":null,"until":null,"at":5},{"realm":"https://a.test","claim":"jti","value":"a","before":null,"until":null,"at":5}],"switches":[{"scope":"p","name":"s","on":true}]}"#;
    assert_eq!(store.list_json(7).unwrap(), list);
}

#[test]
fn an_import_is_all_or_nothing() {
    let good =
        json!({"realm": A, "claim": "jti", "value": "1", "before": null, "until": null, "at": 5});
    let switch = json!({"scope": "p", "name": "s", "on": true});
    let document = |entries: Vec<serde_json::Value>, switches: Vec<serde_json::Value>| json!({"format": "jeton-revocations", "version": 1, "entries": entries, "switches": switches});
    let bad = |field: &str, value: serde_json::Value| {
        let mut entry = good.clone();
        entry[field] = value;
        document(vec![good.clone(), entry], vec![switch.clone()])
    };
    let missing = |field: &str| {
        let mut entry = good.clone();
        entry.as_object_mut().unwrap().shift_remove(field);
        document(vec![good.clone(), entry], vec![switch.clone()])
    };
    let mut other_format = document(vec![good.clone()], vec![]);
    other_format["format"] = json!("other");
    let mut newer = document(vec![good.clone()], vec![]);
    newer["version"] = json!(2);
    let unscoped = json!({"scope": "", "name": "s", "on": true});
    let many = (0..17).map(|number| {
        let mut entry = good.clone();
        entry["claim"] = json!(format!("claim{number}"));
        entry
    });
    for (document, place) in [
        (bad("realm", json!("")), "entries[1]"),
        (bad("value", json!(1.5)), "entries[1]"),
        (bad("at", json!(null)), "entries[1].at"),
        (bad("extra", json!(1)), "entries[1].extra"),
        (missing("before"), "entries[1]"),
        (missing("until"), "entries[1]"),
        (missing("at"), "entries[1]"),
        (document(vec![good.clone()], vec![unscoped]), "switches[0]"),
        (
            document(many.collect(), vec![switch.clone()]),
            "option names",
        ),
        (other_format, "format"),
        (newer, "version"),
        (json!({}), "format"),
    ] {
        let store = memory();
        assert_options(store.import_json(&document.to_string(), 5), place);
        assert!(store.is_empty());
        assert!(store.names().is_empty());
        assert!(!store.is_on("p", "s").unwrap());
    }
    let store = memory();
    let mut ended = good.clone();
    ended["value"] = json!("2");
    ended["until"] = json!(5);
    let document = document(vec![good, ended], vec![switch]).to_string();
    assert_eq!(store.import_json(&document, 5).unwrap(), 1);
    assert!(is_revoked(&store, "1", 5));
    assert!(!is_revoked(&store, "2", 4));
    assert!(store.is_on("p", "s").unwrap());
}

#[test]
fn an_import_lets_nothing_through_that_is_refused_already() {
    let store = memory();
    store.revoke(&jti("1"), 9).unwrap();
    store.switch("p", "s", true).unwrap();
    let document = json!({"format": "jeton-revocations", "version": 1, "entries": [
        {"realm": A, "claim": "jti", "value": "1", "before": 3, "until": 20, "at": 4},
    ], "switches": [{"scope": "p", "name": "s", "on": false}]});
    assert_eq!(store.import_json(&document.to_string(), 10).unwrap(), 1);
    assert!(is_revoked(&store, "1", 5000));
    assert!(store.is_on("p", "s").unwrap());
    assert!(
        store
            .list_json(10)
            .unwrap()
            .contains(r#""before":null,"until":null,"at":4"#)
    );
}

fn rules() -> impl Strategy<Value = Vec<(Rule, i64)>> {
    let time = || proptest::option::of(0..1000_i64);
    let text = || "[a-c\"\\\\é\u{2028}]{1,3}".prop_map(String::into_boxed_str);
    let value = prop_oneof![
        text().prop_map(Value::Text),
        (-3..3_i64).prop_map(Value::Integer)
    ];
    let claim = ("[a-d]", value).prop_map(|(name, value)| Subject::Claim {
        name: name.into(),
        value,
    });
    let subject = prop_oneof![4 => claim, 1 => text().prop_map(Subject::Key)];
    let rule = (
        text(),
        subject,
        time(),
        time(),
        proptest::option::of(text()),
    )
        .prop_map(|(realm, subject, before, until, note)| Rule {
            realm,
            subject,
            before,
            until,
            note,
        });
    proptest::collection::vec((rule, 0..900_i64), 0..60)
}

proptest! {
    #[test]
    fn an_export_imported_elsewhere_refuses_the_same(mut rules in rules()) {
        rules.sort_by_key(|(_, at)| *at);
        let store = memory();
        for (rule, at) in &rules {
            let ended = rule.until.is_some_and(|until| until <= *at);
            prop_assert_eq!(store.add(rule.clone(), *at).is_err(), ended);
        }
        let now = 900;
        let export = store.export_json(now).unwrap();
        let twin = memory();
        let count = twin.import_json(&export, now).unwrap();
        prop_assert_eq!(count, store.state.tally(now).live);
        prop_assert_eq!(&twin.export_json(now).unwrap(), &export);
        prop_assert_eq!(twin.import_json(&export, now).unwrap(), count);
        prop_assert_eq!(&twin.export_json(now).unwrap(), &export);
        for (rule, _) in &rules {
            for issued in [None, Some(0), rule.before, rule.before.map(|before| before + 1)] {
                for now in [900, 950, 999, 1000] {
                    let subject = rule.subject.as_ref();
                    let known = store.state.covers(&rule.realm, subject, issued, now);
                    prop_assert_eq!(twin.state.covers(&rule.realm, subject, issued, now), known);
                    if let Subject::Claim { name, .. } = subject {
                        prop_assert!(!known || twin.names().iter().any(|used| &**used == name));
                    }
                }
            }
        }
    }

    #[test]
    fn no_text_makes_a_document_reader_panic(text in ".{0,80}") {
        let store = memory();
        let _ = store.revoke(&text, 0);
        let _ = store.restore(&text, 0);
        let _ = store.import_json(&text, 0);
        let _ = Revocations::open(&text, &text);
    }
}
