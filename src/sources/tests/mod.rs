#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod bounds;
mod dates;
mod files;
mod hosts;
mod lists;
mod machine;
mod races;
mod seeds;
