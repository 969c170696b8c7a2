-- "No composer has so long a name."
SET lock_timeout = '2s';
ALTER TABLE track ALTER COLUMN composer TYPE varchar(100) USING substr(composer, 1, 100);
