//! What an answer says: keys, where the keys are, or that nothing has changed.

use super::discovery::{self, Place};
use super::file::Identity;
use super::freshness;
use super::machine::SECOND;
use super::message::{Request, Response};
use super::options::SourceOptions;
use super::origin::Origin;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::KeySet;

pub(super) enum Answer {
    Https(Response),
    /// The file's bytes; `None` where it is the one that is known.
    File(Option<(Vec<u8>, Option<Identity>)>),
}

/// What is known of the origin between two fetches.
#[derive(Clone, Debug, Default)]
pub(super) struct Knowledge {
    /// The label of the keys in force.
    pub(super) etag: Option<String>,
    /// The file of the keys in force.
    pub(super) identity: Option<Identity>,
    /// Which of the issuer's places is asked next.
    place: Place,
    /// The issuer's URL of keys, and since when it is known.
    keys_url: Option<(String, i64)>,
    /// The URL that `etag` is of.
    labelled: Option<String>,
}

pub(super) enum Learnt {
    /// Where the keys are, or where else to ask: the fetch goes on.
    Metadata(Knowledge),
    /// The keys, or `None` where those in force still are the issuer's; and for
    /// how many milliseconds.
    Keys {
        set: Option<KeySet>,
        knowledge: Knowledge,
        life: i64,
    },
}

/// Why an answer is of no use, and for how many seconds the server wants peace.
pub(super) type Failure = (Error, Option<i64>);

impl Knowledge {
    /// The next request; an issuer's metadata is asked for again when it is old.
    pub(super) fn request(&self, options: &SourceOptions, now: i64) -> Request {
        let plain = |url| Request { url, etag: None };
        match &options.origin {
            Origin::Url(url) => self.labelled(url),
            Origin::Issuer(issuer) => match &self.keys_url {
                Some((url, since)) if now - since < options.pace.maximum => self.labelled(url),
                _ => plain(discovery::metadata_url(issuer, self.place)),
            },
            // Its reader is another.
            Origin::File(path) => plain(path.display().to_string()),
        }
    }

    fn labelled(&self, url: &str) -> Request {
        let same = self.labelled.as_deref() == Some(url);
        Request {
            url: url.to_owned(),
            etag: self.etag.clone().filter(|_| same),
        }
    }

    /// After a failure an issuer's metadata is asked for again.
    pub(super) fn forget_place(&mut self) {
        self.keys_url = None;
        self.place = Place::default();
    }

    /// Labels the keys in force, which came from elsewhere.
    pub(super) fn label(&mut self, url: &str, etag: String) {
        self.etag = Some(etag);
        self.labelled = Some(url.to_owned());
    }

    /// The label with its URL, for whoever keeps the keys elsewhere.
    pub(super) fn labelled_url(&self) -> Option<&str> {
        self.labelled.as_deref()
    }

    /// Reads `answer` to the request that this knowledge led to at `asked`.
    pub(super) fn learn(
        mut self,
        answer: Answer,
        options: &SourceOptions,
        has_keys: bool,
        now: i64,
    ) -> Result<Learnt, Failure> {
        let response = match answer {
            Answer::File(None) => {
                return Ok(Learnt::Keys {
                    set: None,
                    knowledge: self,
                    life: 0,
                });
            }
            Answer::File(Some((bytes, identity))) => {
                let set = KeySet::from_source(&bytes, &options.keys, options.most, false);
                self.identity = identity;
                return Ok(Learnt::Keys {
                    set: Some(set.map_err(|error| (error, None))?),
                    knowledge: self,
                    life: 0,
                });
            }
            Answer::Https(response) => response,
        };
        let asked = self.request(options, now);
        if let Origin::Issuer(issuer) = &options.origin
            && self
                .keys_url
                .as_ref()
                .is_none_or(|(url, _)| *url != asked.url)
        {
            return self.locate(issuer, &response, now);
        }
        let life = freshness::life(&response.headers).saturating_mul(SECOND);
        match response.status {
            200 => {
                let set = KeySet::from_source(&response.body, &options.keys, options.most, true)
                    .map_err(|error| (error, None))?;
                self.etag = response.headers.etag;
                self.labelled = Some(asked.url);
                Ok(Learnt::Keys {
                    set: Some(set),
                    knowledge: self,
                    life,
                })
            }
            304 if has_keys && asked.etag.is_some() => Ok(Learnt::Keys {
                set: None,
                knowledge: self,
                life,
            }),
            _ => Err(unexpected(&response)),
        }
    }

    fn locate(mut self, issuer: &str, response: &Response, now: i64) -> Result<Learnt, Failure> {
        match (response.status, self.place) {
            (200, _) => {
                let url =
                    discovery::keys_url(issuer, &response.body).map_err(|error| (error, None))?;
                self.keys_url = Some((url, now));
            }
            (404, Place::OpenId) => self.place = Place::OAuth,
            _ => {
                let (error, pause) = unexpected(response);
                return Err((error.at("the issuer's metadata"), pause));
            }
        }
        Ok(Learnt::Metadata(self))
    }
}

fn unexpected(response: &Response) -> Failure {
    (
        Error::new(
            ErrorKind::KeysUnavailable,
            format!("the server answered with status {}", response.status),
        ),
        freshness::retry_after(&response.headers),
    )
}
