//! Any text as rules of revocation and as exports: what is taken can be
//! exported, and imported again as the same.
#![no_main]

use jeton::Revocations;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let open = || Revocations::open("memory:", "").expect("memory opens");
    let store = open();
    for line in text.lines() {
        let _ = store.revoke(line, 1000);
        let _ = store.import_json(line, 1000);
        let _ = store.restore(line, 1000);
    }
    let export = store.export_json(1000).expect("a store can be exported");
    let copy = open();
    copy.import_json(&export, 1000)
        .expect("an export can be imported");
    assert_eq!(copy.export_json(1000).expect("and exported again"), export);
    store.status_json(1000).expect("a store can be described");
    store.compact(2000).expect("a store can be compacted");
    store.list_json(2000).expect("a store can be listed");
});
