//! The runner: what the Rust API makes of a vector, held against `expect`.

use std::sync::Arc;

use jeton::{
    Algorithm, Bearer, Call, Claims, Consult, Error, JwsOptions, ListOptions, Minter,
    MinterOptions, Named, Result, Revocations, Ring, Source, StatusList, Verifier, VerifierOptions,
    inspect, sign, verify_signature,
};
use serde_json::{Map, Value, json};

use super::forge::{decode, encode, parts};
use super::vectors::{File, Keys, document, key_set, kind, members, name};

/// What came of a vector, by the names that `expect` uses.
type Outcome = Result<Map<String, Value>>;

/// Fails, with what was expected and what came, where a vector doesn't hold.
pub fn check(file: &File, vector: &Value) -> std::result::Result<(), String> {
    let expect = &vector["expect"];
    let wrong = |what: String| Err(format!("{}: {}: {what}", file.name(), name(vector)));
    let outcome = outcome(file, vector);
    let status = outcome
        .as_ref()
        .map_or_else(|error| error.kind().name(), |_| "ok");
    if expect["status"] != status {
        let message = outcome
            .err()
            .map_or_else(String::new, |error| format!(" ({error})"));
        return wrong(format!(
            "{} was expected, and {status}{message} came",
            expect["status"]
        ));
    }
    let actual = match outcome {
        Ok(actual) => actual,
        Err(error) => described(&error),
    };
    for (member, wanted) in members(expect)
        .iter()
        .filter(|(member, _)| *member != "status")
    {
        let found = actual.get(member).unwrap_or(&Value::Null);
        let holds = match member.as_str() {
            "message" | "reason" => found
                .as_str()
                .unwrap_or_default()
                .contains(wanted.as_str().unwrap()),
            "key" => members(wanted)
                .iter()
                .all(|(name, value)| found.get(name) == Some(value)),
            _ => found == wanted,
        };
        if !holds {
            return wrong(format!(
                "expect.{member}: {wanted} was expected, and {found} came"
            ));
        }
    }
    Ok(())
}

/// Whether this build lacks the algorithm that a vector needs.
pub fn is_skipped(vector: &Value) -> bool {
    let Some(needed) = vector.get("needs").and_then(Value::as_str) else {
        return false;
    };
    match Algorithm::from_name(needed).unwrap_or_else(|| panic!("{}: needs", name(vector))) {
        Named::One(algorithm) => !algorithm.available(),
        Named::EdDsa => false,
    }
}

/// The algorithm of the key that `make` signs with.
pub fn algorithm_of(signers: &File, make: &Value) -> &'static str {
    let key = key_set(signers.key(&make["key"])).unwrap();
    key.keys().next().unwrap().algorithm().name()
}

fn described(error: &Error) -> Map<String, Value> {
    let report = error.claims();
    members(&json!({ "message": error.message(), "claim": error.claim(), "report": report }))
        .clone()
}

fn outcome(file: &File, vector: &Value) -> Outcome {
    match kind(vector) {
        "verify" => verify(file, vector),
        "options" => options(file, vector),
        "keys" => keys(file, vector),
        "mint" => mint(file, vector),
        "signature" => signature(file, vector),
        "sign" => signed(file, vector),
        "introspect" => {
            let verifier = prepared(vector, verifier(file, vector, vector.get("options")));
            let text = verifier.introspect(&token(vector), &call(vector))?;
            Ok(members(&json!({ "text": text })).clone())
        }
        "bearer" => bearer(file, vector),
        "inspect" => {
            let text = inspect(&token(vector))?;
            Ok(members(&json!({ "text": text })).clone())
        }
        "revoke" => {
            let store = Revocations::open("memory:", &document(vector.get("open")))?;
            let entry = store.revoke(&document(vector.get("rule")), now(vector))?;
            Ok(members(&json!({ "entry": entry.to_json()? })).clone())
        }
        "import" => {
            let store = Revocations::open("memory:", "")?;
            let count = store.import_json(&document(vector.get("document")), now(vector))?;
            let export = store.export_json(now(vector))?;
            Ok(members(&json!({ "count": count, "export": export })).clone())
        }
        other => panic!("{}: an unknown kind, {other}", name(vector)),
    }
}

/// What must succeed for a vector to mean anything.
fn prepared<T>(vector: &Value, made: Result<T>) -> T {
    made.unwrap_or_else(|error| panic!("{}: not what the vector is about: {error}", name(vector)))
}

fn now(vector: &Value) -> i64 {
    vector["now"]
        .as_i64()
        .filter(|now| *now != 0)
        .unwrap_or_else(|| panic!("{}: now", name(vector)))
}

fn token(vector: &Value) -> Vec<u8> {
    if let Some(bytes) = vector.get("token_base64url") {
        return decode(bytes.as_str().unwrap());
    }
    if let Some(repeat) = vector.get("repeat") {
        let text = |name: &str| repeat[name].as_str().unwrap();
        let count = usize::try_from(repeat["count"].as_u64().unwrap()).unwrap();
        return [text("before"), &text("text").repeat(count), text("after")]
            .concat()
            .into_bytes();
    }
    let token = vector["token"].as_str();
    token
        .unwrap_or_else(|| panic!("{}: no token; JETON_BLESS=1 makes it", name(vector)))
        .into()
}

fn key_sets(file: &File, vector: &Value) -> Vec<Keys> {
    let names = match &vector["keys"] {
        Value::Array(names) => names.as_slice(),
        one => std::slice::from_ref(one),
    };
    let made = names
        .iter()
        .map(|key| prepared(vector, Keys::read(file.key(key))));
    made.collect()
}

fn ring(file: &File, vector: &Value) -> Result<Arc<Ring>> {
    key_sets(file, vector).remove(0).ring()
}

fn revocations(vector: &Value) -> Option<Arc<dyn Consult>> {
    let given = vector.get("revocations")?;
    let store = prepared(vector, Revocations::open("memory:", ""));
    let list = |name: &str| {
        given
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let at = given
        .get("at")
        .map_or_else(|| now(vector), |at| at.as_i64().unwrap());
    for rule in list("rules") {
        prepared(vector, store.revoke(&document(Some(rule)), at));
    }
    for switch in list("switches") {
        let text = |name: &str| switch[name].as_str().unwrap();
        prepared(
            vector,
            store.switch(text("scope"), text("name"), switch["on"].as_bool().unwrap()),
        );
    }
    Some(Arc::new(store))
}

fn verifier(file: &File, vector: &Value, options: Option<&Value>) -> Result<Verifier> {
    let keys = key_sets(file, vector);
    let revocations = revocations(vector);
    let options = VerifierOptions::read(document(options).as_bytes())?;
    let verifier = Verifier::new(
        keys.iter().map(Keys::select).collect(),
        revocations,
        options,
    )?;
    match vector.get("lists").and_then(Value::as_array) {
        Some(lists) => verifier.following(
            lists
                .iter()
                .map(|list| follow(file, vector, list))
                .collect(),
        ),
        None => Ok(verifier),
    }
}

/// A source that follows the list of a vector, and has its token.
fn follow(file: &File, vector: &Value, list: &Value) -> Arc<dyn StatusList> {
    let keys = prepared(vector, Keys::read(file.key(&list["keys"])));
    let options = ListOptions::read(document(list.get("options")).as_bytes());
    let source = Source::open_list(prepared(vector, options), keys.select());
    let source = prepared(vector, source);
    prepared(vector, source.claim());
    let token = list["token"].as_str().unwrap();
    prepared(vector, source.accept(200, [], token.as_bytes()));
    source
}

fn call(vector: &Value) -> Call<'_> {
    let said = |name: &str| vector.get("call")?.get(name)?.as_str();
    Call {
        now: now(vector),
        scope: said("scope"),
        nonce: said("nonce"),
        method: said("method"),
        uri: said("uri"),
        access_token: said("access_token"),
        jkt: said("jkt"),
    }
}

fn accepted(claims: &Claims) -> Map<String, Value> {
    members(&json!({
        "claims": claims.json(),
        "algorithm": claims.algorithm(),
        "kid": claims.kid(),
        "trust": claims.trust(),
        "expires": claims.expires(),
        "thumbprint": claims.thumbprint(),
    }))
    .clone()
}

fn verify(file: &File, vector: &Value) -> Outcome {
    let verifier = prepared(vector, verifier(file, vector, vector.get("options")));
    let (token, call) = (token(vector), call(vector));
    let times = vector
        .get("times")
        .map_or(1, |times| times.as_u64().unwrap());
    for _ in 1..times {
        prepared(vector, verifier.verify(&token, &call));
    }
    verifier
        .verify(&token, &call)
        .map(|claims| accepted(&claims))
}

fn options(file: &File, vector: &Value) -> Outcome {
    match vector
        .get("of")
        .map_or("verifier", |of| of.as_str().unwrap())
    {
        "verifier" => verifier(file, vector, vector.get("options")).map(drop)?,
        "minter" => {
            let options = MinterOptions::read(document(vector.get("options")).as_bytes())?;
            Minter::new(ring(file, vector)?, options).map(drop)?;
        }
        other => panic!("{}: options of {other}", name(vector)),
    }
    Ok(Map::new())
}

fn keys(file: &File, vector: &Value) -> Outcome {
    let keys = Keys::read(file.key(&vector["keys"]))?;
    let status: Value = serde_json::from_str(&keys.status_json()?).unwrap();
    let length = |name: &str| status[name].as_array().unwrap().len();
    Ok(members(&json!({
        "keys": length("keys"),
        "skipped": length("skipped"),
        "key": status["keys"][0],
        "reason": status["skipped"][0]["reason"],
        "public": keys.to_json(false).ok(),
        "private": keys.to_json(true).ok(),
    }))
    .clone())
}

fn mint(file: &File, vector: &Value) -> Outcome {
    let ring = prepared(vector, ring(file, vector));
    let options = prepared(
        vector,
        MinterOptions::read(document(vector.get("options")).as_bytes()),
    );
    let minter = prepared(vector, Minter::new(ring.clone(), options));
    let token = minter.mint(
        document(vector.get("claims")).as_bytes(),
        &Call::at(now(vector)),
    )?;
    let [header, second, _] = parts(&token);
    let payload = match vector.get("verifier") {
        Some(options) => {
            let verifier = prepared(vector, verifier(file, vector, Some(options)));
            let claims = prepared(vector, verifier.verify(token.as_bytes(), &call(vector)));
            claims.json().as_bytes().to_vec()
        }
        None => prepared(
            vector,
            verify_signature(&*ring, token.as_bytes(), &JwsOptions::default()),
        ),
    };
    assert_eq!(encode(&payload), second);
    let text = |part: &str| String::from_utf8(decode(part)).unwrap();
    Ok(members(&json!({
        "header": text(header),
        "payload": text(second),
        "starts": format!("{header}.{second}."),
        "token": token,
    }))
    .clone())
}

fn signature(file: &File, vector: &Value) -> Outcome {
    let options = JwsOptions::read(document(vector.get("options")).as_bytes())?;
    let payload = verify_signature(&*ring(file, vector)?, &token(vector), &options)?;
    Ok(members(&json!({ "payload": String::from_utf8(payload).unwrap() })).clone())
}

fn signed(file: &File, vector: &Value) -> Outcome {
    let options = JwsOptions::read(document(vector.get("options")).as_bytes())?;
    let payload = vector["payload"].as_str().unwrap();
    let token = sign(&*ring(file, vector)?, payload.as_bytes(), &options)?;
    Ok(members(&json!({ "token": token })).clone())
}

fn bearer(file: &File, vector: &Value) -> Outcome {
    let text = |name: &str| vector.get(name).and_then(Value::as_str).unwrap_or_default();
    let verifier = vector.get("keys").map(|_| {
        Arc::new(prepared(
            vector,
            verifier(file, vector, vector.get("verifier")),
        ))
    });
    let options = document(vector.get("options"));
    let bearer = Bearer::new(options.as_bytes(), text("admin").as_bytes(), verifier)?;
    let found = bearer.resolve(text("authorization"), text("cookie"), &call(vector))?;
    Ok(members(&json!({
        "kind": found.kind,
        "text": found.text,
        "claims": found.claims.as_ref().map(Claims::json),
        "rejection": found.rejection.map(|error| error.kind().name()),
    }))
    .clone())
}
