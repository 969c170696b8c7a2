CREATE TABLE media_type (media_type_id int NOT NULL, name varchar(120), CONSTRAINT media_type_pkey PRIMARY KEY (media_type_id));
CREATE TABLE track (track_id int NOT NULL, name varchar(200) NOT NULL, media_type_id int NOT NULL, composer varchar(220),
  CONSTRAINT track_pkey PRIMARY KEY (track_id));
INSERT INTO media_type VALUES (1, 'Wax cylinder'), (2, 'Piano roll');
INSERT INTO track SELECT i, 'Track ' || i, 1 + i % 2, repeat('of several hands ', i % 12) FROM generate_series(1, 300) i;
ALTER TABLE track ADD CONSTRAINT track_media_type_id_fkey FOREIGN KEY (media_type_id) REFERENCES media_type (media_type_id);
CREATE INDEX track_media_type_id_idx ON track (media_type_id);
