//! What must be true of every body that is sent to the service, read as a form of both kinds and as JSON.

use ardoise_model::Draft;

use super::submission;
use crate::body;
use crate::names::{Names, OURS, STACOSYS};

pub(crate) fn holds(input: &[u8]) {
    for names in [&OURS, &STACOSYS] {
        let draft = body::form(input, names);
        assert_eq!(body::form(&as_form(&draft, names), names), draft, "written as a form and read again");
        submission::is_checked(&draft);
    }
    match body::json(input) {
        Ok(draft) => {
            assert_eq!(body::json(&as_json(&draft)).expect("JSON"), draft, "written as JSON and read again");
            submission::is_checked(&draft);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn as_form(draft: &Draft, names: &Names) -> Vec<u8> {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(submission::fields(draft, names)).finish().into_bytes()
}

fn as_json(draft: &Draft) -> Vec<u8> {
    let object: serde_json::Map<_, _> =
        submission::fields(draft, &OURS).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    serde_json::Value::Object(object).to_string().into_bytes()
}
