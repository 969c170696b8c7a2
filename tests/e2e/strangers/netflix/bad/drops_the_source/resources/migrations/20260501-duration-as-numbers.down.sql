ALTER TABLE netflix_shows ADD COLUMN director text;
--;;
UPDATE netflix_shows SET director = (SELECT string_agg(name, ', ') FROM show_director d WHERE d.show_id = netflix_shows.show_id);
--;;
DROP TABLE show_director;
