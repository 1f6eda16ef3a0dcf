//! Audiences, and the kinds of users that they are for.

use serde::Deserialize;

/// What a user is. The order is that of the published keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    #[serde(skip)]
    Normal,
    Restricted,
    Anonymous,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Normal, Self::Restricted, Self::Anonymous];

    /// What follows the project's id in an audience.
    pub(super) const fn suffix(self) -> &'static str {
        match self {
            Self::Normal => "",
            Self::Restricted => ":restricted",
            Self::Anonymous => ":anon",
        }
    }

    /// What stands before the project's id in an issuer.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Normal => "/api/v1/projects/",
            Self::Restricted => "/api/v1/projects-restricted-users/",
            Self::Anonymous => "/api/v1/projects-anonymous-users/",
        }
    }

    /// The audience of such users of `project`.
    pub(super) fn audience(self, project: &str) -> String {
        format!("{project}{}", self.suffix())
    }
}

/// The longest id of a project; those that are given are UUIDs.
const LONGEST: usize = 64;

/// Whether `text` may be a project's id: nothing that could mean something else
/// in an audience or a URL. "kid" is kept for the derivation of key names.
pub(super) fn is_project(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=LONGEST).contains(&text.len())
        && text.bytes().all(plain)
        && text != super::derivation::TAKEN
}

/// Whether `text` is some project's audience.
pub(super) fn is_audience(text: &str) -> bool {
    let mut kinds = Kind::ALL.iter();
    kinds.any(|kind| text.strip_suffix(kind.suffix()).is_some_and(is_project))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_is_a_project_and_a_known_suffix() {
        for good in [
            "internal",
            "internal:anon",
            "project_abcdef:restricted",
            "e0b52f4d-dece-408c-af49-d23061bb0f8d",
            "KID",
        ] {
            assert!(is_audience(good), "{good}");
        }
        let long = "a".repeat(65);
        for bad in [
            "",
            "kid",
            "kid:anon",
            ":anon",
            "internal:",
            "internal:anonymous",
            "internal:anon:anon",
            "internal:restricted:anon",
            "a/b",
            "a b",
            "a.b",
            "é",
            "a\"b",
            "growth-agent-run:internal",
            &long,
        ] {
            assert!(!is_audience(bad), "{bad}");
        }
    }
}
