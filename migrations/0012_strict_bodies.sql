-- A workspace can ask for bodies that are exactly what their schema says (decision 15).
alter table workspaces add column strict_bodies boolean not null default false;
