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
        dated_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    comments (id) {
        id -> Text,
        article_id -> BigInt,
        parent_id -> Nullable<Text>,
        status -> Text,
        author -> Text,
        site -> Nullable<Text>,
        text -> Text,
        edit_token_hash -> Text,
        created_at -> BigInt,
        by_owner -> Bool,
        layer -> Nullable<Text>,
        network -> Nullable<Text>,
        author_key -> Nullable<Text>,
        fingerprint -> Text,
    }
}

diesel::table! {
    decisions (id) {
        id -> BigInt,
        comment_id -> Text,
        status -> Text,
        decided_at -> BigInt,
        moderator -> Text,
        via -> Text,
    }
}

diesel::table! {
    generation_work (id) {
        id -> BigInt,
        article_id -> BigInt,
    }
}

diesel::table! {
    edits (id) {
        id -> BigInt,
        comment_id -> Text,
        text -> Text,
        edited_at -> BigInt,
        moderator -> Text,
        via -> Text,
    }
}

diesel::table! {
    bans (id) {
        id -> BigInt,
        kind -> Text,
        value -> Text,
        comment_id -> Nullable<Text>,
        banned_at -> BigInt,
        moderator -> Text,
        via -> Text,
    }
}

diesel::table! {
    moderation_log (id) {
        id -> BigInt,
        act -> Text,
        comment_id -> Nullable<Text>,
        done_at -> BigInt,
        moderator -> Text,
        via -> Text,
    }
}

diesel::table! {
    secrets (id) {
        id -> BigInt,
        purpose -> Text,
        secret -> Text,
        drawn_at -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        token_hash -> Text,
        moderator -> Text,
        agent -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    sign_ins (id) {
        id -> BigInt,
        token_hash -> Text,
        moderator -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    subscribers (id) {
        id -> BigInt,
        email -> Text,
        asked_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        mailed_at -> Nullable<BigInt>,
        bounces -> BigInt,
        dismissed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    subscriptions (id) {
        id -> BigInt,
        subscriber_id -> BigInt,
        comment_id -> Text,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        queue -> Text,
        kind -> Text,
        subject -> Text,
        comment_id -> Nullable<Text>,
        created_at -> BigInt,
        due_at -> BigInt,
        attempts -> BigInt,
        claim -> Nullable<Text>,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    challenges (id) {
        id -> BigInt,
        challenge -> Text,
        drawn_at -> BigInt,
    }
}

diesel::table! {
    proofs (id) {
        id -> BigInt,
        proof -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    identity (id) {
        id -> BigInt,
        database_id -> Text,
        epoch -> Text,
        place -> Text,
        tree -> Text,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    clock (id) {
        id -> BigInt,
        known_at -> BigInt,
    }
}

diesel::joinable!(comments -> articles (article_id));
diesel::joinable!(decisions -> comments (comment_id));
diesel::joinable!(edits -> comments (comment_id));
diesel::joinable!(generation_work -> articles (article_id));
diesel::joinable!(bans -> comments (comment_id));
diesel::joinable!(jobs -> comments (comment_id));
diesel::joinable!(moderation_log -> comments (comment_id));
diesel::joinable!(subscriptions -> comments (comment_id));
diesel::joinable!(subscriptions -> subscribers (subscriber_id));
diesel::allow_tables_to_appear_in_same_query!(
    articles,
    bans,
    challenges,
    clock,
    comments,
    decisions,
    edits,
    generation_work,
    identity,
    jobs,
    leases,
    moderation_log,
    proofs,
    secrets,
    sessions,
    sign_ins,
    subscribers,
    subscriptions,
);
