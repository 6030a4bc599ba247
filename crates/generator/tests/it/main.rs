//! The generator through its public door: real folders, a real database.

mod catalogue;
mod harness;
mod on_change;
mod same_bytes;
mod tree;
mod worker;
