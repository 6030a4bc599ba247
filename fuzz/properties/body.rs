//! Properties of every request body sent to the service, read as both kinds of form and as JSON.

use ardoise_model::Draft;

use super::submission;
use crate::body;
use crate::field_names::{ARDOISE, FieldNames, STACOSYS};

pub(crate) fn holds(input: &[u8]) {
    let forms = [body::form(input, &ARDOISE), body::form(input, &STACOSYS), submission::of_lines(input)];
    for draft in forms.into_iter().chain(body::json(input)) {
        is_read_as_it_was_written(&draft);
        submission::is_checked(&draft);
    }
    if let Err(error) = body::json(input) {
        assert!(!error.to_string().is_empty());
    }
}

fn is_read_as_it_was_written(draft: &Draft) {
    for names in [&ARDOISE, &STACOSYS] {
        assert_eq!(&body::form(&as_form(draft, names), names), draft);
    }
    assert_eq!(&body::json(&as_json(draft)).expect("JSON"), draft);
}

fn as_form(draft: &Draft, names: &FieldNames) -> Vec<u8> {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(submission::fields(draft, names)).finish().into_bytes()
}

fn as_json(draft: &Draft) -> Vec<u8> {
    let object: serde_json::Map<_, _> =
        submission::fields(draft, &ARDOISE).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    serde_json::Value::Object(object).to_string().into_bytes()
}
