//! What an answer says: keys, a status list, where the keys are, or that nothing
//! has changed.

use super::discovery::{self, Place};
use super::file::Identity;
use super::freshness;
use super::list::{Following, List};
use super::machine::SECOND;
use super::message::{Asks, Request, Response};
use super::options::SourceOptions;
use super::origin::Origin;
use crate::clock;
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
    /// What is there, or `None` where what is in force still is the issuer's; and
    /// for how many milliseconds.
    Content {
        content: Option<Content>,
        knowledge: Knowledge,
        life: i64,
    },
}

pub(super) enum Content {
    Keys(KeySet),
    List(List),
}

/// How an answer is to be read.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) options: &'a SourceOptions,
    /// What follows a list has this.
    pub(super) list: Option<&'a Following>,
    /// Whether there is something that may still be the issuer's.
    pub(super) has_content: bool,
}

impl Reading<'_> {
    fn read(&self, document: &[u8], remote: bool) -> Result<Content, Failure> {
        let options = self.options;
        let read = match self.list {
            Some(list) => list.read(document, clock::now()).map(Content::List),
            None => KeySet::from_source(document, &options.keys, options.most, remote)
                .map(Content::Keys),
        };
        read.map_err(|error| (error, None))
    }
}

/// Why an answer is of no use, and for how many seconds the server wants peace.
pub(super) type Failure = (Error, Option<i64>);

impl Knowledge {
    /// The first request of a fetch; an issuer's metadata is asked for again
    /// when it is old.
    pub(super) fn request(&self, options: &SourceOptions, now: i64) -> Request {
        match &options.origin {
            Origin::Url(url) => self.for_content(url, options.asks),
            Origin::Issuer(issuer) => match &self.keys_url {
                Some((url, since)) if now - since < options.pace.maximum => {
                    self.for_content(url, options.asks)
                }
                Some(_) | None => for_metadata(issuer, Place::OpenId),
            },
            // Its reader is another.
            Origin::File(path) => self.for_content(&path.display().to_string(), options.asks),
        }
    }

    fn for_content(&self, url: &str, asks: Asks) -> Request {
        let label = self.etag.as_ref().filter(|(_, labelled)| labelled == url);
        Request {
            url: url.to_owned(),
            etag: label.map(|(etag, _)| etag.clone()),
            asks,
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
        reading: &Reading<'_>,
        now: i64,
    ) -> Result<Learnt, Failure> {
        let (request, response) = match answer {
            Answer::File(read) => {
                let content = match read {
                    Some((bytes, identity)) => {
                        self.identity = identity;
                        Some(reading.read(&bytes, false)?)
                    }
                    None => None,
                };
                return Ok(Learnt::Content {
                    content,
                    knowledge: self,
                    life: 0,
                });
            }
            Answer::Https(request, response) => (request, response),
        };
        if let Asks::Metadata(place) = request.asks {
            return self.locate(place, &response, reading.options, now);
        }
        let content = match response.status {
            200 => {
                self.etag = response.headers.etag.clone().zip(Some(request.url));
                Some(reading.read(&response.body, true)?)
            }
            304 if reading.has_content && request.etag.is_some() => None,
            _ => return Err(unexpected(&response)),
        };
        Ok(Learnt::Content {
            content,
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
                let next = self.for_content(&url, options.asks);
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

fn unexpected(response: &Response) -> Failure {
    (
        Error::new(
            ErrorKind::KeysUnavailable,
            format!("the server answered with status {}", response.status),
        ),
        freshness::retry_after(&response.headers),
    )
}
