DROP VIEW "Country names";
ALTER TABLE subcountry DROP COLUMN id;
