create table charts (id integer primary key, title text not null);
