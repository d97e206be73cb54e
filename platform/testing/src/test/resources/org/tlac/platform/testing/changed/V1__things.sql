create table auth.things (id integer primary key);
