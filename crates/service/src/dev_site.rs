use std::path::PathBuf;

use actix_files::{Files, NamedFile};
use actix_web::dev::{ServiceRequest, ServiceResponse, fn_service};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpResponse, web};

/// The site itself, which `ardoise dev` serves. In production a web server or a CDN does.
#[derive(Debug, Clone)]
pub struct DevSite {
    /// The folder of the built site.
    pub built: PathBuf,
    /// The URL path at which the site is served. It begins and ends with `/`.
    pub path: String,
    /// The folder of the published tree, which is served at the tree's URL.
    pub tree: PathBuf,
}

impl DevSite {
    /// Adds the routes of the site and of the published tree.
    pub(crate) fn configure(&self, app: &mut web::ServiceConfig, tree_url: &str) {
        // Browsers must revalidate: a saved change has to show at once. Unchanged files are still answered by 304.
        let no_cache = || DefaultHeaders::new().add((header::CACHE_CONTROL, "no-cache"));
        let tree = Files::new("", &self.tree).try_compressed();
        let missing = self.built.join("404.html");
        let site = Files::new("", &self.built).index_file("index.html").redirect_to_slash_directory().default_handler(fn_service(
            move |request: ServiceRequest| {
                let missing = missing.clone();
                async move { Ok(not_found(request, missing)) }
            },
        ));
        app.service(web::scope(tree_url.trim_end_matches('/')).wrap(no_cache()).service(tree))
            .service(web::scope(self.path.trim_end_matches('/')).wrap(no_cache()).service(site));
        if self.path != "/" {
            app.service(web::redirect("/", self.path.clone()));
        }
    }
}

/// Answers 404 with the site's own page for it, as most hosts do.
fn not_found(request: ServiceRequest, page: PathBuf) -> ServiceResponse {
    let (request, _) = request.into_parts();
    let mut response = match NamedFile::open(page) {
        Ok(page) => page.into_response(&request),
        Err(_) => HttpResponse::NotFound().content_type("text/plain").body("There is no such page in the built site.\n"),
    };
    *response.status_mut() = StatusCode::NOT_FOUND;
    ServiceResponse::new(request, response)
}
