CREATE TABLE country (name text NOT NULL, two_letter text PRIMARY KEY, country_id integer NOT NULL);
CREATE TABLE subcountry (country text NOT NULL REFERENCES country (two_letter), subcountry_name text NOT NULL, subdivision text, UNIQUE (country, subcountry_name));
INSERT INTO country VALUES ('Old Sample', 'QA', 1), ('New Sample', 'QB', 1), ('Older', 'QC', 2), ('Newer', 'QD', 2), ('Other', 'QE', 3);
INSERT INTO subcountry VALUES ('QB', '1', 'North'), ('QB', '2', NULL), ('QD', '1', 'South');
