diesel::table! {
    articles (id) {
        id -> BigInt,
        path -> Text,
        title -> Text,
        is_open -> Bool,
        page -> Text,
        is_present -> Bool,
        approved -> BigInt,
        revision -> BigInt,
        closes_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    comments (id) {
        id -> Text,
        article_id -> BigInt,
        parent_id -> Nullable<Text>,
        status -> Text,
        author -> Text,
        email -> Nullable<Text>,
        site -> Nullable<Text>,
        text -> Text,
        edit_token_hash -> Text,
        created_at -> BigInt,
        by_owner -> Bool,
    }
}

diesel::table! {
    decisions (id) {
        id -> BigInt,
        comment_id -> Text,
        status -> Text,
        decided_at -> BigInt,
    }
}

diesel::table! {
    generation_work (id) {
        id -> BigInt,
        article_id -> BigInt,
    }
}

diesel::joinable!(comments -> articles (article_id));
diesel::joinable!(decisions -> comments (comment_id));
diesel::joinable!(generation_work -> articles (article_id));
diesel::allow_tables_to_appear_in_same_query!(articles, comments, decisions, generation_work);
