-- Accounts, and what signing in needs. Times are written by the service, not by the server, so that a test can move its clock.

create table users (
    id bigint generated always as identity primary key,
    username text not null constraint users_username unique,
    name text not null,
    role text not null check (role in ('pupil', 'teacher', 'admin')),
    cohort_year integer,
    active boolean not null default true,
    teacher_notes text not null default '',
    -- Argon2id in PHC form: $argon2id$v=19$m=65536,t=2,p=1$salt$hash
    password_hash text not null,
    created_at timestamptz not null,
    last_login_at timestamptz
);
create index users_role on users (role, cohort_year);
create index users_last_login on users (last_login_at);

-- The cookie's secret is not here, only its SHA-256; the CSRF token is made from the secret and is nowhere.
create table sessions (
    token_hash bytea primary key,
    user_id bigint not null references users (id) on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index sessions_user on sessions (user_id);
create index sessions_expiry on sessions (expires_at);

-- Failed sign-ins: one row per account (client_address '*') and one per account and client address. Names that nobody has get
-- rows too, or their absence would tell which names exist.
create table login_attempts (
    username text not null,
    client_address text not null,
    failures integer not null default 0,
    locked_until timestamptz,
    last_failure_at timestamptz,
    -- The account's user was here: its own failures count for this address, not those made elsewhere.
    last_success_at timestamptz,
    touched_at timestamptz not null,
    primary key (username, client_address)
);
create index login_attempts_touched on login_attempts (touched_at);

-- The keys that vouch for callers to the other services. The private half leaves this table for auth-service alone.
create table signing_keys (
    kid text primary key,
    private_jwk json not null,
    public_jwk json not null,
    created_at timestamptz not null,
    signs_from timestamptz not null,
    signs_until timestamptz not null,
    published_until timestamptz not null
);

-- Sign-ins of the last days are counted for the admin's page; the log they stand in only grows.
create index audit_logs_logins on audit.audit_logs (created_at) where action = 'login';
