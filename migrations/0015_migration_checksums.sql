-- SHA-256 of the text of each applied migration, so that a later change of the text is noticed.
alter table migrations add column checksum text;
