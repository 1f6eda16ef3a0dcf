//! Months of rotations at any times: who keeps keys for no longer than was
//! announced never meets a token whose key is unknown.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::sync::{Arc, LazyLock};

use jeton::{
    Algorithm, Call, KeyOptions, KeySet, Minter, MinterOptions, Named, Ring, RotateOptions, Source,
    SourceOptions, Times, Verifier, VerifierOptions, rotate,
};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

const ANNOUNCE: i64 = 3600;
const LIFETIME: i64 = 86_400;
const LEEWAY: i64 = 60;
/// As long as the command asks for, and no longer.
const OPTIONS: RotateOptions = RotateOptions {
    algorithm: None,
    kid: None,
    bits: None,
    announce: ANNOUNCE as u32,
    overlap: (LIFETIME + LEEWAY) as u32,
};
const START: i64 = 1_800_000_000;

fn read(document: &str) -> KeySet {
    KeySet::from_document(document.as_bytes(), &KeyOptions::default()).unwrap()
}

fn minter(ring: Arc<Ring>, lifetime: i64) -> Minter {
    let options = format!(r#"{{"lifetime": {lifetime}}}"#);
    Minter::new(ring, MinterOptions::read(options.as_bytes()).unwrap()).unwrap()
}

fn verify(keys: KeySet, token: &str, now: i64) -> jeton::Result<String> {
    let options = format!(r#"{{"issuer": null, "audience": null, "leeway": {LEEWAY}}}"#);
    let options = VerifierOptions::read(options.as_bytes()).unwrap();
    let verifier = Verifier::new(vec![Arc::new(Ring::new(keys))], None, options).unwrap();
    let claims = verifier.verify(token.as_bytes(), &Call::at(now))?;
    Ok(claims.kid().unwrap().to_owned())
}

/// The file of keys as it was at each time.
struct History(Vec<(i64, String)>);

impl History {
    /// A file that is rotated for the first time at [`START`].
    fn new() -> Self {
        let keys = KeySet::generate(Named::One(Algorithm::Ed25519), None, None).unwrap();
        let keys = keys.to_json(true).unwrap();
        let rotation = rotate(keys.as_bytes(), &OPTIONS, START).unwrap();
        Self(vec![(START, rotation.document.to_string())])
    }

    fn rotate(&mut self, now: i64) {
        let rotation = rotate(self.at(now).as_bytes(), &OPTIONS, now).unwrap();
        let waiting = rotation.keys.keys().filter(|key| key.times().pending(now));
        assert!(waiting.count() <= 1, "one key is next");
        assert_eq!(rotation.changes(), *rotation.document != *self.at(now));
        self.0.push((now, rotation.document.to_string()));
    }

    fn at(&self, time: i64) -> &str {
        let mut before = self.0.iter().rev();
        &before.find(|(since, _)| *since <= time).unwrap().1
    }

    /// What somebody knows at `now` who has read the public keys `age` seconds before.
    fn known(&self, now: i64, age: i64) -> KeySet {
        let read_at = (now - age).max(START);
        read(self.at(read_at)).published(read_at)
    }

    /// Every key is published from the rotation that added it up to its exp.
    fn check_published(&self) {
        for (since, document) in &self.0 {
            for key in read(document).keys() {
                let kids = |time| -> Vec<String> {
                    let published = read(self.at(time)).published(time);
                    published
                        .keys()
                        .map(|key| key.kid().unwrap().to_owned())
                        .collect()
                };
                let kid = key.kid().unwrap().to_owned();
                if let Some(end) = key.times().expires {
                    assert!(kids(end - 1).contains(&kid), "gone too early");
                    assert!(!kids(end).contains(&kid), "published past its exp");
                } else {
                    assert!(kids(*since).contains(&kid));
                }
            }
        }
    }
}

/// What happens after `gap` seconds: a rotation or not, and a token by a minter
/// that has the file as it was `lag` seconds before.
#[derive(Clone, Debug)]
struct Step {
    gap: i64,
    rotates: bool,
    lag: i64,
    lifetime: i64,
}

fn step() -> impl Strategy<Value = Step> {
    let gap = prop_oneof![
        0..3_i64,
        3..2 * ANNOUNCE,
        Just(ANNOUNCE),
        ANNOUNCE..2 * LIFETIME,
        LIFETIME..30 * LIFETIME,
    ];
    let lag = prop_oneof![Just(0), Just(ANNOUNCE - 1), 0..ANNOUNCE];
    let lifetime = prop_oneof![Just(LIFETIME), 1..=LIFETIME];
    (gap, any::<bool>(), lag, lifetime).prop_map(|(gap, rotates, lag, lifetime)| Step {
        gap,
        rotates,
        lag,
        lifetime,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn nobody_meets_an_unknown_key(steps in vec(step(), 1..40), somewhere in 0..ANNOUNCE) {
        let mut history = History::new();
        let mut tokens = Vec::new();
        let mut now = START;
        for Step { gap, rotates, lag, lifetime } in steps {
            now += gap;
            if rotates {
                history.rotate(now);
            }
            // Just as a key begins, too.
            let begin = read(history.at(now)).keys().filter_map(|key| key.times().not_before).max();
            for time in [now, begin.unwrap() - 1, begin.unwrap()].into_iter().filter(|time| *time >= now) {
                tokens.push((time, lag, lifetime));
            }
        }
        history.check_published();
        for (minted, lag, lifetime) in tokens {
            let file = read(history.at((minted - lag).max(START)));
            let signer = file.signing(None, None, minted).unwrap();
            prop_assert!(signer.times().in_force(minted), "a signer past its exp");
            let token = minter(Arc::new(Ring::new(file)), lifetime).mint(b"{}", &Call::at(minted)).unwrap();
            let last = minted + lifetime + LEEWAY - 1;
            for (time, age) in [
                (minted, 0),
                (minted, ANNOUNCE - 1),
                (minted + somewhere, ANNOUNCE - 1),
                (last, somewhere),
                (last, 0),
            ] {
                if time > last {
                    continue;
                }
                let verified = verify(history.known(time, age), &token, time);
                let told = format!("minted at {minted}, verified at {time} with keys {age} s old");
                prop_assert_eq!(verified.as_deref(), Ok(signer.kid().unwrap()), "{}", told);
            }
        }
    }
}

/// The kid of the key that signs, if any does.
fn signer(keys: &KeySet, now: i64) -> Option<String> {
    let key = keys.signing(None, None, now).ok()?;
    key.kid().map(str::to_owned)
}

/// Four keys, to be given dates.
static KEYS: LazyLock<[Value; 4]> = LazyLock::new(|| {
    ["a", "b", "c", "d"].map(|kid| {
        let set = KeySet::generate(Named::One(Algorithm::Ed25519), Some(kid), None).unwrap();
        let mut set: Value = serde_json::from_str(&set.to_json(true).unwrap()).unwrap();
        set["keys"][0].take()
    })
});

/// A member that may be a date, and may be missing.
fn date() -> impl Strategy<Value = Option<Value>> {
    let bounds = vec![(1 << 53) - 1, 1 << 53, i64::MAX, i64::MIN, -1];
    let none = vec![json!("5"), json!(null), json!(true), json!(1e300)];
    prop_oneof![
        3 => Just(None),
        6 => (0..40_i64).prop_map(|date| Some(date.into())),
        1 => prop::sample::select(bounds).prop_map(|date| Some(date.into())),
        1 => prop::sample::select(none).prop_map(Some),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_dates_a_file_has_its_rotation_cuts_nobody_off(
        dates in vec([date(), date(), date()], 1..=4), now in 1..40_i64, announce in 0..30_u32, overlap in 1..30_u32,
    ) {
        let mut keys = KEYS.clone().to_vec();
        keys.truncate(dates.len());
        for (key, dates) in keys.iter_mut().zip(dates) {
            for (name, date) in ["iat", "nbf", "exp"].into_iter().zip(dates) {
                key.as_object_mut().unwrap().extend(date.map(|date| (name.to_owned(), date)));
            }
        }
        let document = json!({ "keys": keys }).to_string();
        let options = RotateOptions { announce, overlap, ..OPTIONS };
        let before = KeySet::from_document(document.as_bytes(), &KeyOptions::default());
        let rotation = match (before.as_ref(), rotate(document.as_bytes(), &options, now)) {
            (Err(unread), Err(refused)) => {
                prop_assert_eq!(unread.message(), refused.message());
                return Ok(());
            }
            (_, rotation) => rotation.unwrap(),
        };
        let before = before.unwrap();
        let after = read(&rotation.document);
        let added = rotation.added.as_deref();

        // What was good is there still, and its end is no other.
        for key in before.keys() {
            let kept = after.keys().find(|one| one.kid() == key.kid());
            prop_assert_eq!(kept.is_none(), key.times().ended(now));
            let Some(kept) = kept else { continue };
            prop_assert!(key.times().expires.is_none() || kept.times() == key.times());
            if kept.times() != key.times() {
                let begin = added.unwrap().times().not_before.unwrap();
                prop_assert_eq!(kept.times().expires, Some(begin + i64::from(overlap)));
                prop_assert!(key.times().in_force(now));
                // From the time when it no longer signs.
                for time in [begin, begin + i64::from(overlap) - 1] {
                    prop_assert_eq!(signer(&after, time), added.unwrap().kid().map(str::to_owned));
                }
            }
        }
        // Somebody signs, from now on and without a gap.
        let moments = after.keys().flat_map(|key| [key.times().not_before, key.times().expires]);
        let moments = moments.flatten().flat_map(|time| [time - 1, time]).filter(|time| *time > now);
        for time in moments.chain([now]) {
            prop_assert!(signer(&after, time).is_some() || added.is_none() && time > now);
        }
        // It is whoever signed before, unless nobody knew when that would end.
        let dated = before.keys().any(|key| key.times() != Times::default());
        if dated && announce > 0 && signer(&before, now).is_some() {
            prop_assert_eq!(signer(&after, now), signer(&before, now));
        }
        // One key is waiting at most, unless they were waiting already.
        let again = rotate(rotation.document.as_bytes(), &options, now).unwrap();
        let waits = after.keys().any(|key| key.times().pending(now));
        prop_assert_eq!(again.changes(), !waits);
    }
}

#[test]
fn a_minter_over_a_file_changes_keys_at_the_announced_second() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let history = History::new();
    std::fs::write(&path, history.at(START)).unwrap();
    let options = serde_json::json!({ "file": path, "stale": null }).to_string();
    let source = Source::open(SourceOptions::read(options.as_bytes()).unwrap(), "").unwrap();
    source.wait(std::time::Duration::from_secs(60)).unwrap();
    let minter = minter(Arc::clone(source.ring()), 600);

    let rotation = rotate(history.at(START).as_bytes(), &OPTIONS, START + 100).unwrap();
    let (old, next) = (read(history.at(START)), rotation.added.unwrap());
    let old = old.signing(None, None, START).unwrap();
    let renewed = folder.path().join("new");
    std::fs::write(&renewed, rotation.document.as_bytes()).unwrap();
    std::fs::rename(&renewed, &path).unwrap();
    let count = |source: &Source| source.ring().load().len();
    let began = std::time::Instant::now();
    while count(&source) < 3 {
        assert!(began.elapsed().as_secs() < 60, "the file isn't read again");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }

    let begin = START + 100 + ANNOUNCE;
    for (now, signer) in [(START + 100, &old), (begin - 1, &old), (begin, &next)] {
        let token = minter.mint(b"{}", &Call::at(now)).unwrap();
        let kid = verify(rotation.keys.published(now), &token, now).unwrap();
        assert_eq!(Some(kid.as_str()), signer.kid(), "{now}");
    }
}
