ALTER TABLE media_type RENAME TO media_format;
ALTER TABLE media_format RENAME COLUMN media_type_id TO media_format_id;
ALTER TABLE track RENAME COLUMN media_type_id TO media_format_id;
ALTER TABLE media_format ADD COLUMN lossless boolean NOT NULL DEFAULT false;
