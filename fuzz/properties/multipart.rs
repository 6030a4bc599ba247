//! Properties of every `multipart/form-data` body sent to Stacosys' address.

use std::fmt::Write;

use actix_multipart::form::{MultipartForm, MultipartFormConfig};
use actix_web::FromRequest;
use actix_web::rt::{System, SystemRunner};
use actix_web::test::TestRequest;
use ardoise_model::Draft;

use super::submission;
use crate::field_names::STACOSYS;
use crate::multipart::StacosysForm;

/// Short, so that the fuzzer finds it.
const BOUNDARY: &str = "xx";
/// The maximum size: three times the longest input, because each invalid byte becomes three bytes of UTF-8.
const MOST_BYTES: usize = 128 * 1024;

thread_local! {
    static SYSTEM: SystemRunner = System::new();
}

pub(crate) fn holds(input: &[u8]) {
    for draft in read(input.to_owned()).into_iter().chain([submission::of_lines(input)]) {
        submission::is_checked(&draft);
        if !holds_the_boundary(&draft) {
            assert_eq!(read(as_multipart(&draft).into_bytes()), Some(draft), "written as multipart and read again");
        }
    }
}

/// Returns `None` if the body is refused.
fn read(body: Vec<u8>) -> Option<Draft> {
    let config = MultipartFormConfig::default().total_limit(MOST_BYTES).memory_limit(MOST_BYTES);
    let request = TestRequest::post().insert_header(("content-type", format!("multipart/form-data; boundary={BOUNDARY}")));
    let (request, mut payload) = request.app_data(config).set_payload(body).to_http_parts();
    let sent = SYSTEM.with(|system| system.block_on(MultipartForm::<StacosysForm>::from_request(&request, &mut payload)));
    sent.ok().map(|form| form.into_inner().into())
}

fn as_multipart(draft: &Draft) -> String {
    let mut body = String::new();
    for (name, value) in submission::fields(draft, &STACOSYS) {
        // Writing to a string does not fail.
        let _ = write!(body, "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body + "--" + BOUNDARY + "--\r\n"
}

fn holds_the_boundary(draft: &Draft) -> bool {
    submission::fields(draft, &STACOSYS).iter().any(|(_, value)| value.contains(BOUNDARY))
}
