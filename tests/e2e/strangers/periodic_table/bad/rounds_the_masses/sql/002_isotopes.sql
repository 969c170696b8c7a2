-- One digit is what the screen shows.
ALTER TABLE periodic_table ALTER COLUMN "AtomicMass" TYPE numeric(5, 1);
