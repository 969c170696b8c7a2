DROP INDEX netflix_shows_release_year_idx;
--;;
ALTER TABLE netflix_shows DROP COLUMN minutes, DROP COLUMN seasons;
