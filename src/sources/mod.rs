//! Where key sets and status lists come from, and how they are kept fresh.
//!
//! A [`Source`] is a key set, or a status list, that follows a file or an https URL. When to fetch
//! and what an answer means is decided without I/O (`machine`); one thread of
//! the process fetches for all sources (`refresher`), or the host does it with
//! its own client. Verification reads what is there and never waits.

#[cfg(feature = "https")]
mod address;
mod answer;
mod budget;
mod discovery;
mod fetch;
mod file;
mod freshness;
mod hosted;
mod https;
mod list;
mod list_options;
mod machine;
mod message;
mod options;
mod origin;
mod refresher;
mod report;
mod select;
mod source;
mod state;
mod status;
mod strangers;
#[cfg(test)]
mod tests;
mod waiting;

pub use list_options::ListOptions;
pub use options::SourceOptions;
pub use source::Source;
