-- One row for each director; the column that held them all goes at once.
SET lock_timeout = '2s';
--;;
CREATE TABLE show_director (show_id text NOT NULL REFERENCES netflix_shows, name text NOT NULL, PRIMARY KEY (show_id, name));
--;;
INSERT INTO show_director SELECT DISTINCT show_id, trim(name) FROM netflix_shows, string_to_table(director, ',') AS name;
--;;
ALTER TABLE netflix_shows DROP COLUMN director;
