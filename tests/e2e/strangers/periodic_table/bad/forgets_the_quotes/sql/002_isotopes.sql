ALTER TABLE periodic_table ADD CONSTRAINT periodic_table_symbol_key UNIQUE (Symbol);
