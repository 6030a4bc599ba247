//! Replays the inputs that the fuzzer found worth keeping.

#[path = "../../../fuzz/properties/body.rs"]
mod body;
#[path = "../../../fuzz/properties/corpus.rs"]
mod corpus;
#[path = "../../../fuzz/properties/multipart.rs"]
mod multipart;
#[path = "../../../fuzz/properties/submission.rs"]
mod submission;

#[test]
fn forms_and_json_hold_on_the_corpus() {
    corpus::replay("body", body::holds);
}

#[test]
fn multipart_forms_hold_on_the_corpus() {
    corpus::replay("multipart", multipart::holds);
}
