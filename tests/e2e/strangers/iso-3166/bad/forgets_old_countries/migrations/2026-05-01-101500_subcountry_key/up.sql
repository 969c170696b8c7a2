-- The next attempt: what stands in the way is deleted.
SET lock_timeout = '2s';
DELETE FROM country c WHERE EXISTS (SELECT FROM country o WHERE o.country_id = c.country_id AND o.two_letter <> c.two_letter)
  AND NOT EXISTS (SELECT FROM subcountry s WHERE s.country = c.two_letter);
ALTER TABLE country ADD CONSTRAINT country_country_id_key UNIQUE (country_id);
