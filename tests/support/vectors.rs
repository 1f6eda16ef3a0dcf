//! The files of `tests/vectors`, read. `README.md` there says what they hold.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jeton::{Derived, KeyOptions, KeySet, Result, Ring, Select};
use serde_json::{Map, Value};

use super::forge::decode;

pub struct File {
    pub path: PathBuf,
    pub value: Value,
}

impl File {
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self {
            path: path.to_owned(),
            value,
        }
    }

    pub fn name(&self) -> String {
        self.path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned()
    }

    pub fn vectors(&self) -> &[Value] {
        self.value["vectors"].as_array().unwrap()
    }

    /// The KEY that `key` names, or is.
    pub fn key<'f>(&'f self, key: &'f Value) -> &'f Value {
        match key {
            Value::String(name) => self
                .value
                .get("keys")
                .and_then(|keys| keys.get(name))
                .unwrap_or_else(|| panic!("{}: no key {name}", self.name())),
            inline => inline,
        }
    }
}

/// Every file of vectors, in the order of their names.
pub fn all() -> Vec<File> {
    let entries = |folder: PathBuf| fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries(folder())
        .chain(entries(folder().join("derived")))
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    paths.sort();
    paths.iter().map(|path| File::read(path)).collect()
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// The private keys that vectors are made with.
pub fn signers() -> File {
    File::read(&folder().join("make/signers.json"))
}

/// What a KEY makes.
pub enum Keys {
    Set(Arc<Ring>),
    Derived(Derived),
}

impl Keys {
    /// Makes a KEY.
    pub fn read(key: &Value) -> Result<Self> {
        let Some(options) = key.get("derive") else {
            return key_set(key).map(|set| Self::Set(Arc::new(Ring::new(set))));
        };
        let secret = |name: &str| {
            key.get(name)
                .map_or_else(Vec::new, |text| decode(text.as_str().unwrap()))
        };
        let options = options.to_string();
        Derived::read(options.as_bytes(), &secret("secret"), &secret("old_secret"))
            .map(Self::Derived)
    }

    pub fn select(&self) -> Arc<dyn Select> {
        match self {
            Self::Set(ring) => ring.clone(),
            Self::Derived(derived) => derived.select(),
        }
    }

    pub fn ring(&self) -> Result<Arc<Ring>> {
        match self {
            Self::Set(ring) => Ok(ring.clone()),
            Self::Derived(derived) => derived.ring().cloned(),
        }
    }

    pub fn status_json(&self) -> Result<String> {
        match self {
            Self::Set(ring) => ring.load().status_json(),
            Self::Derived(derived) => derived.status_json(),
        }
    }

    pub fn to_json(&self, private: bool) -> Result<String> {
        match self {
            Self::Set(ring) if private => ring.load().to_json(true),
            Self::Set(ring) => ring.load().published(0).to_json(false),
            Self::Derived(derived) => derived.to_json(private).map(|text| text.to_string()),
        }
    }
}

/// Makes a KEY that isn't derived.
pub fn key_set(key: &Value) -> Result<KeySet> {
    let options: KeyOptions = match key.get("options") {
        None => KeyOptions::default(),
        Some(options) => serde_json::from_value(options.clone()).unwrap(),
    };
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    if let Some(jwks) = key.get("jwks") {
        KeySet::from_document(jwks.to_string().as_bytes(), &options)
    } else if let Some(text) = text("text") {
        KeySet::from_document(text.as_bytes(), &options)
    } else if let Some(der) = text("der") {
        KeySet::from_document(&decode(der), &options)
    } else if let Some(secret) = text("secret") {
        KeySet::from_secret(&decode(secret), &options)
    } else {
        panic!("a KEY has none of jwks, text, der and secret: {key}")
    }
}

/// A DOCUMENT's text; `{}` where there is none.
pub fn document(value: Option<&Value>) -> String {
    match value {
        None => "{}".into(),
        Some(Value::String(text)) => text.clone(),
        Some(object) => object.to_string(),
    }
}

pub fn kind(vector: &Value) -> &str {
    vector
        .get("kind")
        .map_or("verify", |kind| kind.as_str().unwrap())
}

pub fn name(vector: &Value) -> &str {
    vector["name"]
        .as_str()
        .unwrap_or_else(|| panic!("a vector without a name: {vector}"))
}

pub fn status(vector: &Value) -> &str {
    vector["expect"]["status"]
        .as_str()
        .unwrap_or_else(|| panic!("{}: no status", name(vector)))
}

/// Whether a vector accepts what it is given.
pub fn accepts(vector: &Value) -> bool {
    status(vector) == "ok" && vector["expect"].get("rejection").is_none_or(Value::is_null)
}

pub fn members(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}
