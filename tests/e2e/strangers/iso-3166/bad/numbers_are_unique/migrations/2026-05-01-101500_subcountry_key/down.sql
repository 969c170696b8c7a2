ALTER TABLE country DROP CONSTRAINT country_country_id_key;
