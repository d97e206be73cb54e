create table auth.things (id bigint primary key);
