//! Fetches that the host makes, with a client and a loop of its own.

use super::answer::Answer;
use super::fetch::Settled;
use super::machine::Ticket;
use super::message::{Headers, Request, Response, too_long};
use super::source::Source;
use crate::clock;
use crate::error::{Error, ErrorKind, Result};

impl Source {
    /// The request that is due, as its URL and entity tag, for a host that
    /// fetches itself; `None` when none is, or one is under way. One that isn't
    /// answered within twice the option `timeout` counts as lost, and is due again.
    pub fn claim(&self) -> Result<Option<(String, Option<String>)>> {
        self.need_remote()?;
        let now = clock::uptime();
        let mut inner = self.inner();
        let Some(ticket) = inner.machine.claim(now) else {
            return Ok(None);
        };
        let further = inner.next.take();
        let request = further.unwrap_or_else(|| inner.knowledge.request(&self.options, now));
        let said = (request.url.clone(), request.etag.clone());
        inner.claimed = Some((ticket, request));
        Ok(Some(said))
    }

    /// Takes the answer to the claimed request: the status, the headers by name,
    /// and the body.
    ///
    /// `misuse` where no request is claimed, `timeout` where another fetch has
    /// begun because this one counted as lost; else why the answer is of no use.
    pub fn accept<'a>(
        &self,
        status: u16,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: &[u8],
    ) -> Result<()> {
        self.need_remote()?;
        let (ticket, request) = self.claimed()?;
        let most = self.options.https.bytes;
        let step = if body.len() > most {
            Err(too_long(most))
        } else {
            let mut response = Response {
                status,
                headers: Headers::default(),
                body: body.to_vec(),
            };
            for (name, value) in headers {
                response.headers.keep(name, value);
            }
            Ok(Answer::Https(request, response))
        };
        match self.settle(ticket, step) {
            Settled::Ended(ended) => ended,
            Settled::Next(request) => {
                let mut inner = self.inner();
                inner.machine.go_on(clock::uptime());
                inner.next = Some(request);
                Ok(())
            }
            Settled::Late => Err(Error::new(
                ErrorKind::Timeout,
                "the answer came too late: another fetch has begun",
            )),
        }
    }

    /// Says that the claimed request failed, and why. `misuse` where none is claimed.
    pub fn failed(&self, message: &str) -> Result<()> {
        self.need_remote()?;
        let (ticket, _) = self.claimed()?;
        let failure = Error::new(ErrorKind::KeysUnavailable, message.to_owned());
        // It did what it is for: the failure isn't this call's.
        let _ = self.settle(ticket, Err(failure));
        Ok(())
    }

    /// What was claimed: to be answered once.
    fn claimed(&self) -> Result<(Ticket, Request)> {
        self.inner().claimed.take().ok_or_else(|| {
            Error::new(
                ErrorKind::Misuse,
                "no request is claimed, or it is answered already",
            )
        })
    }

    fn need_remote(&self) -> Result<()> {
        if self.options.is_file() {
            return Err(Error::new(
                ErrorKind::Misuse,
                "a source over a file reads it by itself",
            ));
        }
        Ok(())
    }
}
