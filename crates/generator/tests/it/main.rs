//! Tests of the generator with folders and databases of their own. Each runs on SQLite and on PostgreSQL.
#![allow(clippy::duplicate_mod, reason = "the same tests, once for each database")]

#[path = "../../../store/tests/it/database.rs"]
mod database;

#[path = "."]
mod sqlite {
    pub(crate) const POSTGRES: bool = false;

    #[path = "harness.rs"]
    mod harness;

    #[path = "catalogue.rs"]
    mod catalogue;
    #[path = "challenge.rs"]
    mod challenge;
    #[path = "interrupted.rs"]
    mod interrupted;
    #[path = "lists.rs"]
    mod lists;
    #[path = "on_change.rs"]
    mod on_change;
    #[path = "owner.rs"]
    mod owner;
    #[path = "pages.rs"]
    mod pages;
    #[path = "same_bytes.rs"]
    mod same_bytes;
    #[path = "tree.rs"]
    mod tree;
    #[path = "worker.rs"]
    mod worker;
}

#[path = "."]
mod postgres {
    pub(crate) const POSTGRES: bool = true;

    #[path = "harness.rs"]
    mod harness;

    #[path = "catalogue.rs"]
    mod catalogue;
    #[path = "challenge.rs"]
    mod challenge;
    #[path = "interrupted.rs"]
    mod interrupted;
    #[path = "lists.rs"]
    mod lists;
    #[path = "owner.rs"]
    mod owner;
    #[path = "pages.rs"]
    mod pages;
    #[path = "same_bytes.rs"]
    mod same_bytes;
    #[path = "tree.rs"]
    mod tree;
    #[path = "worker.rs"]
    mod worker;
}
