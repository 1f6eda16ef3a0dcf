//! Attacks on proofs of possession (RFC 9449 section 11): what somebody can do
//! who saw a proof, stole an access token, or chooses what is in a header.

use std::path::Path;
use std::sync::{Arc, Barrier};
use std::{env, fs, thread};

use jeton::{Call, Claims, ErrorKind, KeyOptions, KeySet, Revocations, Verifier};
use serde_json::{Value, json};

use crate::support::engine::{NOW, SIGNERS, jwk, signer, trusted, verifier, verifier_of};
use crate::support::forge;

const URI: &str = "https://api.example/orders";
const ONCE: &str = r#"{"system": {"name": "dpop"}}"#;
const ANY: &str = r#"{"system": {"name": "dpop", "replay": false}}"#;
const ACCESS: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
const ATH: &str = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo";

fn proofs(options: &str) -> Verifier {
    let store = Arc::new(Revocations::open("memory:", "").unwrap());
    verifier_of(Vec::new(), Some(store), options).unwrap()
}

/// The public half of a signer, as a header has it.
fn public(name: &str) -> Value {
    let set = trusted(name).to_json(false).unwrap();
    let set: Value = serde_json::from_str(&set).unwrap();
    set["keys"][0].clone()
}

/// A proof by this signer, with one claim or header member more or otherwise.
fn proof(name: &str, header: &Value, claims: &Value) -> String {
    let keys = signer(name);
    let mut whole = json!({
        "typ": "dpop+jwt", "alg": keys.keys().next().unwrap().name(), "jwk": public(name),
    });
    let mut payload = json!({ "jti": "j-1", "htm": "POST", "htu": URI, "iat": NOW });
    for (into, from) in [(&mut whole, header), (&mut payload, claims)] {
        for (name, value) in from.as_object().unwrap() {
            into[name] = value.clone();
        }
    }
    forge::token(&keys, whole.to_string(), payload.to_string())
}

fn plain(claims: Value) -> String {
    proof("ed", &json!({}), &claims)
}

fn request() -> Call<'static> {
    Call {
        method: Some("POST"),
        uri: Some(URI),
        access_token: Some(""),
        ..Call::at(NOW)
    }
}

fn verdict(verifier: &Verifier, token: &str, call: &Call<'_>) -> Option<ErrorKind> {
    verifier
        .verify(token.as_bytes(), call)
        .err()
        .map(|error| error.kind())
}

#[test]
fn attack_a_proof_is_good_for_no_other_request() {
    let verifier = proofs(ANY);
    let token = plain(json!({}));
    let other = |change: fn(&mut Call<'static>)| {
        let mut call = request();
        change(&mut call);
        verdict(&verifier, &token, &call)
    };
    let refused = Some(ErrorKind::Claim);
    assert_eq!(other(|call| call.method = Some("DELETE")), refused);
    assert_eq!(other(|call| call.method = Some("post")), refused);
    for uri in [
        "https://api.example/orders/7",
        "https://api.example/",
        "https://api.example.thief.example/orders",
        "https://thief.example/orders",
        "http://api.example/orders",
        "https://api.example:8443/orders",
        "https://api.example/orders/../accounts",
        "https://api.example/%2e%2e/accounts",
        "https://thief.example/?https://api.example/orders",
        "https://thief.example#https://api.example/orders",
    ] {
        let call = Call {
            uri: Some(uri),
            ..request()
        };
        assert_eq!(verdict(&verifier, &token, &call), refused, "{uri}");
    }
    assert_eq!(
        other(|call| call.uri = Some("HTTPS://API.example:443/a/../orders?page=2")),
        None
    );
    assert_eq!(other(|_| ()), None);
}

#[test]
fn attack_a_proof_that_was_seen_is_not_used_again() {
    let verifier = proofs(ONCE);
    let token = plain(json!({}));
    assert_eq!(verdict(&verifier, &token, &request()), None);
    let late = Call {
        now: NOW + 35,
        ..request()
    };
    for call in [request(), late] {
        let error = verifier.verify(token.as_bytes(), &call).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Revoked);
        assert_eq!(error.claim(), Some("jti"));
    }
    // Nor after the memory of it is gone.
    for later in [36, 41, 42, 1_000_000] {
        let call = Call {
            now: NOW + later,
            ..request()
        };
        assert_eq!(verdict(&verifier, &token, &call), Some(ErrorKind::TooOld));
    }
    // Its jti names the proof, whatever else it says and however it is spelt.
    let again = plain(json!({ "iat": NOW + 1, "note": 1, "htu": "https://API.example/orders" }));
    assert_eq!(
        verdict(&verifier, &again, &request()),
        Some(ErrorKind::Revoked)
    );
    assert_eq!(
        verdict(&verifier, &plain(json!({ "jti": "j-2" })), &request()),
        None
    );
}

#[test]
fn attack_a_refused_proof_uses_up_no_good_one() {
    let verifier = proofs(ONCE);
    let token = plain(json!({}));
    let elsewhere = Call {
        method: Some("GET"),
        ..request()
    };
    for call in [
        elsewhere,
        Call {
            now: NOW - 6,
            ..request()
        },
    ] {
        assert!(verdict(&verifier, &token, &call).is_some());
    }
    let [header, payload, _] = forge::parts(&token);
    let forged = format!("{header}.{payload}.{}", forge::encode([7; 64]));
    assert_eq!(
        verdict(&verifier, &forged, &request()),
        Some(ErrorKind::Signature)
    );
    // Somebody else's proof with the same jti, which may have been guessed.
    let thief = proof("es256", &json!({}), &json!({}));
    assert_eq!(verdict(&verifier, &thief, &request()), None);
    assert_eq!(verdict(&verifier, &token, &request()), None);
}

#[test]
fn attack_threads_that_race_with_one_proof_have_it_accepted_once() {
    let verifier = proofs(ONCE);
    for round in 0..200 {
        let token = plain(json!({ "jti": round.to_string() }));
        let start = Barrier::new(4);
        let accepted = thread::scope(|scope| {
            let threads = [(); 4].map(|()| {
                scope.spawn(|| {
                    start.wait();
                    verdict(&verifier, &token, &request()).is_none()
                })
            });
            threads.map(|one| usize::from(one.join().unwrap()))
        });
        assert_eq!(accepted.iter().sum::<usize>(), 1, "{round}");
    }
    let batch = vec![plain(json!({ "jti": "batch" })); 100];
    let verdicts = verifier.verify_many(&batch, &request()).unwrap();
    assert_eq!(verdicts.iter().filter(|one| one.is_ok()).count(), 1);
}

/// What makes this program one of the processes below: its folder.
const RACER: &str = "JETON_TEST_RACER";

fn shared(folder: &Path) -> Verifier {
    let location = format!("sqlite:{}", folder.join("db").display());
    let options = r#"{"stale": null, "timeout": 60}"#;
    let store = Arc::new(Revocations::open(&location, options).unwrap());
    verifier_of(Vec::new(), Some(store), ONCE).unwrap()
}

#[test]
#[cfg(feature = "sqlite")]
fn attack_processes_that_race_with_one_proof_have_it_accepted_once() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    const RACES: usize = 100;
    let folder = tempfile::tempdir().unwrap();
    let tokens: Vec<_> = (0..RACES)
        .map(|race| plain(json!({ "jti": race.to_string() })))
        .collect();
    fs::write(folder.path().join("tokens"), tokens.join("\n")).unwrap();
    let racers = [(); 3].map(|()| {
        Command::new(env::current_exe().unwrap())
            .args(["--exact", "proofs::race", "--ignored", "--nocapture"])
            .env(RACER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    });
    let mut accepted = [0; RACES];
    for mut racer in racers {
        let lines = BufReader::new(racer.stdout.take().unwrap()).lines();
        for line in lines.map(Result::unwrap) {
            if let Some(race) = line.strip_prefix("accepted ") {
                accepted[race.parse::<usize>().unwrap()] += 1;
            }
        }
        assert!(racer.wait().unwrap().success());
    }
    assert_eq!(accepted, [1; RACES]);
    // And one that comes later knows of all of them.
    let late = shared(folder.path());
    for token in &tokens {
        assert_eq!(verdict(&late, token, &request()), Some(ErrorKind::Revoked));
    }
    assert_eq!(
        verdict(&late, &plain(json!({ "jti": "new" })), &request()),
        None
    );
}

#[test]
#[ignore = "one of the processes of the test above"]
fn race() {
    let Some(folder) = env::var_os(RACER) else {
        return;
    };
    let folder = Path::new(&folder);
    let verifier = shared(folder);
    let tokens = fs::read_to_string(folder.join("tokens")).unwrap();
    for (race, token) in tokens.lines().enumerate() {
        match verdict(&verifier, token, &request()) {
            // A line of its own, whatever the harness has begun to write.
            None => println!("\naccepted {race}"),
            Some(kind) => assert_eq!(kind, ErrorKind::Revoked),
        }
    }
}

#[test]
fn attack_proofs_are_not_made_in_store() {
    let verifier = proofs(ANY);
    let at = |iat: i64| verdict(&verifier, &plain(json!({ "iat": iat })), &request());
    for ahead in [6, 60, 86_400, i64::from(u32::MAX), 9_000_000_000_000_000] {
        let kind = at(NOW.saturating_add(ahead));
        assert!(
            matches!(kind, Some(ErrorKind::Early | ErrorKind::Claim)),
            "{ahead}: {kind:?}"
        );
    }
    for back in [36, 86_400] {
        assert_eq!(at(NOW - back), Some(ErrorKind::TooOld), "{back}");
    }
    assert_eq!((at(NOW + 5), at(NOW), at(NOW - 35)), (None, None, None));
}

#[test]
fn attack_a_secret_in_the_header_signs_nothing() {
    let verifier = proofs(ANY);
    let secret = jwk("hs256");
    for algorithm in ["HS256", "HS384", "EdDSA", "ES256"] {
        let header = json!({ "typ": "dpop+jwt", "alg": algorithm, "jwk": secret });
        let payload = json!({ "jti": "j-1", "htm": "POST", "htu": URI, "iat": NOW });
        let token = forge::token(&signer("hs256"), header.to_string(), payload.to_string());
        let kind = verdict(&verifier, &token, &request());
        let refused = [Some(ErrorKind::Algorithm), Some(ErrorKind::UnknownKey)];
        assert!(refused.contains(&kind), "{algorithm}: {kind:?}");
    }
    assert_eq!(verdict(&verifier, &plain(json!({})), &request()), None);
}

#[test]
fn attack_a_private_key_in_the_header_is_nobodys_own() {
    let all = r#"{"system": {"name": "dpop", "replay": false, "algorithms": ["RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"]}}"#;
    let verifier = proofs(all);
    for name in ["rs256", "ps256", "es256", "es384", "es512", "ed"] {
        let private = jwk(name);
        let token = proof(name, &json!({ "jwk": private }), &json!({}));
        assert_eq!(
            verdict(&verifier, &token, &request()),
            Some(ErrorKind::UnknownKey),
            "{name}"
        );
        for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            let mut part = public(name);
            part[member] = "AQAB".into();
            let token = proof(name, &json!({ "jwk": part }), &json!({}));
            let kind = verdict(&verifier, &token, &request());
            assert_eq!(kind, Some(ErrorKind::UnknownKey), "{name}: {member}");
        }
        let token = proof(name, &json!({}), &json!({}));
        assert_eq!(verdict(&verifier, &token, &request()), None, "{name}");
    }
}

#[test]
fn attack_a_stolen_access_token_is_worth_nothing_without_its_key() {
    let verifier = proofs(ANY);
    let owner = trusted("ed");
    let with = |token, jkt| Call {
        access_token: Some(token),
        jkt,
        ..request()
    };
    let thumbprint = owner.keys().next().unwrap().thumbprint();
    // The thief's own proof for it, with the thief's own key.
    let thiefs = proof("es256", &json!({}), &json!({ "ath": ATH }));
    let bound = with(ACCESS, Some(thumbprint));
    assert_eq!(
        verdict(&verifier, &thiefs, &bound),
        Some(ErrorKind::UnknownKey)
    );
    // With the owner's key named in the header, and signed by the thief's.
    let named = forge::token(
        &signer("ed-other"),
        json!({ "typ": "dpop+jwt", "alg": "EdDSA", "jwk": public("ed") }).to_string(),
        json!({ "jti": "j", "htm": "POST", "htu": URI, "iat": NOW, "ath": ATH }).to_string(),
    );
    assert_eq!(
        verdict(&verifier, &named, &bound),
        Some(ErrorKind::Signature)
    );
    // The owner's proof for another of the owner's access tokens, or for none.
    let owners = plain(json!({ "ath": ATH }));
    let another = with("another", Some(thumbprint));
    assert_eq!(
        verdict(&verifier, &owners, &another),
        Some(ErrorKind::Claim)
    );
    assert_eq!(
        verdict(&verifier, &plain(json!({})), &bound),
        Some(ErrorKind::Missing)
    );
    assert_eq!(verdict(&verifier, &owners, &bound), None);
}

#[test]
fn attack_what_the_call_forgot_is_not_left_unchecked() {
    let verifier = proofs(ANY);
    let token = plain(json!({ "ath": ATH }));
    let jkt = trusted("ed").keys().next().unwrap().thumbprint().to_owned();
    let whole = Call {
        access_token: Some(ACCESS),
        jkt: Some(&jkt),
        ..request()
    };
    for call in [
        Call::at(NOW),
        Call {
            method: None,
            ..whole
        },
        Call { uri: None, ..whole },
        Call {
            access_token: None,
            ..whole
        },
        Call { jkt: None, ..whole },
    ] {
        assert_eq!(
            verdict(&verifier, &token, &call),
            Some(ErrorKind::Misuse),
            "{call:?}"
        );
    }
    // An access token that names no key is bound to none.
    let unbound = Call {
        jkt: Some(""),
        ..whole
    };
    assert_eq!(
        verdict(&verifier, &token, &unbound),
        Some(ErrorKind::UnknownKey)
    );
    assert_eq!(verdict(&verifier, &token, &whole), None);
}

fn kinds() -> [(&'static str, Value, Value, Value); 3] {
    let claims = json!({ "iss": "https://a.test", "aud": "api", "sub": "ada", "iat": NOW, "exp": NOW + 9, "jti": "t" });
    let but = |member: &str, value: Value| {
        let mut claims = claims.clone();
        claims[member] = value;
        claims
    };
    let system = |name: &str, whom: &str| json!({ "system": { "name": name, "issuer": "https://a.test", whom: "api" } });
    let event = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
    [
        (
            "at+jwt",
            system("at+jwt", "audience"),
            json!({ "typ": "at+jwt", "jwk": null }),
            but("client_id", "app".into()),
        ),
        (
            "id_token",
            system("id_token", "client"),
            json!({ "typ": "JWT", "jwk": null }),
            but("nonce", "n".into()),
        ),
        (
            "logout+jwt",
            system("logout+jwt", "client"),
            json!({ "typ": "logout+jwt", "jwk": null }),
            but("events", event),
        ),
    ]
}

#[test]
fn attack_another_kind_of_token_is_no_proof() {
    let verifier = proofs(ANY);
    for (name, options, header, claims) in kinds() {
        let ordinary = self::verifier(trusted("ed"), &options.to_string());
        let token = proof("ed", &header, &claims);
        assert_eq!(verdict(&ordinary, &token, &Call::at(NOW)), None, "{name}");
        assert_eq!(
            verdict(&verifier, &token, &request()),
            Some(ErrorKind::UnknownKey),
            "{name}"
        );
        // With a key in its header, and all the claims of a proof.
        let mut header = header;
        header["jwk"] = public("ed");
        let token = proof("ed", &header, &claims);
        assert_eq!(
            verdict(&verifier, &token, &request()),
            Some(ErrorKind::Type),
            "{name}"
        );
    }
    assert_eq!(verdict(&verifier, &plain(json!({})), &request()), None);
}

#[test]
fn attack_a_proof_is_no_other_kind_of_token() {
    for (name, options, header, claims) in kinds() {
        let verifier = self::verifier(trusted("ed"), &options.to_string());
        // Whoever signs proofs with a key that others trust says what it likes in them.
        let token = plain(claims.clone());
        assert_eq!(
            verdict(&verifier, &token, &Call::at(NOW)),
            Some(ErrorKind::Type),
            "{name}"
        );
        let token = proof("es256", &json!({}), &claims);
        assert!(
            verdict(&verifier, &token, &Call::at(NOW)).is_some(),
            "{name}"
        );
        let token = proof("ed", &header, &claims);
        assert_eq!(verdict(&verifier, &token, &Call::at(NOW)), None, "{name}");
    }
}

#[test]
fn attack_a_key_in_the_header_is_read_for_proofs_alone() {
    // Whatever stands there, ordinary tokens are what they are without it.
    for name in SIGNERS {
        let verifier = verifier(
            trusted(name),
            r#"{"issuer": null, "audience": null, "require": []}"#,
        );
        for jwk in [
            jwk(name),
            public("es256"),
            json!("x"),
            json!({ "kty": 1 }),
            json!(null),
        ] {
            let token = proof(name, &json!({ "jwk": jwk }), &json!({}));
            assert_eq!(
                verdict(&verifier, &token, &Call::at(NOW)),
                None,
                "{name}: {jwk}"
            );
        }
    }
    let thief = signer("ed-other");
    let document = thief.public().to_json(false).unwrap();
    let other = KeySet::from_document(document.as_bytes(), &KeyOptions::default()).unwrap();
    let stranger = verifier(
        other,
        r#"{"issuer": null, "audience": null, "require": []}"#,
    );
    let token = plain(json!({}));
    assert_eq!(
        verdict(&stranger, &token, &Call::at(NOW)),
        Some(ErrorKind::Signature)
    );
    let claims: Claims = proofs(ANY).verify(token.as_bytes(), &request()).unwrap();
    assert_eq!(
        claims.thumbprint(),
        trusted("ed").keys().next().unwrap().thumbprint()
    );
}
