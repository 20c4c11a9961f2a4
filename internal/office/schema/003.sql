-- LZ4 packs and unpacks several times as fast as PostgreSQL's own way. A server that was
-- built without it, or is older than 14, keeps its own.
do $$
begin
	execute 'alter table chunk alter column bytes set compression lz4';
	execute 'alter table blob alter column bytes set compression lz4';
exception when feature_not_supported or syntax_error or invalid_parameter_value then
	null;
end $$;

-- A chunk of a fast run has about five thousand bytes, and half of that packed: it stays
-- in its row, and is not cut up into another table.
alter table chunk set (toast_tuple_target = 4080);
