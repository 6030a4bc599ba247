//! Parts of pages.

pub(crate) mod card;
pub(crate) mod chart;
pub(crate) mod frame;
pub(crate) mod notice;
