alter table auth.things add column name text;
