SET lock_timeout = '2s';
ALTER TABLE media_format DROP COLUMN lossless;
ALTER INDEX track_media_format_id_idx RENAME TO track_media_type_id_idx;
ALTER TABLE track RENAME CONSTRAINT track_media_format_id_fkey TO track_media_type_id_fkey;
ALTER TABLE track RENAME COLUMN media_format_id TO media_type_id;
ALTER TABLE media_format RENAME CONSTRAINT media_format_pkey TO media_type_pkey;
ALTER TABLE media_format RENAME COLUMN media_format_id TO media_type_id;
ALTER TABLE media_format RENAME TO media_type;
