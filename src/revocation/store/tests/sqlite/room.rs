//! How a file gets room again, and that nobody misses anything by it.

use super::*;

#[test]
fn a_reader_that_was_left_behind_by_a_compaction_starts_anew() {
    let folder = Folder::new();
    let one = folder.open();
    let database = Connection::open(folder.file()).unwrap();
    for id in 0..20 {
        one.revoke(&jti(&id.to_string()), 5).unwrap();
    }
    let behind = folder.open();
    behind.shared.as_ref().unwrap().end();
    // Its follower may be in the middle of its last look.
    thread::sleep(Duration::from_millis(100));
    assert!(one.restore(&target("7"), 5).unwrap());
    let ended = json!({"realm": A, "claim": "jti", "value": "e", "until": 6}).to_string();
    one.revoke(&ended, 5).unwrap();
    assert_eq!(one.compact(7).unwrap(), 1);
    let rows = "SELECT count(*) FROM rule";
    assert_eq!(
        database.query_row(rows, [], |row| row.get::<_, i64>(0)),
        Ok(19)
    );
    assert!(is_revoked(&behind, "7", 7));
    behind.refresh().unwrap();
    assert!(!is_revoked(&behind, "7", 7));
    assert!((0..20).all(|id| id == 7 || is_revoked(&behind, &id.to_string(), 7)));
}

#[test]
fn what_comes_after_the_last_row_was_dropped_is_news_to_those_who_had_read_it() {
    let folder = Folder::new();
    let (one, other) = (folder.open(), folder.open());
    let ended = json!({"realm": A, "claim": "jti", "value": "e", "until": FAR}).to_string();
    one.revoke(&ended, 5).unwrap();
    other.refresh().unwrap();
    assert!(is_revoked(&other, "e", 5));
    assert_eq!(one.compact(FAR).unwrap(), 1);
    one.revoke(&jti("1"), 5).unwrap();
    other.refresh().unwrap();
    assert!(is_revoked(&other, "1", 5));
    let sequence = |store: &Revocations| {
        let status: serde_json::Value =
            serde_json::from_str(&store.status_json(5).unwrap()).unwrap();
        status["sequence"].as_i64()
    };
    assert_eq!(sequence(&other), Some(2));
}

#[test]
fn rules_that_ended_more_than_a_day_ago_make_room_without_being_asked() {
    let folder = Folder::new();
    let store = folder.open();
    let (end, day) = (FAR, 86_400);
    let revoke = |number: u32, until: i64, now: i64| {
        let rule = json!({"realm": A, "claim": "jti", "value": number.to_string(), "until": until});
        store.revoke(&rule.to_string(), now).unwrap();
    };
    let rows = || {
        let database = Connection::open(folder.file()).unwrap();
        let count = database.query_row("SELECT count(*) FROM rule", [], |row| row.get(0));
        count.unwrap_or(0)
    };
    (0..300).for_each(|number| revoke(number, end, 5));
    (300..600).for_each(|number| revoke(number, end + 2 * day, end + day - 1));
    assert_eq!(rows(), 600, "a clock may be a day wrong");
    (600..1500).for_each(|number| revoke(number, end + 2 * day, end + day));
    assert_eq!(rows(), 1200);
}
