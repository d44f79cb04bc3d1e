-- Nothing wrote it.
alter table contacts drop column held_until;
