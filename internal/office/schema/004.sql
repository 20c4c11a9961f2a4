-- How many rows of a batch that was refused look paid already, where a person must name
-- that number to pay them again.
alter table batch add column looks_paid integer;
