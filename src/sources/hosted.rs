//! Fetches that the host makes, with a client and a loop of its own.

use super::answer::Answer;
use super::message::{Headers, Request, Response};
use super::source::Source;
use crate::clock;
use crate::error::{Error, ErrorKind, Result};
use crate::fork;

impl Source {
    /// The request that is due, for a host that fetches itself; `None` when
    /// none is, or one is under way. It has the option `timeout`, then it
    /// counts as lost.
    pub fn claim(&self) -> Result<Option<(String, Option<String>)>> {
        self.need_remote()?;
        let mine = {
            let _gate = fork::inside();
            self.inner.lock().machine.claim(clock::uptime())
        };
        Ok(mine.then(|| {
            let Request { url, etag } = self.request();
            (url, etag)
        }))
    }

    /// Takes the answer to a claimed request: the status, the headers by name,
    /// and the body.
    pub fn accept<'a>(
        &self,
        status: u16,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: &[u8],
    ) -> Result<()> {
        self.need_remote()?;
        let mut response = Response {
            status,
            headers: Headers::default(),
            body: body.to_vec(),
        };
        for (name, value) in headers {
            response.headers.keep(name, value);
        }
        self.host_brings(Ok(response))
    }

    /// Says that a claimed request failed, and why.
    pub fn failed(&self, message: &str) -> Result<()> {
        self.need_remote()?;
        let message: String = message.chars().take(512).collect();
        // It did what it is for: the failure isn't this call's.
        let _ = self.host_brings(Err(Error::new(ErrorKind::KeysUnavailable, message)));
        Ok(())
    }

    fn host_brings(&self, outcome: Result<Response>) -> Result<()> {
        match self.settle(outcome.map(Answer::Https)) {
            Some(ended) => ended,
            None => {
                let _gate = fork::inside();
                self.inner.lock().machine.go_on(clock::uptime());
                Ok(())
            }
        }
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
