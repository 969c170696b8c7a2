-- What the documentation says that a rating is. Three rows hold a duration instead.
SET lock_timeout = '2s';
--;;
ALTER TABLE netflix_shows ADD CONSTRAINT netflix_shows_rating_check CHECK (rating IN
  ('G', 'PG', 'PG-13', 'R', 'NC-17', 'NR', 'UR', 'TV-Y', 'TV-Y7', 'TV-Y7-FV', 'TV-G', 'TV-PG', 'TV-14', 'TV-MA'));
