create table auth.half (id bigint);
select nonsense;
