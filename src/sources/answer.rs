//! What an answer says: keys, where the keys are, or that nothing has changed.

use super::discovery::{self, Place};
use super::file::Identity;
use super::freshness;
use super::machine::SECOND;
use super::message::{Asks, Request, Response};
use super::options::SourceOptions;
use super::origin::Origin;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::KeySet;

pub(super) enum Answer {
    /// With what it answers.
    Https(Request, Response),
    /// The file's bytes; `None` where it is the one that is known.
    File(Option<(Vec<u8>, Option<Identity>)>),
}

/// What is known of the origin between two fetches.
#[derive(Clone, Debug, Default)]
pub(super) struct Knowledge {
    /// The file of the keys in force.
    pub(super) identity: Option<Identity>,
    /// The label of the keys in force, and the URL that it is of.
    etag: Option<(String, String)>,
    /// The issuer's URL of keys, and since when it is known.
    keys_url: Option<(String, i64)>,
}

pub(super) enum Learnt {
    /// Where the keys are, or where else to ask.
    Next(Knowledge, Request),
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
    /// The first request of a fetch; an issuer's metadata is asked for again
    /// when it is old.
    pub(super) fn request(&self, options: &SourceOptions, now: i64) -> Request {
        match &options.origin {
            Origin::Url(url) => self.for_keys(url),
            Origin::Issuer(issuer) => match &self.keys_url {
                Some((url, since)) if now - since < options.pace.maximum => self.for_keys(url),
                Some(_) | None => for_metadata(issuer, Place::OpenId),
            },
            // Its reader is another.
            Origin::File(path) => self.for_keys(&path.display().to_string()),
        }
    }

    fn for_keys(&self, url: &str) -> Request {
        let label = self.etag.as_ref().filter(|(_, labelled)| labelled == url);
        Request {
            url: url.to_owned(),
            etag: label.map(|(etag, _)| etag.clone()),
            asks: Asks::Keys,
        }
    }

    /// After a failure an issuer's metadata is asked for again.
    pub(super) fn forget_place(&mut self) {
        self.keys_url = None;
    }

    /// Reads `answer`, which came at `now`.
    pub(super) fn learn(
        mut self,
        answer: Answer,
        options: &SourceOptions,
        has_keys: bool,
        now: i64,
    ) -> Result<Learnt, Failure> {
        let (request, response) = match answer {
            Answer::File(read) => {
                let set = match read {
                    Some((bytes, identity)) => {
                        self.identity = identity;
                        Some(read_set(&bytes, options, false)?)
                    }
                    None => None,
                };
                return Ok(Learnt::Keys {
                    set,
                    knowledge: self,
                    life: 0,
                });
            }
            Answer::Https(request, response) => (request, response),
        };
        if let Asks::Metadata(place) = request.asks {
            return self.locate(place, &response, options, now);
        }
        let set = match response.status {
            200 => {
                self.etag = response.headers.etag.clone().zip(Some(request.url));
                Some(read_set(&response.body, options, true)?)
            }
            304 if has_keys && request.etag.is_some() => None,
            _ => return Err(unexpected(&response)),
        };
        Ok(Learnt::Keys {
            set,
            knowledge: self,
            life: freshness::life(&response.headers).saturating_mul(SECOND),
        })
    }

    /// Reads an issuer's metadata, which leads to the keys.
    fn locate(
        mut self,
        place: Place,
        response: &Response,
        options: &SourceOptions,
        now: i64,
    ) -> Result<Learnt, Failure> {
        let Origin::Issuer(issuer) = &options.origin else {
            return Err(unexpected(response));
        };
        let next = match (response.status, place) {
            (200, _) => {
                let url =
                    discovery::keys_url(issuer, &response.body).map_err(|error| (error, None))?;
                let next = self.for_keys(&url);
                self.keys_url = Some((url, now));
                next
            }
            (404, Place::OpenId) => for_metadata(issuer, Place::OAuth),
            _ => {
                let (error, pause) = unexpected(response);
                return Err((error.at("the issuer's metadata"), pause));
            }
        };
        Ok(Learnt::Next(self, next))
    }
}

fn for_metadata(issuer: &str, place: Place) -> Request {
    Request {
        url: discovery::metadata_url(issuer, place),
        etag: None,
        asks: Asks::Metadata(place),
    }
}

fn read_set(document: &[u8], options: &SourceOptions, remote: bool) -> Result<KeySet, Failure> {
    KeySet::from_source(document, &options.keys, options.most, remote)
        .map_err(|error| (error, None))
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
