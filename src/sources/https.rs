//! One GET over https, within its limits. No connection is kept, and no thread.
//!
//! The name is looked up once, and the connection goes to the very address that
//! was found fit: a name that changes its address meanwhile gains nothing.

#[cfg(feature = "https")]
mod client;

#[cfg(feature = "https")]
pub(super) use client::Https;

#[cfg(not(feature = "https"))]
pub(super) use without::Https;

#[cfg(not(feature = "https"))]
mod without {
    use crate::error::{Error, ErrorKind, Result};
    use crate::sources::message::{Request, Response};
    use crate::sources::options::HttpsOptions;

    /// What a build without a client has in its place.
    pub(in crate::sources) struct Https;

    impl Https {
        pub(in crate::sources) fn new(_: &HttpsOptions) -> Result<Self> {
            Err(unsupported())
        }

        pub(in crate::sources) fn get(&self, _: &Request) -> Result<Response> {
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
