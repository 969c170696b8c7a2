-- "90 min" and "2 Seasons" become numbers; the text stays until all readers have moved.
SET lock_timeout = '2s';
--;;
ALTER TABLE netflix_shows ADD COLUMN minutes integer, ADD COLUMN seasons integer;
--;;
UPDATE netflix_shows
   SET minutes = substring(duration FROM '^(\d+) min$')::integer,
       seasons = substring(duration FROM '^(\d+) Seasons?$')::integer;
--;;
ALTER TABLE netflix_shows ADD CONSTRAINT netflix_shows_one_duration CHECK (minutes IS NULL OR seasons IS NULL) NOT VALID;
--;;
ALTER TABLE netflix_shows VALIDATE CONSTRAINT netflix_shows_one_duration;
--;;
CREATE INDEX netflix_shows_release_year_idx ON netflix_shows (release_year);
