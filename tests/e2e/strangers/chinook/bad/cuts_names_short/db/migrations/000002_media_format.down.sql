ALTER TABLE track ALTER COLUMN composer TYPE varchar(220);
