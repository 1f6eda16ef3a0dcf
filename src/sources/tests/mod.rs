#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod dates;
mod files;
mod hosts;
mod machine;
