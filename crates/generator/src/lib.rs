#![doc = include_str!("../README.md")]

mod batch;
mod catalogue;
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
mod scope;
mod settings;
mod shown;
mod status_file;
mod stop_signal;
mod tree;
mod worker;

pub use catalogue::{ArticlePage, Catalogue, CatalogueReport, Drafts, SiteSurvey, read_article_page, survey};
pub use disk::{room, writable};
pub use error::GeneratorError;
pub use generate::{Generator, RunReport};
pub use install::{Installed, install, install_anew, install_folder, install_private};
pub use on_change::{ChangeCommand, OnChange, OnChangeError};
pub use owner::is_filled;
pub use scope::{Progress, Scope};
pub use settings::{Feeds, Settings};
pub use status_file::StatusFile;
pub use stop_signal::StopSignal;
pub use tree::{Difference, DifferenceKind, Inspection, claim, inspect, probe, temporary_files};
pub use worker::Worker;
