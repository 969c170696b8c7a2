-- ISO gives each country one number. Countries that were renamed kept theirs.
SET lock_timeout = '2s';
ALTER TABLE country ADD CONSTRAINT country_country_id_key UNIQUE (country_id);
