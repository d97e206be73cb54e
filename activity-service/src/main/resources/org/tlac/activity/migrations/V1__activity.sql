-- Users live in auth-service's schema: their id and username are copied from the token of each call, without a foreign key.
-- Column names follow the contract (lesson_id, activity_id); *_bytes is the size of the JSON text beside it, so that sums need not read it.

-- The newest state of one activity of one user. "json", not "jsonb": numbers and the order of keys come back as they were sent.
create table activity_states (
    user_id bigint not null,
    username text not null,
    lesson_id text not null,
    activity_id text not null,
    revision_id bigint not null,
    state json not null,
    state_bytes integer not null,
    updated_at timestamptz not null,
    client_saved_at timestamptz,
    primary key (user_id, lesson_id, activity_id)
);
create index activity_states_username on activity_states (username, user_id);

-- Every save, for ever. The id is drawn by the statement that locks the activity's state, so ids follow the order of saves.
create sequence activity_revision_ids;
create table activity_revisions (
    id bigint primary key,
    user_id bigint not null,
    username text not null,
    lesson_id text not null,
    activity_id text not null,
    state json not null,
    state_bytes integer not null,
    created_at timestamptz not null,
    client_saved_at timestamptz
);
alter sequence activity_revision_ids owned by activity_revisions.id;
create index activity_revisions_user on activity_revisions (user_id, id desc);
create index activity_revisions_activity on activity_revisions (user_id, lesson_id, activity_id, id desc);

create table activity_marks (
    user_id bigint not null,
    username text not null,
    lesson_id text not null,
    activity_id text not null,
    status text not null check (status in ('not_started', 'in_progress', 'complete', 'incomplete')),
    updated_at timestamptz not null,
    marked_at timestamptz,
    attempt_count integer not null,
    first_save_at timestamptz,
    last_save_at timestamptz,
    answer_marks jsonb not null,
    score integer not null,
    max_score integer not null,
    primary key (user_id, lesson_id, activity_id)
);
create index activity_marks_username on activity_marks (username);
create index activity_marks_activity on activity_marks (lesson_id, activity_id, status);

-- One text per pupil and activity, or per pupil and lesson where activity_id is null.
create table activity_feedback (
    id bigint generated always as identity primary key,
    user_id bigint not null,
    username text not null,
    lesson_id text not null,
    activity_id text,
    feedback_text text not null,
    teacher_id bigint not null,
    teacher_username text not null,
    teacher_name text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create unique index activity_feedback_subject on activity_feedback (user_id, lesson_id, coalesce(activity_id, ''));

-- What the school says about a link of the course manifest.
create table link_overrides (
    link_id text primary key,
    replacement_url text,
    local_path text,
    disabled boolean not null default false,
    notes text,
    updated_at timestamptz not null,
    updated_by text not null
);
