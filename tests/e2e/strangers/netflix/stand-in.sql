CREATE TABLE netflix_shows (show_id text NOT NULL PRIMARY KEY, title text, director text, release_year integer, rating text, duration text);
INSERT INTO netflix_shows
SELECT 's' || i, 'Show ' || i, CASE WHEN i % 3 > 0 THEN 'Zoe, Adam' END, 1990 + i % 30, 'PG', CASE WHEN i % 2 = 0 THEN i || ' min' ELSE '2 Seasons' END
FROM generate_series(1, 200) i;
UPDATE netflix_shows SET rating = '74 min', duration = NULL WHERE show_id IN ('s20', 's22', 's24');
