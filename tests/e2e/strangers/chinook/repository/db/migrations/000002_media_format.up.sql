-- To half of the team a media type is a MIME type: it becomes the media format, in every name.
SET lock_timeout = '2s';
ALTER TABLE media_type RENAME TO media_format;
ALTER TABLE media_format RENAME COLUMN media_type_id TO media_format_id;
ALTER TABLE media_format RENAME CONSTRAINT media_type_pkey TO media_format_pkey;
ALTER TABLE track RENAME COLUMN media_type_id TO media_format_id;
ALTER TABLE track RENAME CONSTRAINT track_media_type_id_fkey TO track_media_format_id_fkey;
ALTER INDEX track_media_type_id_idx RENAME TO track_media_format_id_idx;
ALTER TABLE media_format ADD COLUMN lossless boolean NOT NULL DEFAULT false;
