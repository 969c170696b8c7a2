-- The table never had a primary key: Diesel maps none without.
SET lock_timeout = '2s';
ALTER TABLE subcountry ADD COLUMN id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
CREATE VIEW "Country names" AS SELECT two_letter AS "Code", name AS "Name" FROM country;
