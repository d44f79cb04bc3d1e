-- Who promised an account in an invitation: on acceptance, their rights are checked again.
alter table invitation_accounts add column promised_by jsonb;
