ALTER TABLE media_format DROP COLUMN lossless;
ALTER TABLE track RENAME COLUMN media_format_id TO media_type_id;
ALTER TABLE media_format RENAME COLUMN media_format_id TO media_type_id;
ALTER TABLE media_format RENAME TO media_type;
