//! The routes of the main server, and of the moderators' own server if the settings ask for one.

use actix_multipart::form::MultipartFormConfig;
use actix_web::{guard, web};

use crate::dev_site::DevSite;
use crate::moderation::{self, ModerationState};
use crate::state::AppState;
use crate::submissions::{author_changes, comments, preview, stacosys};
use crate::{fallback, health, mail_links};

/// The maximum size of a request body, in bytes. It holds the longest comment with every character percent-encoded.
const MAX_BODY_BYTES: usize = 128 * 1024;

/// Adds the routes of the main server. It has the moderators' pages unless they have a server of their own.
pub(crate) fn configure_main(
    app: &mut web::ServiceConfig,
    state: &web::Data<AppState>,
    moderation: Option<&web::Data<ModerationState>>,
    dev_site: Option<&DevSite>,
) {
    app.app_data(state.clone())
        .app_data(web::PayloadConfig::new(MAX_BODY_BYTES))
        .app_data(MultipartFormConfig::default().total_limit(MAX_BODY_BYTES).memory_limit(MAX_BODY_BYTES))
        .service(web::resource("/comments").route(web::post().to(comments::post)).default_service(web::to(fallback::refuse)))
        .service(
            web::resource("/comments/{id}")
                .route(web::patch().to(author_changes::patch))
                .route(web::delete().to(author_changes::delete))
                .default_service(web::to(fallback::refuse)),
        )
        .service(web::resource("/preview").route(web::post().to(preview::post)).default_service(web::to(fallback::refuse)))
        .service(
            web::resource("/newcomment")
                .route(web::post().guard(guard::fn_guard(stacosys::is_multipart)).to(stacosys::post_multipart))
                .route(web::post().to(stacosys::post))
                .default_service(web::to(fallback::refuse)),
        )
        .service(web::resource("/health").route(web::get().to(health::get)).route(web::head().to(health::get)));
    mail_links::configure_for_readers(app);
    if let Some(moderation) = moderation {
        mail_links::configure_for_moderators(app);
        moderation::configure(app, moderation);
        app.route("/moderation/{rest:.*}", web::get().to(moderation::not_found));
    }
    match dev_site {
        Some(site) => site.configure(app, &state.tree_url),
        None => {
            app.default_service(web::to(fallback::refuse));
        }
    }
}

/// Adds the routes of the moderators' own server.
pub(crate) fn configure_moderation(app: &mut web::ServiceConfig, state: &web::Data<AppState>, moderation: &web::Data<ModerationState>) {
    app.app_data(state.clone()).app_data(web::PayloadConfig::new(MAX_BODY_BYTES));
    mail_links::configure_for_moderators(app);
    moderation::configure(app, moderation);
    app.default_service(web::to(moderation::not_found));
}
