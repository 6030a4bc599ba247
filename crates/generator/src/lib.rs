#![doc = include_str!("../README.md")]

mod batch;
mod catalogue;
mod changes;
mod compress;
mod disk;
mod error;
mod generate;
mod install;
mod lists;
mod on_change;
mod owner;
mod published;
mod run;
mod settings;
mod status_file;
mod stop_signal;
mod tree;
mod visible;
mod worker;

pub use catalogue::{ArticlePage, Catalogue, CatalogueReport, Drafts, SiteSurvey, read_article_page, survey};
pub use disk::{check_writable, free_space};
pub use error::GeneratorError;
pub use generate::{Generator, RunReport};
pub use install::{Installed, install, install_anew, install_folder, install_private};
pub use on_change::{ChangeCommand, OnChange, OnChangeError};
pub use owner::has_published_comments;
pub use run::{Progress, Scope};
pub use settings::{Feeds, Settings};
pub use status_file::StatusFile;
pub use stop_signal::StopSignal;
pub use tree::{Difference, DifferenceKind, Inspection, check_tree_folder, create_tree, inspect, stale_temporary_files};
pub use worker::Worker;
