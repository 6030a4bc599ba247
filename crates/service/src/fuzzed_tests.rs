//! What the fuzzer found worth keeping, tried again.

#[path = "../../../fuzz/properties/body.rs"]
mod body;
#[path = "../../../fuzz/properties/corpus.rs"]
mod corpus;
#[path = "../../../fuzz/properties/multipart.rs"]
mod multipart;
#[path = "../../../fuzz/properties/submission.rs"]
mod submission;

#[test]
fn forms_and_json() {
    corpus::replay("body", body::holds);
}

#[test]
fn multipart_forms() {
    corpus::replay("multipart", multipart::holds);
}
