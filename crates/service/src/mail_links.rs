//! Pages behind the links in mails. Mail scanners open links, so a `GET` only shows what the link does and a button, and the `POST` of
//! the button does it.

mod decision;
mod error;
pub(crate) mod page;
mod subscription;
mod words;

use actix_web::web;

use crate::fallback;

/// Adds the routes for moderators. They must be added before the moderators' pages, whose routes would match them.
pub(crate) fn configure_for_moderators(app: &mut web::ServiceConfig) {
    app.service(web::resource("/moderation/link/{token}").route(web::get().to(decision::show)).route(web::post().to(decision::decide)));
}

/// Adds the routes for readers.
pub(crate) fn configure_for_readers(app: &mut web::ServiceConfig) {
    let resource =
        web::resource("/subscription/{token}").route(web::get().to(subscription::show)).route(web::post().to(subscription::change));
    app.service(resource.default_service(web::to(fallback::refuse)));
}
