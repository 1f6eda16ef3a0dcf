//! What is asked of a key server, and what it answers.

/// A GET for one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) url: String,
    /// What the answer that is known was labelled with (RFC 9110 section 8.8.3).
    pub(super) etag: Option<String>,
}

#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Headers,
    /// Empty unless the status is 200.
    pub(super) body: Vec<u8>,
}

/// The headers that matter here, as they came.
#[derive(Debug, Default)]
pub(super) struct Headers {
    pub(super) cache_control: Option<String>,
    pub(super) age: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) retry_after: Option<String>,
}

impl Headers {
    /// Keeps the header `name` if it matters; of several, the first.
    pub(super) fn keep(&mut self, name: &str, value: &str) {
        let slot = match name.to_ascii_lowercase().as_str() {
            "cache-control" => &mut self.cache_control,
            "age" => &mut self.age,
            "etag" => &mut self.etag,
            "retry-after" => &mut self.retry_after,
            _ => return,
        };
        slot.get_or_insert_with(|| value.trim().to_owned());
    }
}
