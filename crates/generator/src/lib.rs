#![doc = include_str!("../README.md")]

mod batch;
mod catalogue;
mod compress;
mod disk;
mod error;
mod generate;
mod install;
mod lists;
mod note;
mod on_change;
mod owner;
mod published;
mod run;
mod scope;
mod settings;
mod shown;
mod stop;
mod tree;
mod worker;

pub use catalogue::{ArticlePage, Catalogue, CatalogueReport, Drafts, SiteSurvey, look_at, survey};
pub use disk::{room, writable};
pub use error::GeneratorError;
pub use generate::{Generator, RunReport};
pub use install::{Installed, install, install_anew, install_folder, install_private};
pub use note::StatusFile;
pub use on_change::{ChangeCommand, OnChange, OnChangeError};
pub use owner::is_filled;
pub use scope::{Progress, Scope};
pub use settings::{Feeds, Settings};
pub use stop::StopSignal;
pub use tree::{Difference, DifferenceKind, Inspection, claim, inspect, left_over, probe};
pub use worker::Worker;
