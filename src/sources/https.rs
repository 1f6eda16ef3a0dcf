//! One GET over https, within its limits. No connection is kept, and no thread.
//!
//! The name is looked up once, and the connection goes to the very address that
//! was found fit: a name that changes its address meanwhile gains nothing.

#[cfg(feature = "https")]
mod client;
#[cfg(feature = "https")]
mod transport;

#[cfg(feature = "https")]
pub(super) use client::Https;

#[cfg(not(feature = "https"))]
pub(super) use without::Https;

use std::fs::File;
use std::io::Read;

use super::options::{HttpsOptions, fault};
use crate::error::Result;

/// The longest file of trusted certificates, in bytes.
const LONGEST_CA: u64 = 4 << 20;

/// What is in the file of the option `ca`, if it is said.
pub(super) fn certificates(options: &HttpsOptions) -> Result<Option<Vec<u8>>> {
    let Some(path) = &options.ca else {
        return Ok(None);
    };
    let place = path.display();
    let mut read = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST_CA + 1).read_to_end(&mut read))
        .map_err(|error| fault("ca", format_args!("{place}: {error}")))?;
    if read.len() as u64 > LONGEST_CA {
        let problem = format_args!("{place}: longer than {LONGEST_CA} bytes");
        return Err(fault("ca", problem));
    }
    Ok(Some(read))
}

#[cfg(not(feature = "https"))]
mod without {
    use std::time::Instant;

    use crate::error::{Error, ErrorKind, Result};
    use crate::sources::message::{Request, Response};
    use crate::sources::options::HttpsOptions;

    /// What a build without a client has in its place.
    pub(in crate::sources) struct Https;

    impl Https {
        pub(in crate::sources) fn new(_: &HttpsOptions, _: Option<&[u8]>) -> Result<Self> {
            Err(unsupported())
        }

        pub(in crate::sources) fn check(&self, _: &str, _: &str) -> Result<()> {
            Err(unsupported())
        }

        pub(in crate::sources) fn get(&self, _: &Request, _: Instant) -> Result<Response> {
            Err(unsupported())
        }
    }

    fn unsupported() -> Error {
        Error::new(
            ErrorKind::Unsupported,
            "this build has no https client (feature https); with \"refresh\": false the host can fetch",
        )
    }
}
